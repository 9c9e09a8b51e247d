//! The comparison of a ledger with the payment source's own list of events: what did not reach us is found there.

use super::time::Time;

/// How long Stripe keeps its events, in days.
pub const KEPT_DAYS: i64 = 30;
/// How far a run reaches behind what the one before had read: an event may be listed later than it was made, and clocks
/// differ.
const OVERLAP_SECONDS: i64 = 3600;
/// How long a run that was broken off is left alone before the schedule goes on with it.
const AGAIN_AFTER_SECONDS: i64 = 600;

/// How long a run is somebody's after its latest page or failure: longer than is ever waited between two tries.
const LEASE_SECONDS: i64 = 900;

/// One run, as far as it has come. The list is read backwards in time, in parts of some types each, so that what is made
/// meanwhile moves nothing: it stands before the place that was reached, and belongs to the next run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Its number. A run that is gone on with has another one: who writes under the older has lost it.
    pub run: u64,
    /// When it began.
    pub started_at: Time,
    /// Events made from here on are asked for.
    pub since: Time,
    /// The latest page, or failure.
    pub updated_at: Time,
    /// When all was read.
    pub finished_at: Option<Time>,
    /// Until when it is somebody's.
    pub leased_until: Option<Time>,
    /// Which part of the types is being read.
    pub part: u32,
    /// The event read last in this part, and when it was made.
    pub reached: Option<(String, Time)>,
    /// What was found so far.
    pub counts: Counts,
    /// Why it was broken off.
    pub last_error: Option<String>,
    /// All events made before this were read by runs that are done.
    pub complete_until: Option<Time>,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that were read.
    pub seen: u64,
    /// Those that had not reached us.
    pub new: u64,
    /// Those that had.
    pub known: u64,
    /// Those that say nothing that counts.
    pub ignored: u64,
    /// Changes of referrals that came of them.
    pub changed: u64,
}

impl Reconciliation {
    /// A run that begins now, after the one before: from a time on, or from where all was read, or as far back as there
    /// are events. One that was broken off is gone on with, unless a time is asked for.
    pub fn begin(before: Option<Self>, since: Option<Time>, now: Time) -> Self {
        let run = before.as_ref().map_or(1, |before| before.run + 1);
        let complete_until = before.as_ref().and_then(|before| before.complete_until);
        match before {
            Some(broken) if broken.finished_at.is_none() && since.is_none() => {
                Self { run, updated_at: now, last_error: None, ..broken }
            }
            _ => {
                let oldest = now.plus_days(-KEPT_DAYS);
                let unread = complete_until.map_or(oldest, |until| until.plus_seconds(-OVERLAP_SECONDS).max(oldest));
                Self {
                    run,
                    started_at: now,
                    since: since.unwrap_or(unread).floor_to_second(),
                    updated_at: now,
                    finished_at: None,
                    leased_until: None,
                    part: 0,
                    reached: None,
                    counts: Counts::default(),
                    last_error: None,
                    complete_until,
                }
            }
        }
    }

    /// Holds it from a time on for another while, for whoever is at it.
    pub fn hold(&mut self, from: Time) {
        self.leased_until = Some(from.plus_seconds(LEASE_SECONDS));
    }

    /// Whether somebody is at it.
    pub fn is_held(&self, now: Time) -> bool {
        self.finished_at.is_none() && self.leased_until.is_some_and(|until| now < until)
    }

    /// Whether the schedule wants another run, so many hours after the one before.
    pub fn is_due(&self, every_hours: u32, now: Time) -> bool {
        match self.finished_at {
            Some(_) => self.started_at.plus_seconds(i64::from(every_hours) * 3600) <= now,
            None => !self.is_held(now) && self.updated_at.plus_seconds(AGAIN_AFTER_SECONDS) <= now,
        }
    }

    /// Goes on behind a page; without a last event to go on behind, with the next part.
    pub fn went_on(&mut self, last: Option<(String, Time)>, now: Time) {
        self.updated_at = now;
        if last.is_none() {
            self.part += 1;
        }
        self.reached = last;
    }

    /// All is read. What was made before it began need not be read again, where it joins on to what was read before.
    pub fn finish(&mut self, now: Time) {
        let joins = self.complete_until.is_some_and(|until| self.since <= until);
        if joins || self.since <= self.started_at.plus_days(-KEPT_DAYS) {
            self.complete_until = Some(self.started_at);
        }
        (self.updated_at, self.finished_at, self.leased_until) = (now, Some(now), None);
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::day;
    use super::*;

    fn done(since: Option<Time>, now: Time) -> Reconciliation {
        let mut run = Reconciliation::begin(None, since, now);
        run.finish(now);
        run
    }

    #[test]
    fn the_first_run_reads_all_that_there_is_and_the_next_joins_on_with_an_overlap() {
        let first = done(None, day(100));
        assert_eq!((first.since, first.complete_until), (day(70), Some(day(100))));
        let second = Reconciliation::begin(Some(first), None, day(101));
        assert_eq!((second.run, second.since), (2, day(100).plus_seconds(-3600)));
        let late = Reconciliation::begin(Some(done(None, day(100))), None, day(160));
        assert_eq!(late.since, day(130), "there are none before");
    }

    #[test]
    fn a_run_that_was_broken_off_is_gone_on_with() {
        let mut broken = Reconciliation::begin(None, None, day(100));
        broken.went_on(Some(("evt_9".to_owned(), day(90))), day(100));
        broken.last_error = Some("Stripe answered 500".to_owned());
        let next = Reconciliation::begin(Some(broken.clone()), None, day(102));
        let gone_on = Reconciliation { run: 2, updated_at: day(102), last_error: None, ..broken.clone() };
        assert_eq!(next, gone_on);
        let mut next = next;
        next.finish(day(102));
        assert_eq!(next.complete_until, Some(day(100)), "what was made since it began stood before where it was");
        let asked = Reconciliation::begin(Some(broken), Some(day(101)), day(102));
        assert_eq!((asked.since, asked.part, asked.reached), (day(101), 0, None));
    }

    #[test]
    fn a_run_that_leaves_a_gap_does_not_say_that_all_was_read() {
        let gap = done(Some(day(95)), day(100));
        assert_eq!(gap.complete_until, None);
        let mut later = Reconciliation::begin(Some(done(None, day(100))), Some(day(105)), day(110));
        later.finish(day(110));
        assert_eq!(later.complete_until, Some(day(100)));
        let mut joined = Reconciliation::begin(Some(done(None, day(100))), Some(day(99)), day(110));
        joined.finish(day(110));
        assert_eq!(joined.complete_until, Some(day(110)));
    }

    #[test]
    fn each_part_begins_at_the_newest_event() {
        let mut run = Reconciliation::begin(None, None, day(100));
        run.went_on(Some(("evt_9".to_owned(), day(90))), day(100));
        run.went_on(None, day(100));
        assert_eq!((run.part, run.reached), (1, None));
    }

    #[test]
    fn the_schedule_waits_for_its_hours_and_for_whoever_is_at_it() {
        let finished = done(None, day(100));
        assert!(!finished.is_due(24, day(101).plus_seconds(-1)));
        assert!(finished.is_due(24, day(101)));
        let mut held = Reconciliation::begin(Some(finished), None, day(101));
        held.leased_until = Some(day(101).plus_seconds(900));
        assert!(held.is_held(day(101)) && !held.is_due(24, day(101).plus_seconds(899)));
        assert!(held.is_due(24, day(101).plus_seconds(900)), "whoever was at it has died");
        held.leased_until = None;
        assert!(!held.is_due(24, day(101).plus_seconds(599)));
    }
}
