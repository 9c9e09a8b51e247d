//! Jobs: what is to be done at Stripe, and when it is tried again.

use super::id::{CampaignId, JobId};
use super::time::Time;

/// How often a job is tried before it has failed for good. With the waits between, that takes about a day.
pub const TRIES_MAX: u32 = 20;
/// How long a look-up waits that was refused or has failed so often: a day.
pub const LOOK_UP_SECONDS: i64 = 86_400;
/// The first wait, and the longest, in seconds.
const WAIT_SECONDS: std::ops::RangeInclusive<i64> = 2..=14_400;
/// How long Stripe keeps what it answered to an idempotency key: a day, less some hours for clocks that differ. Later
/// the same key would do the same again.
const KEY_SECONDS: i64 = 20 * 3600;
/// How far clocks may differ. What was sent later than that from now was sent by a clock that was ahead.
const AHEAD_SECONDS: i64 = 3600;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Looks the person of a referral up, and creates or updates their customer.
    Customer,
    /// Issues a reward.
    Issue,
    /// Takes a reward back.
    Reverse,
    /// Asks what the events leave open about a charge.
    Charge,
}

/// One thing to be done at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id, which is a part of its idempotency keys.
    pub id: JobId,
    /// It waits while this campaign is paused.
    pub campaign_id: Option<CampaignId>,
    /// What it does.
    pub kind: JobKind,
    /// The id of the referral or reward that it serves, or the charge: see [`Job::look_up`].
    pub subject_id: String,
    /// What is sent, fixed before it is sent the first time.
    pub plan: Option<String>,
    /// When it is tried next; `None` once it has failed for good.
    pub due_at: Option<Time>,
    /// How often it was claimed: by this number a claim is known.
    pub attempts: u32,
    /// How often it was tried to the end. A claim whose process died has tried nothing.
    pub tries: u32,
    /// Why the latest try failed.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Time,
    /// When it was changed.
    pub updated_at: Time,
}

impl Job {
    /// A job that is due now.
    pub fn new(
        id: JobId,
        kind: JobKind,
        subject_id: impl ToString,
        campaign_id: Option<CampaignId>,
        now: Time,
    ) -> Self {
        let subject_id = subject_id.to_string();
        let (due_at, created_at, updated_at) = (Some(now), now, now);
        Self {
            id,
            campaign_id,
            kind,
            subject_id,
            plan: None,
            due_at,
            attempts: 0,
            tries: 0,
            last_error: None,
            created_at,
            updated_at,
        }
    }

    /// A look-up of a charge, due then. It waits for no campaign, as the charge may count in several.
    pub fn look_up(id: JobId, ledger: i64, charge_id: &str, from: Time, now: Time) -> Self {
        let due_at = Some(from.max(now));
        Self { due_at, ..Self::new(id, JobKind::Charge, look_up_subject(ledger, charge_id), None, now) }
    }

    /// The charge that a look-up is about.
    pub fn charge_id(&self) -> Option<&str> {
        self.subject_id.split_once(':').map(|(_, charge)| charge).filter(|_| self.kind == JobKind::Charge)
    }

    /// When it is tried again after a failed try: twice as long as before, and between half of that and all of it, so
    /// that many do not come back at once. `spread` is random; what the server asked for is kept. `None` after the last
    /// try.
    pub fn next_try(&self, now: Time, asked_seconds: Option<i64>, spread: u8) -> Option<Time> {
        if self.tries >= TRIES_MAX {
            return self.after_all(now);
        }
        let doubled = WAIT_SECONDS.start() << self.tries.saturating_sub(1).min(32);
        let longest = doubled.min(*WAIT_SECONDS.end());
        let wait = longest / 2 + longest * i64::from(spread) / 510;
        Some(now.plus_seconds(wait.max(asked_seconds.unwrap_or(0))))
    }

    /// When it is tried again although it was refused, or has failed too often. A look-up only asks, and nobody begins it
    /// anew by hand: it is asked once a day, for as long as somebody wants to know. `None` of all others.
    pub fn after_all(&self, now: Time) -> Option<Time> {
        (self.kind == JobKind::Charge).then(|| now.plus_seconds(LOOK_UP_SECONDS))
    }
}

/// The subject of a charge's look-up: two ledgers may have charges with one id.
pub fn look_up_subject(ledger: i64, charge_id: &str) -> String {
    format!("{ledger}:{charge_id}")
}

/// Whether Stripe may have forgotten what it answered to a key that was first used then, as far as clocks can be trusted.
pub fn key_is_old(first_sent_at: Time, now: Time) -> bool {
    !(-AHEAD_SECONDS..=KEY_SECONDS).contains(&(now.seconds() - first_sent_at.seconds()))
}

/// How many tries in a row may fail before Stripe is left alone for a while.
const FAILURES_MAX: u32 = 5;
/// The longest that it is left alone, in seconds.
const PAUSE_SECONDS_MAX: i64 = 60;

/// Stops hammering a Stripe that is down: after some failures in a row nothing is tried for a while, then one job, and
/// all again once that has gone well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circuit {
    failures: u32,
    open_until: Option<Time>,
}

impl Circuit {
    /// How many of so many jobs may be begun now, with so many under way. While that one job of a half-open circuit has
    /// not ended, there is no other.
    pub fn admits(&self, now: Time, jobs: u32, under_way: u32) -> u32 {
        match self.open_until {
            Some(until) if now < until || under_way > 0 => 0,
            Some(_) => jobs.min(1),
            None => jobs,
        }
    }

    /// Takes note of a try that ended: whether Stripe answered it, be it with a no.
    pub fn note(&mut self, answered: bool, now: Time) {
        if answered {
            *self = Self::default();
        } else if self.open_until.is_none_or(|until| until <= now) {
            self.failures += 1;
            let more = self.failures.checked_sub(FAILURES_MAX);
            let pause = |more: u32| (1 << more.min(16)).min(PAUSE_SECONDS_MAX);
            self.open_until = more.map(|more| now.plus_seconds(pause(more)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circuit_opens_after_five_failures_in_a_row_and_then_tries_one_job() {
        let (mut circuit, mut now) = (Circuit::default(), Time::from_seconds(0));
        (0..4).for_each(|_| circuit.note(false, now));
        assert_eq!(circuit.admits(now, 16, 0), 16);
        (0..16).for_each(|_| circuit.note(false, now));
        assert_eq!(circuit.admits(now, 16, 0), 0, "those that were under way too failed, and that is one failure");
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(circuit.admits(now.plus_seconds(pause - 1), 16, 0), 0, "{pause}");
            now = now.plus_seconds(pause);
            assert_eq!(circuit.admits(now, 16, 0), 1, "{pause}");
            assert_eq!(circuit.admits(now.plus_seconds(3600), 16, 1), 0, "that one has not ended");
            circuit.note(false, now);
        }
        circuit.note(true, now);
        assert_eq!(circuit.admits(now, 16, 0), 16);
    }

    fn job(tries: u32) -> Job {
        let now = Time::from_seconds(0);
        Job { tries, ..Job::new(JobId::new(now, [1; 10]), JobKind::Customer, "ref_1", None, now) }
    }

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_four_hours() {
        let waits = |tries, spread| {
            let next = job(tries).next_try(Time::from_seconds(0), None, spread);
            next.map(Time::seconds)
        };
        for (tries, shortest, longest) in [(1, 1, 2), (2, 2, 4), (5, 16, 32), (13, 4096, 8192), (14, 7200, 14_400)] {
            assert_eq!((waits(tries, 0), waits(tries, 255)), (Some(shortest), Some(longest)), "{tries}");
        }
        assert_eq!(waits(19, 0), Some(7200));
        assert_eq!(waits(TRIES_MAX, 0), None);
    }

    #[test]
    fn a_look_up_is_asked_again_each_day() {
        let now = Time::from_seconds(0);
        let look_up = Job::look_up(JobId::new(now, [1; 10]), 7, "ch:1", now.plus_seconds(60), now);
        assert_eq!((look_up.due_at, look_up.charge_id()), (Some(now.plus_seconds(60)), Some("ch:1")));
        assert_eq!(Job { tries: TRIES_MAX, ..look_up.clone() }.next_try(now, None, 0), Some(now.plus_days(1)));
        assert_eq!((look_up.after_all(now), job(1).after_all(now)), (Some(now.plus_days(1)), None));
    }

    #[test]
    fn a_server_that_asks_for_more_time_gets_it() {
        let now = Time::from_seconds(100);
        assert_eq!(job(1).next_try(now, Some(60), 0), Some(Time::from_seconds(160)));
        assert_eq!(job(9).next_try(now, Some(1), 255), Some(Time::from_seconds(100 + 512)));
    }

    #[test]
    fn a_key_is_old_before_stripe_forgets_it() {
        let sent = Time::from_seconds(0);
        assert!(!key_is_old(sent, sent.plus_seconds(20 * 3600)));
        assert!(key_is_old(sent, sent.plus_seconds(20 * 3600 + 1)));
        assert!(!key_is_old(sent.plus_seconds(3600), sent));
        assert!(key_is_old(sent.plus_seconds(3601), sent), "a clock was ahead, and nobody knows how old the key is");
    }
}
