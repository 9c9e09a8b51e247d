//! A point in time as a value.

/// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// The last second that a time may have: 9999-12-31T23:59:59Z.
pub const SECONDS_MAX: i64 = 253_402_300_799;

const MICROS: i64 = 1_000_000;

impl Time {
    /// The time that many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The time that many seconds after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// The same time without its fraction of a second, since Stripe's times have none.
    #[must_use]
    pub const fn floor_to_second(self) -> Self {
        Self::from_seconds(self.seconds())
    }

    /// That many seconds later, or earlier when negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS)))
    }

    /// That many times 24 hours later, or earlier when negative.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_rounded_down_before_and_after_the_epoch() {
        assert_eq!(Time::from_micros(1_999_999).floor_to_second(), Time::from_seconds(1));
        assert_eq!(Time::from_micros(-1).floor_to_second(), Time::from_seconds(-1));
    }

    #[test]
    fn a_day_is_24_hours() {
        assert_eq!(Time::from_seconds(0).plus_days(1), Time::from_seconds(86_400));
        assert_eq!(Time::from_seconds(0).plus_days(-2), Time::from_seconds(-172_800));
    }
}
