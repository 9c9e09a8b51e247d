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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::{JoinSet, yield_now};
    use tokio::time::{Instant, advance};

    use super::*;

    /// The time of the paused clock, in milliseconds since the test began.
    struct Stopwatch(Instant);

    impl Stopwatch {
        #[expect(clippy::disallowed_methods, reason = "the clock of these tests stands still until they move it")]
        fn start() -> Self {
            Self(Instant::now())
        }

        #[expect(clippy::disallowed_methods, reason = "the clock of these tests stands still until they move it")]
        fn millis(&self) -> u128 {
            self.0.elapsed().as_millis()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_call_waits_for_nothing_and_each_next_one_for_its_turn() {
        let (pace, watch) = (Pace::new(4), Stopwatch::start());
        let mut at = vec![];
        for _ in 0..5 {
            pace.turn().await;
            at.push(watch.millis());
        }
        assert_eq!(at, [0, 250, 500, 750, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_call_at_once_get_their_turns_in_the_order_in_which_they_came() {
        let (pace, watch) = (Arc::new(Pace::new(100)), Arc::new(Stopwatch::start()));
        let mut calls = JoinSet::new();
        for number in 0..50_u128 {
            let (pace, watch) = (pace.clone(), watch.clone());
            calls.spawn(async move {
                pace.turn().await;
                (watch.millis(), number)
            });
            // Until it has asked for its turn.
            yield_now().await;
        }
        let mut turns = calls.join_all().await;
        turns.sort_unstable();
        assert_eq!(turns, (0..50).map(|number| (10 * number, number)).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_called_for_a_while_is_not_made_up_for() {
        let (pace, watch) = (Pace::new(10), Stopwatch::start());
        pace.turn().await;
        advance(Duration::from_mins(1)).await;
        let mut at = vec![];
        for _ in 0..4 {
            pace.turn().await;
            at.push(watch.millis());
        }
        assert_eq!(at, [60_000, 60_100, 60_200, 60_300]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_comes_late_puts_off_no_other() {
        let (pace, watch) = (Pace::new(10), Stopwatch::start());
        pace.turn().await;
        advance(Duration::from_millis(130)).await;
        let mut at = vec![];
        for _ in 0..3 {
            pace.turn().await;
            at.push(watch.millis());
        }
        assert_eq!(at, [130, 200, 300]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_while_waiting_takes_no_turn() {
        let (pace, watch) = (Pace::new(10), Stopwatch::start());
        pace.turn().await;
        let gone = tokio::time::timeout(Duration::from_millis(30), pace.turn()).await;
        assert!(gone.is_err(), "its turn was not there yet");
        pace.turn().await;
        assert_eq!(watch.millis(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_of_nothing_is_one_call_a_second() {
        let (pace, watch) = (Pace::new(0), Stopwatch::start());
        pace.turn().await;
        pace.turn().await;
        assert_eq!(watch.millis(), 1000);
    }
}
