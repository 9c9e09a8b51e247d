//! The only place that asks for the time or for randomness.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use ring::rand::{SecureRandom, SystemRandom};

use crate::domain::time::Time;

/// What time it is. A copy shows the same time; a test may put it forward.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Time::from_micros(micros.saturating_add(self.ahead_micros.load(Ordering::Relaxed)))
    }

    /// Puts this clock and its copies forward, or back when negative.
    pub fn advance_seconds(&self, seconds: i64) {
        self.ahead_micros.fetch_add(seconds.saturating_mul(1_000_000), Ordering::Relaxed);
    }
}

/// Bytes that nobody can guess.
///
/// # Panics
/// The operating system gives no randomness: nothing can be done safely then.
#[expect(clippy::disallowed_methods, clippy::expect_used, reason = "this is the place, and there is no way on")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
