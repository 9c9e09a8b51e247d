//! Times, as the API carries them.

use prost_types::Timestamp;

use crate::domain::Invalid;
use crate::domain::time::{SECONDS_MAX, Time};

/// A time as a timestamp; exact to the microsecond.
pub fn time_to_proto(time: Time) -> Timestamp {
    let micros = time.micros() - time.floor_to_second().micros();
    Timestamp { seconds: time.seconds(), nanos: i32::try_from(micros * 1000).unwrap_or(0) }
}

/// A time that must be given; what is finer than a microsecond is dropped.
///
/// # Errors
/// None given, or outside 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
pub fn time_from_proto(timestamp: Option<Timestamp>) -> Result<Time, Invalid> {
    optional_time_from_proto(timestamp)?.ok_or_else(|| Invalid::new("is required: a time"))
}

/// A time that may be left out.
///
/// # Errors
/// Outside 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
pub fn optional_time_from_proto(timestamp: Option<Timestamp>) -> Result<Option<Time>, Invalid> {
    let Some(Timestamp { seconds, nanos }) = timestamp else { return Ok(None) };
    if !(0..=SECONDS_MAX).contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        return Err(Invalid::new("must be a time from 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z"));
    }
    Ok(Some(Time::from_micros(seconds * 1_000_000 + i64::from(nanos) / 1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_to_the_microsecond() {
        for micros in [0, 1, 999_999, 1_700_000_000_123_456, SECONDS_MAX * 1_000_000 + 999_999] {
            let time = Time::from_micros(micros);
            assert_eq!(time_from_proto(Some(time_to_proto(time))), Ok(time));
        }
    }

    #[test]
    fn what_lies_outside_the_calendar_is_refused() {
        for (seconds, nanos) in
            [(-1, 0), (SECONDS_MAX + 1, 0), (0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, i32::MIN)]
        {
            assert!(time_from_proto(Some(Timestamp { seconds, nanos })).is_err(), "{seconds} {nanos}");
        }
        assert!(time_from_proto(None).is_err());
        assert_eq!(optional_time_from_proto(None), Ok(None));
    }
}
