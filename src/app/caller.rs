//! Who calls, and what they may touch.

use super::error::{Error, Result};
use crate::domain::event::Cause;
use crate::domain::id::KeyId;
use crate::store::Scope;

/// A caller that the service has recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key that was shown; none for the process itself and in development.
    pub key: Option<KeyId>,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only account that it may touch; all where there is none.
    pub account: Option<String>,
    /// What it calls, such as `ReferralService/CreateReferral`; empty where it is not a call.
    pub call: String,
}

impl Caller {
    /// A caller without a key that may do what the scopes say.
    pub fn internal(scopes: &[Scope]) -> Self {
        Self { key: None, scopes: scopes.to_vec(), account: None, call: String::new() }
    }

    /// The call as what led to a change.
    pub fn cause(&self) -> Cause {
        Cause::Call { key: self.key, call: self.call.clone() }
    }

    /// Whether it has one of these scopes.
    pub fn has_any(&self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.scopes.contains(scope))
    }

    /// Refuses what belongs to another account, in the words of something that does not exist: who has no access does
    /// not learn more.
    pub fn touches(&self, account: &str, kind: &'static str, name: impl ToString) -> Result<()> {
        match &self.account {
            Some(only) if only != account => Err(Error::NotFound { kind, name: name.to_string() }),
            _ => Ok(()),
        }
    }

    /// The account to filter a list by: the one asked for, within the one allowed. `None` where nothing can be seen.
    pub fn account_filter(&self, asked: Option<String>) -> Option<Option<String>> {
        match (&self.account, asked) {
            (None, asked) => Some(asked),
            (Some(only), None) => Some(Some(only.clone())),
            (Some(only), Some(asked)) => (*only == asked).then_some(Some(asked)),
        }
    }
}
