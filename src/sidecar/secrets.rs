//! The signing secrets of each URL, kept for seconds, so that a webhook costs the service one call and not two.
//!
//! What is kept is bounded in number and in age, and so are the calls: nobody without a secret can make it grow, or
//! make the service busy, by asking for campaigns at random.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::domain::campaign::{Mode, account_alias};
use crate::domain::id::CampaignId;
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
    /// The secret, ready to verify with.
    pub key: Key,
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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::task::yield_now;

    use super::*;

    const START: Time = Time::from_seconds(1_700_000_000);

    fn at(seconds: i64) -> Time {
        START.plus_seconds(seconds)
    }

    fn owner(number: usize) -> Owner {
        Owner::Account(format!("a{number}"))
    }

    fn secrets(number: usize) -> Secrets {
        let stripe_account_id = None;
        let secret = |_| Secret {
            key: Key::new("whsec_1"),
            account: "default".into(),
            mode: Mode::Test,
            stripe_account_id: stripe_account_id.clone(),
        };
        (0..number).map(secret).collect()
    }

    /// A service that counts how often it is asked, and has this many secrets, or is away.
    #[derive(Default)]
    struct Asked(AtomicUsize);

    impl Asked {
        async fn answers(&self, number: usize) -> Result<Secrets, &'static str> {
            self.0.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
            Ok(secrets(number))
        }

        async fn is_away(&self) -> Result<Secrets, &'static str> {
            self.0.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
            Err("away")
        }

        fn times(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    async fn number(
        cache: &Cache,
        seconds: i64,
        load: impl Future<Output = Result<Secrets, &'static str>>,
    ) -> Result<usize, &'static str> {
        cache.secrets(&owner(0), at(seconds), load).await.map(|secrets| secrets.len())
    }

    #[tokio::test]
    async fn secrets_are_asked_for_once_in_a_few_seconds() {
        let (cache, service) = (Cache::default(), Asked::default());
        for (seconds, times) in [(0, 1), (4, 1), (5, 2), (9, 2), (-60, 3)] {
            assert_eq!(number(&cache, seconds, service.answers(1)).await, Ok(1));
            assert_eq!(service.times(), times, "{seconds}");
        }
    }

    #[tokio::test]
    async fn that_nobody_owns_a_url_is_remembered_too() {
        let (cache, service) = (Cache::default(), Asked::default());
        for _ in 0..3 {
            assert_eq!(number(&cache, 0, service.answers(0)).await, Ok(0));
        }
        assert_eq!(service.times(), 1);
    }

    #[tokio::test]
    async fn while_the_service_is_away_what_is_known_serves_for_half_a_minute() {
        let (cache, service) = (Cache::default(), Asked::default());
        assert_eq!(number(&cache, 0, service.is_away()).await, Err("away"));
        assert_eq!(number(&cache, 0, service.answers(1)).await, Ok(1));
        assert_eq!(number(&cache, 10, service.is_away()).await, Ok(1));
        assert_eq!(number(&cache, 29, service.is_away()).await, Ok(1));
        assert_eq!(service.times(), 4);
        assert_eq!(number(&cache, 29, service.is_away()).await, Ok(1));
        assert_eq!(service.times(), 4, "one caller a second waits for it");
        assert_eq!(number(&cache, 30, service.is_away()).await, Err("away"));
    }

    #[tokio::test]
    async fn where_nothing_matches_they_are_asked_for_again_once_a_second() {
        let (cache, service) = (Cache::default(), Asked::default());
        assert_eq!(number(&cache, 0, service.answers(1)).await, Ok(1));
        assert!(cache.reloaded(&owner(0), at(0), service.answers(2)).await.expect("answers").is_none());
        let reloaded = cache.reloaded(&owner(0), at(1), service.answers(2)).await.expect("answers");
        assert_eq!(reloaded.map(|secrets| secrets.len()), Some(2));
        assert!(cache.reloaded(&owner(0), at(1), service.answers(2)).await.expect("answers").is_none());
        assert_eq!(number(&cache, 2, service.answers(9)).await, Ok(2), "what was loaded is kept");
    }

    #[tokio::test]
    async fn a_flood_of_urls_that_nobody_owns_grows_nothing_and_drives_nobody_out() {
        let (cache, service) = (Cache::default(), Asked::default());
        cache.secrets(&owner(0), at(0), service.answers(1)).await.expect("answers");
        for stranger in 1..5 * URLS_MAX {
            cache.secrets(&owner(stranger), at(1), service.answers(0)).await.expect("answers");
            assert!(cache.lock().len() <= URLS_MAX);
        }
        let asked = service.times();
        assert_eq!(number(&cache, 2, service.answers(1)).await, Ok(1));
        assert_eq!(service.times(), asked, "the owner is still known");
    }

    #[tokio::test]
    async fn strangers_are_asked_for_a_few_at_a_time_and_the_known_do_not_wait_for_them() {
        let (cache, service) = (Cache::default(), Asked::default());
        assert_eq!(number(&cache, 0, service.answers(1)).await, Ok(1));
        let never = || std::future::pending::<Result<Secrets, &'static str>>();
        let strangers: Vec<Owner> = (1..=2 * NEWCOMERS_MAX).map(owner).collect();
        let mut waiting: Vec<_> =
            strangers.iter().map(|stranger| Box::pin(cache.secrets(stranger, at(6), never()))).collect();
        for one in &mut waiting {
            assert!(tokio::time::timeout(Duration::ZERO, one).await.is_err());
        }
        assert_eq!(cache.newcomers.available_permits(), 0);
        assert_eq!(number(&cache, 6, service.answers(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn more_owners_than_places_are_all_served() {
        let (cache, service) = (Cache::default(), Asked::default());
        for number in 0..2 * URLS_MAX {
            cache.secrets(&owner(number), at(0), service.answers(1)).await.expect("answers");
        }
        assert_eq!(cache.lock().len(), URLS_MAX);
    }

    #[test]
    fn a_url_that_can_name_nobody_is_told_without_asking() {
        assert!(Owner::campaign("cmp_1").is_none() && Owner::campaign("").is_none());
        assert!(Owner::campaign(&CampaignId::new(START, [1; 10]).to_string()).is_some());
        assert!(Owner::account("Not An Alias").is_none());
        assert_eq!(Owner::account("default"), Some(Owner::Account("default".into())));
    }
}
