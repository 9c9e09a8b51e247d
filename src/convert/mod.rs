//! Domain types to generated types and back: the one place where what came in is checked.
//!
//! `…_to_proto` cannot fail. `…_from_proto` takes the whole message and names every field that is wrong, so that a
//! caller corrects all of them at once.

mod delivery;
mod fact;
mod time;
mod violations;

pub use delivery::{
    DELIVERIES_MAX, deliveries_from_proto, delivery_from_proto, delivery_to_proto, ignored_from_proto,
    ignored_to_proto, outcome_to_proto,
};
pub use fact::{fact_from_proto, fact_to_proto};
pub use time::{optional_time_from_proto, time_from_proto, time_to_proto};
pub use violations::{VIOLATIONS_MAX, Violations};

use crate::domain::Invalid;
use crate::domain::campaign::Mode;
use crate::proto::v1;

/// A mode, as the API says it.
pub fn mode_to_proto(mode: Mode) -> v1::Mode {
    match mode {
        Mode::Live => v1::Mode::Live,
        Mode::Test => v1::Mode::Test,
    }
}

/// A mode that must be said.
///
/// # Errors
/// `MODE_UNSPECIFIED` and numbers that the API does not know.
pub fn mode_from_proto(mode: i32) -> Result<Mode, Invalid> {
    match v1::Mode::try_from(mode) {
        Ok(v1::Mode::Live) => Ok(Mode::Live),
        Ok(v1::Mode::Test) => Ok(Mode::Test),
        Ok(v1::Mode::Unspecified) | Err(_) => Err(Invalid::new("is required: MODE_LIVE or MODE_TEST")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_reads_back_and_must_be_said() {
        for mode in [Mode::Live, Mode::Test] {
            assert_eq!(mode_from_proto(mode_to_proto(mode).into()), Ok(mode));
        }
        assert!(mode_from_proto(0).is_err() && mode_from_proto(99).is_err());
    }
}
