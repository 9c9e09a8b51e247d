//! What the runs through Stripe's lists have in common: how long they wait for Stripe, and how they say why they end.

use std::time::Duration;

use super::error::Error;
use crate::stripe::client::{Failure, Kind};

/// How often in a row Stripe may fail before a run is broken off, or one of its many writes is given up, and the waits
/// between.
const TRIES_MAX: u32 = 8;
const WRITE_TRIES_MAX: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LAST_WAIT: Duration = Duration::from_mins(1);
/// The longest that is waited because Stripe says so; a run that would have to wait longer is broken off.
const TOLD_WAIT_MAX: Duration = Duration::from_mins(10);

/// How much is left of it for one request.
pub(super) struct Patience {
    tries_left: u32,
    wait: Duration,
}

impl Patience {
    pub(super) const fn new() -> Self {
        Self { tries_left: TRIES_MAX, wait: FIRST_WAIT }
    }

    /// For one of many writes, whose turn comes again.
    pub(super) const fn of_a_write() -> Self {
        Self { tries_left: WRITE_TRIES_MAX, ..Self::new() }
    }

    /// Waits where Stripe is away for a moment, or asks to wait.
    ///
    /// # Errors
    /// The failure itself, where another try would be none the better or patience has an end.
    pub(super) async fn after(&mut self, failure: Failure) -> Result<(), Failure> {
        self.tries_left = self.tries_left.saturating_sub(1);
        let told = match failure.kind {
            Kind::Again { after } => after.unwrap_or_default(),
            Kind::Unknown { .. } => Duration::ZERO,
            Kind::Refused { .. } | Kind::Key { .. } => return Err(failure),
        };
        if self.tries_left == 0 || told > TOLD_WAIT_MAX {
            return Err(failure);
        }
        tokio::time::sleep(told.max(self.wait)).await;
        self.wait = (self.wait * 2).min(LAST_WAIT);
        Ok(())
    }
}

/// Whether Stripe does not know the object that a page was to begin behind.
pub(super) fn is_forgotten(failure: &Failure) -> bool {
    matches!(&failure.kind, Kind::Refused { param: Some(param), .. } if param == "starting_after")
}

/// Why a run was broken off, for people.
pub(super) fn why(error: &Error) -> String {
    match error {
        Error::StripeUnavailable(why) | Error::StripeRefused(why) => why.clone(),
        Error::ShuttingDown => "the service ended".to_owned(),
        Error::StoreUnavailable => "the database did not answer".to_owned(),
        other => format!("a fault of this service: {other:?}"),
    }
}
