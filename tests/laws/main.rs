//! Laws of the rules: what holds for every fact, every history and every order of deliveries.

mod decisions;
mod ledger;
mod merge;
mod model;
mod people;
mod random;
mod snapshots;
mod truth;
mod world;
