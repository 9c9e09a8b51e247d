//! Create calls that may be repeated: the same request id and content give the same answer.

use super::error::{Error, Result};
use super::seal::sha256;
use crate::domain::Invalid;
use crate::domain::time::Time;
use crate::store::{Request, Tx};

/// How a create call is made repeatable: the caller's id and a hash of the content. Without an id it is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeatable {
    /// The caller's id; empty where there is none.
    pub id: String,
    /// A hash of everything else.
    pub fingerprint: Vec<u8>,
}

impl Repeatable {
    /// A call by its id and its content.
    pub fn new(id: String, content: &[u8]) -> Self {
        Self { id, fingerprint: sha256(content) }
    }

    /// The call as it is kept; `None` where it has no id.
    pub(super) fn of(&self, account: &str, method: &'static str) -> Option<Request> {
        (!self.id.is_empty()).then(|| Request {
            account: account.to_owned(),
            method,
            id: self.id.clone(),
            fingerprint: self.fingerprint.clone(),
        })
    }
}

/// The id of what an earlier call with this request id made, if there was one.
///
/// # Errors
/// The earlier call had other content.
pub(super) async fn earlier<Id>(
    tx: &mut Tx,
    request: Option<&Request>,
    parse: fn(&str) -> std::result::Result<Id, Invalid>,
) -> Result<Option<Id>> {
    let Some(request) = request else { return Ok(None) };
    match tx.answered(request).await? {
        Some((fingerprint, id)) if fingerprint == request.fingerprint => {
            parse(&id).map(Some).map_err(|_| Error::Internal)
        }
        Some(_) => Err(Error::RequestIdReused(request.id.clone())),
        None => Ok(None),
    }
}

/// Keeps what is answered.
///
/// # Errors
/// Another call with this id was faster: the caller repeats it and gets that one's answer.
pub(super) async fn keep(tx: &mut Tx, request: Option<&Request>, id: &str, now: Time) -> Result<()> {
    match request {
        Some(request) if !tx.keep_answer(request, id, now).await? => Err(Error::StoreUnavailable),
        _ => Ok(()),
    }
}
