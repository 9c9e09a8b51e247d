//! The integration tests: a real server over real sockets, on both databases.
//!
//! A test reads like a story: a [`harness::Server`] of its own, a clock that it moves, and calls by generated clients.
//! Each stands behind [`both_databases!`], which runs it once on SQLite and once on Postgres.

#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../laws/random.rs"]
mod random;

mod annotations;
mod answers;
mod audit;
mod bad_days;
mod charge_look_ups;
mod clockwork;
mod convergence;
mod coupons;
mod crash;
mod customers;
mod doors;
mod endpoints;
mod erasure;
mod errors;
mod fake_stripe;
mod harness;
mod hostile;
mod import;
mod journey;
mod kills;
mod ledgers;
mod manners;
mod people;
mod process;
mod reconcile;
mod recorder;
mod referrer_sync;
mod reflection;
mod reward_jobs;
mod rewards;
mod rule_applications;
mod simulate_rule;
mod simulation;
mod stats;
mod store;
mod stripe_calls;
mod watch;
mod webhooks;
