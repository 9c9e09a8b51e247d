//! The signing secrets of each URL, kept for seconds, so that a webhook costs the service one call and not two.
//!
//! What is kept is bounded in number and in age, and so are the calls: nobody without a secret can make it grow, or
//! make the service busy, by asking for campaigns at random.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::domain::campaign::{Mode, account_alias};
use crate::domain::id::{CampaignId, SecretId};
use crate::domain::time::Time;
use crate::stripe::signature::Key;

/// How long secrets are used without asking again, in seconds: after that long a removed secret is dead.
pub const FRESH_SECONDS: i64 = 5;
/// How long secrets are used while the service cannot be asked, in seconds.
pub const STALE_SECONDS_MAX: i64 = 30;
/// How long after asking for the secrets of a URL they are not asked for again, in seconds, even where nothing
/// matches.
pub const RELOAD_PAUSE_SECONDS: i64 = 1;
/// The most URLs whose secrets are kept.
pub const URLS_MAX: usize = 1024;
/// The most URLs never seen before that are asked for at once.
pub const NEWCOMERS_MAX: usize = 32;

/// What a URL names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A campaign, which stands for its account.
    Campaign(CampaignId),
    /// An account by its alias.
    Account(String),
}

impl Owner {
    /// The campaign of a URL; what cannot be one owns nothing.
    pub fn campaign(id: &str) -> Option<Self> {
        CampaignId::parse(id).ok().map(Self::Campaign)
    }

    /// The account of a URL; what cannot be one owns nothing.
    pub fn account(alias: &str) -> Option<Self> {
        account_alias(alias).ok().map(Self::Account)
    }
}

/// A signing secret, and what it speaks for.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// The secret, ready to verify with; none where the service cannot open it.
    pub key: Option<Key>,
    /// The alias of its account.
    pub account: String,
    /// Its mode.
    pub mode: Mode,
    /// The account's own id at Stripe, where it was told.
    pub stripe_account_id: Option<String>,
}

/// The secrets of a URL; none for a URL that nobody owns.
pub type Secrets = Arc<[Secret]>;

/// The cache.
#[derive(Debug)]
pub struct Cache {
    kept: Mutex<HashMap<Owner, Kept>>,
    newcomers: Semaphore,
}

#[derive(Debug)]
struct Kept {
    secrets: Secrets,
    loaded_at: Time,
    asked_at: Time,
}

/// What to do for the secrets of a URL.
enum Step {
    Use(Secrets),
    Ask { meanwhile: Option<Secrets> },
}

impl Default for Cache {
    fn default() -> Self {
        Self { kept: Mutex::default(), newcomers: Semaphore::new(NEWCOMERS_MAX) }
    }
}

impl Cache {
    /// The secrets of a URL, by `load` where they are not fresh.
    ///
    /// # Errors
    /// What `load` says, where no secrets young enough are kept.
    pub async fn secrets<E>(
        &self,
        owner: &Owner,
        now: Time,
        load: impl Future<Output = Result<Secrets, E>>,
    ) -> Result<Secrets, E> {
        let meanwhile = match self.step(owner, now) {
            Step::Use(secrets) => return Ok(secrets),
            Step::Ask { meanwhile } => meanwhile,
        };
        // A URL that is known waits for no stranger.
        let _permit = if meanwhile.is_none() { self.newcomers.acquire().await.ok() } else { None };
        // While this one waited, another may have asked for the same.
        if meanwhile.is_none()
            && let Step::Use(secrets) = self.step(owner, now)
        {
            return Ok(secrets);
        }
        match (load.await, meanwhile) {
            (Ok(secrets), _) => Ok(self.keep(owner, now, secrets)),
            (Err(_), Some(meanwhile)) => Ok(meanwhile),
            (Err(problem), None) => Err(problem),
        }
    }

    /// The secrets of a URL asked for anew, since none matched; `None` where that was done a moment ago.
    ///
    /// # Errors
    /// What `load` says.
    pub async fn reloaded<E>(
        &self,
        owner: &Owner,
        now: Time,
        load: impl Future<Output = Result<Secrets, E>>,
    ) -> Result<Option<Secrets>, E> {
        if !self.may_ask_again(owner, now) {
            return Ok(None);
        }
        let secrets = load.await?;
        Ok(Some(self.keep(owner, now, secrets)))
    }

    fn step(&self, owner: &Owner, now: Time) -> Step {
        let mut kept = self.lock();
        let Some(known) = kept.get_mut(owner) else { return Step::Ask { meanwhile: None } };
        let usable = is_within(now, known.loaded_at, STALE_SECONDS_MAX).then(|| known.secrets.clone());
        match usable {
            Some(secrets) if is_within(now, known.loaded_at, FRESH_SECONDS) => Step::Use(secrets),
            // Somebody else is asking, or could not: one caller a second waits for the service, not all.
            Some(secrets) if is_within(now, known.asked_at, RELOAD_PAUSE_SECONDS) => Step::Use(secrets),
            meanwhile => {
                known.asked_at = now;
                Step::Ask { meanwhile }
            }
        }
    }

    fn may_ask_again(&self, owner: &Owner, now: Time) -> bool {
        let mut kept = self.lock();
        let Some(known) = kept.get_mut(owner) else { return true };
        let may = !is_within(now, known.asked_at, RELOAD_PAUSE_SECONDS);
        if may {
            known.asked_at = now;
        }
        may
    }

    fn keep(&self, owner: &Owner, now: Time, secrets: Secrets) -> Secrets {
        let mut kept = self.lock();
        if kept.len() >= URLS_MAX && !kept.contains_key(owner) {
            make_room(&mut kept, now);
        }
        kept.insert(owner.clone(), Kept { secrets: secrets.clone(), loaded_at: now, asked_at: now });
        secrets
    }

    /// The map is whole after every change, so that a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, HashMap<Owner, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// URLs that nobody owns go first, then those unused for long, then the one loaded first.
fn make_room(kept: &mut HashMap<Owner, Kept>, now: Time) {
    kept.retain(|_, known| !known.secrets.is_empty() && is_within(now, known.loaded_at, STALE_SECONDS_MAX));
    if kept.len() >= URLS_MAX {
        let oldest = kept.iter().min_by_key(|(_, known)| known.loaded_at).map(|(owner, _)| owner.clone());
        oldest.map(|owner| kept.remove(&owner));
    }
}

/// Whether less than so many seconds lie between. A caller may have read the clock a little before `then`; a clock
/// that was set back by more counts as long ago.
fn is_within(now: Time, then: Time, seconds: i64) -> bool {
    now < then.plus_seconds(seconds) && then < now.plus_seconds(seconds)
}

#[cfg(test)]
mod tests;
