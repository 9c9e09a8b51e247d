//! Days, weeks and months, as a time zone has them. The rules of all zones are in the program.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp, ToSpan};

use crate::domain::Invalid;
use crate::domain::stats::{Granularity, PERIODS_MAX, Period, quarter_start};
use crate::domain::time::Time;

/// A calendar by which time is cut into periods.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    granularity: Option<Granularity>,
}

/// A time zone by its name in the IANA database; without one UTC.
///
/// # Errors
/// A name that the database does not have.
pub fn zone(name: &str) -> Result<TimeZone, Invalid> {
    let name = if name.is_empty() { "UTC" } else { name };
    let known = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown());
    known.ok_or_else(|| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        Invalid(format!("\"{shown}\" is no time zone of the IANA database, such as \"Europe/Berlin\"; empty is UTC"))
    })
}

impl Calendar {
    /// The periods of a zone; without a granularity all is one.
    pub const fn new(zone: TimeZone, granularity: Option<Granularity>) -> Self {
        Self { zone, granularity }
    }

    /// The time from one moment to another, cut where a day, week or month begins. The first period and the last are cut
    /// off at the ends.
    ///
    /// # Errors
    /// More than [`PERIODS_MAX`] periods.
    pub fn periods(&self, from: Time, to: Time) -> Result<Vec<Period>, Invalid> {
        let (mut periods, mut starts_at) = (Vec::new(), from);
        let mut next = self.granularity.and_then(|by| first_of(by, self.date(from)?));
        while starts_at < to {
            next = self.granularity.zip(next).and_then(|(by, date)| date.checked_add(length(by)).ok());
            let ends_at = next.and_then(|date| self.start_of(date)).map_or(to, |end| end.min(to));
            // A zone that moved across the date line left a day out.
            if ends_at > starts_at {
                periods.push(Period { starts_at, ends_at });
                starts_at = ends_at;
            }
            if periods.len() > PERIODS_MAX {
                let problem = "gives more than 400 periods; ask for longer ones, or for less time by since and until";
                return Err(Invalid::new(problem));
            }
        }
        Ok(periods)
    }

    fn date(&self, at: Time) -> Option<Date> {
        Some(self.zone.to_datetime(Timestamp::from_microsecond(at.micros()).ok()?).date())
    }

    /// The first moment of a day. Before 1972 there were zones that differed by odd minutes.
    fn start_of(&self, date: Date) -> Option<Time> {
        let at = self.zone.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
        Some(quarter_start(Time::from_micros(at.as_microsecond())))
    }
}

/// The first day of the period in which a day lies.
fn first_of(granularity: Granularity, date: Date) -> Option<Date> {
    match granularity {
        Granularity::Day => Some(date),
        Granularity::Week => date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok(),
        Granularity::Month => Some(date.first_of_month()),
    }
}

fn length(granularity: Granularity) -> Span {
    match granularity {
        Granularity::Day => 1.day(),
        Granularity::Week => 1.week(),
        Granularity::Month => 1.month(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::SECONDS_MAX;

    fn at(text: &str) -> Time {
        Time::from_micros(text.parse::<Timestamp>().expect(text).as_microsecond())
    }

    fn show(time: Time) -> String {
        Timestamp::from_microsecond(time.micros()).expect("a time").to_string()
    }

    /// Where the periods end.
    fn ends(name: &str, granularity: Granularity, from: &str, to: &str) -> Vec<String> {
        let calendar = Calendar::new(zone(name).expect(name), Some(granularity));
        let periods = calendar.periods(at(from), at(to)).expect("few");
        let starts = [at(from)].into_iter().chain(periods.iter().map(|period| period.ends_at));
        assert!(periods.iter().map(|period| period.starts_at).eq(starts.take(periods.len())), "without a gap");
        periods.iter().map(|period| show(period.ends_at)).collect()
    }

    #[test]
    fn a_day_has_23_hours_in_spring_and_25_in_autumn() {
        let spring = ends("Europe/Berlin", Granularity::Day, "2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z");
        assert_eq!(
            spring,
            ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"],
            "the 29th is shorter"
        );
        let autumn = ends("Europe/Berlin", Granularity::Day, "2026-10-24T22:00:00Z", "2026-10-26T12:00:00Z");
        assert_eq!(autumn, ["2026-10-25T23:00:00Z", "2026-10-26T12:00:00Z"], "and the last is cut off");
    }

    #[test]
    fn a_week_begins_on_monday_and_the_first_and_last_are_cut_off() {
        let weeks = ends("", Granularity::Week, "2026-01-01T10:15:00Z", "2026-01-13T00:00:00Z");
        assert_eq!(weeks, ["2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z", "2026-01-13T00:00:00Z"]);
    }

    #[test]
    fn a_month_is_as_long_as_the_calendar_says() {
        let months = ends("America/New_York", Granularity::Month, "2024-01-31T12:00:00Z", "2024-04-02T00:00:00Z");
        assert_eq!(
            months,
            ["2024-02-01T05:00:00Z", "2024-03-01T05:00:00Z", "2024-04-01T04:00:00Z", "2024-04-02T00:00:00Z"]
        );
    }

    #[test]
    fn a_zone_may_differ_by_a_quarter_leave_midnight_out_or_a_whole_day() {
        let nepal = ends("Asia/Kathmandu", Granularity::Day, "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
        assert_eq!(nepal, ["2026-05-01T18:15:00Z", "2026-05-02T00:00:00Z"]);
        // Clocks went from 23:59:59 to 01:00 there.
        let cairo = ends("Africa/Cairo", Granularity::Day, "2023-04-27T12:00:00Z", "2023-04-28T12:00:00Z");
        assert_eq!(cairo, ["2023-04-27T22:00:00Z", "2023-04-28T12:00:00Z"]);
        let samoa = ends("Pacific/Apia", Granularity::Day, "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z");
        assert_eq!(samoa, ["2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z", "2011-12-31T12:00:00Z"], "no 30th");
        let monrovia = ends("Africa/Monrovia", Granularity::Day, "1971-06-01T00:00:00Z", "1971-06-01T12:00:00Z");
        assert_eq!(monrovia, ["1971-06-01T00:30:00Z", "1971-06-01T12:00:00Z"], "at 00:44:30, in truth");
    }

    #[test]
    fn without_a_granularity_all_is_one_and_no_time_is_none() {
        let calendar = Calendar::new(TimeZone::UTC, None);
        let (from, to) = (Time::from_seconds(0), Time::from_seconds(SECONDS_MAX));
        assert_eq!(calendar.periods(from, to), Ok(vec![Period { starts_at: from, ends_at: to }]));
        assert_eq!(calendar.periods(to, to), Ok(vec![]));
    }

    #[test]
    fn more_periods_than_400_are_refused_whatever_is_asked_for() {
        let days = Calendar::new(TimeZone::UTC, Some(Granularity::Day));
        let from = at("2026-01-01T00:00:00Z");
        let most = days.periods(from, from.plus_days(400)).expect("as many as may be");
        assert_eq!(most.len(), PERIODS_MAX);
        for to in [from.plus_days(400).plus_seconds(900), Time::from_seconds(SECONDS_MAX)] {
            let refused = days.periods(from, to).expect_err("too many");
            assert!(refused.0.contains(&PERIODS_MAX.to_string()) && refused.0.contains("longer"), "{}", refused.0);
        }
        let (from, to) = (at("9999-12-30T12:00:00Z"), Time::from_seconds(SECONDS_MAX));
        assert_eq!(
            days.periods(from, to),
            Ok(vec![Period { starts_at: from, ends_at: to }]),
            "the calendar ends there"
        );
    }

    #[test]
    fn a_zone_has_the_name_that_the_iana_database_gives_it() {
        for known in ["", "UTC", "Europe/Berlin", "america/new_york", "Asia/Calcutta"] {
            assert!(zone(known).is_ok(), "{known}");
        }
        for wrong in ["Berlin", "CEST", "+02:00", "Etc/Unknown", "Europe/Berlin\n"] {
            let refused = zone(wrong).expect_err(wrong);
            assert!(refused.0.contains("IANA") && !refused.0.contains('\n'), "{}", refused.0);
        }
    }
}
