//! Laws of the rules: what holds for every fact, every history and every order of deliveries.

mod decisions;
mod ledger;
mod merge;
mod model;
mod open;
mod people;
mod random;
mod rewards;
mod snapshots;
mod truth;
mod world;

use proptest::test_runner::Config;

/// That many cases; one that fails is printed whole, so no file of failures is kept.
fn cases(cases: u32) -> Config {
    Config { failure_persistence: None, ..Config::with_cases(cases) }
}
