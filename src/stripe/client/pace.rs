//! Keeps the calls of one account below what Stripe takes.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Lets calls through one after the other, so many a second.
#[derive(Debug)]
pub(super) struct Pace {
    period: Duration,
    /// Made at the first call, since it needs the runtime.
    turns: Mutex<Option<Interval>>,
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        Self { period: Duration::from_secs(1) / per_second.max(1), turns: Mutex::default() }
    }

    /// Waits for the next turn; those who wait get theirs in the order in which they came.
    pub(super) async fn turn(&self) {
        let mut turns = self.turns.lock().await;
        let turns = turns.get_or_insert_with(|| {
            let mut turns = interval(self.period);
            // What was not called for a while is not made up for; a turn that came a little late puts off no other.
            turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
            turns
        });
        turns.tick().await;
    }
}
