//! The cache against a clock that the tests move.

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
        id: SecretId::new(Time::from_seconds(0), [1; 10]),
        key: Some(Key::new("whsec_1")),
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
