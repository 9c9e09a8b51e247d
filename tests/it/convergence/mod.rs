//! Whatever the order in which a world is told, and whenever its people are registered, swept and paused in between:
//! the decisions on record are those of the world loaded at once.
//!
//! Here the payment source may contradict itself: a charge moves from one customer to another, a refund from one charge to
//! another. What truly happened is compared in `simulation`.
//!
//! A failure prints its seed, and `REFERRALD_WORLD` runs that one alone; `REFERRALD_CONTRADICTIONS` says how many worlds.

mod rewards;
mod run;
mod world;

use std::env;
use std::path::Path;

use referrald::app::{App, Seal, Setup};
use referrald::clock::Clock;
use referrald::store::Store;

use crate::postgres;
use crate::random::Random;
use run::Run;
use world::World;

/// How many worlds a run of the tests goes through on SQLite; Postgres gets a tenth.
const WORLDS: u64 = 40;

fn seeds(share: u64) -> std::ops::Range<u64> {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("REFERRALD_WORLD") {
        Some(seed) => seed..seed + 1,
        None => 0..number("REFERRALD_CONTRADICTIONS").unwrap_or(WORLDS) / share,
    }
}

/// Each world has a clock of its own, and two accounts: one is told in order, the other at random.
async fn converge(store: &Store, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut random = Random::new(seed);
        let clock = Clock::default();
        let world = World::random(&mut random, clock.now());
        let mut runs = Vec::new();
        for shuffled in [false, true] {
            let app = App::new(store.clone(), clock.clone(), Setup::new(Seal::new(&[7; 32])));
            runs.push(Run::begin(app, format!("w{seed}-{}", u8::from(shuffled)), &world).await);
        }
        let [in_order, shuffled] = &mut runs[..] else { unreachable!("two runs") };
        in_order.tell_in_order(&world).await;
        shuffled.tell_at_random(&world, &mut random).await;
        for days in [0, 4, 40] {
            clock.advance_seconds(days * 86_400);
            // The accounts share a database, so this sweeps both.
            shuffled.sweep().await;
            shuffled.check(&world, seed).await;
            assert_eq!(in_order.decisions().await, shuffled.decisions().await, "world {seed} after {days} days");
            shuffled.check_rewards(seed).await;
            assert_eq!(in_order.owed().await, shuffled.owed().await, "world {seed} after {days} days");
        }
        in_order.check(&world, seed).await;
        in_order.check_rewards(seed).await;
        shuffled.check_explanations().await;
    }
}

/// SQLite without waiting for the disk: nothing here is about crashes, and thousands of commits take their time.
async fn quick_sqlite(folder: &Path) -> Store {
    let store = Store::open(&format!("sqlite:{}", folder.join("worlds.db").display()), 1).await.expect("opens");
    store.migrate().await.expect("migrates");
    if let Store::Sqlite { writer, .. } = &store {
        sqlx::query("pragma synchronous = off").execute(writer).await.expect("set");
    }
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_of_any_size_leave_the_same_answers_events_and_facts_as_deliveries_one_by_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = quick_sqlite(folder.path()).await;
    for seed in seeds(5) {
        let mut random = Random::new(seed);
        let clock = Clock::default();
        let world = World::random(&mut random, clock.now());
        let mut told = world.told.clone();
        told.extend(world.told.iter().filter(|_| random.percent(25)).cloned());
        random.shuffle(&mut told);
        let sizes = [random.below(5) + 1, random.below(9) + 1, random.below(30) + 1];
        let mut traces = Vec::new();
        for (telling, sizes) in [&[1], &sizes[..]].into_iter().enumerate() {
            let app = App::new(store.clone(), clock.clone(), Setup::new(Seal::new(&[7; 32])));
            let mut run = Run::begin(app, format!("g{seed}-{telling}"), &world).await;
            run.tell_in_groups(&world, &told, sizes).await;
            traces.push(run.traces().await);
        }
        assert_eq!(traces[0], traces[1], "world {seed} in groups of {sizes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_the_order_of_a_worlds_deliveries_and_registrations_changes_no_decision() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = quick_sqlite(folder.path()).await;
    converge(&store, seeds(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_the_order_of_a_worlds_deliveries_and_registrations_changes_no_decision() {
    let store = Store::open(&postgres::database(), 4).await.expect("opens");
    store.migrate().await.expect("migrates");
    converge(&store, seeds(10)).await;
}
