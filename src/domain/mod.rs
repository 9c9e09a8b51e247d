//! The rules: what a fact is, which payments belong to a referral, what they add up to, and what follows.
//!
//! Standard library only. Nothing here waits, reads a clock or touches a database: time is an argument, and the
//! same input always gives the same answer.

pub mod application;
pub mod attribution;
pub mod audit;
pub mod campaign;
pub mod customer;
pub mod delivery;
pub mod email;
pub mod erasure;
pub mod event;
#[cfg(test)]
pub(crate) mod examples;
pub mod explanation;
pub mod fact;
pub mod id;
pub mod inquiry;
pub mod job;
pub mod look_up;
pub mod mapping;
pub mod money;
pub mod qualification;
pub mod reconciliation;
pub mod referral;
pub mod referrer_sync;
pub mod reward;
pub mod rule;
pub mod simulation;
pub mod spend;
pub mod stats;
pub mod summary;
pub mod text;
pub mod time;
pub mod word;
pub mod world;

/// Why a value is no instance of a type: the problem and the limit in one sentence that a user can act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub String);

impl Invalid {
    /// A problem said in words.
    pub fn new(problem: impl Into<String>) -> Self {
        Self(problem.into())
    }
}
