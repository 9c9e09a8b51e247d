//! Jobs: what is to be done at Stripe, and when it is tried again.

use super::id::{CampaignId, JobId};
use super::time::Time;

/// How often a job is tried before it has failed for good. With the waits between, that takes about a day.
pub const ATTEMPTS_MAX: u32 = 20;
/// The first wait, and the longest, in seconds.
const WAIT_SECONDS: std::ops::RangeInclusive<i64> = 2..=14_400;
/// How long Stripe keeps what it answered to an idempotency key: a day, less some hours for clocks that differ. Later
/// the same key would do the same again.
const KEY_SECONDS: i64 = 20 * 3600;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Looks the person of a referral up, and creates or updates their customer.
    Customer,
    /// Issues a reward.
    Issue,
    /// Takes a reward back.
    Reverse,
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
    /// The id of the referral or reward that it serves.
    pub subject_id: String,
    /// What is sent, fixed before it is sent the first time.
    pub plan: Option<String>,
    /// When it is tried next; `None` once it has failed for good.
    pub due_at: Option<Time>,
    /// How often it was claimed.
    pub attempts: u32,
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
            last_error: None,
            created_at,
            updated_at,
        }
    }

    /// When it is tried again after a failed try: twice as long as before, and between half of that and all of it, so
    /// that many do not come back at once. `spread` is random; what the server asked for is kept. `None` after the last
    /// try.
    pub fn next_try(&self, now: Time, asked_seconds: Option<i64>, spread: u8) -> Option<Time> {
        if self.attempts >= ATTEMPTS_MAX {
            return None;
        }
        let doubled = WAIT_SECONDS.start() << self.attempts.saturating_sub(1).min(32);
        let longest = doubled.min(*WAIT_SECONDS.end());
        let wait = longest / 2 + longest * i64::from(spread) / 510;
        Some(now.plus_seconds(wait.max(asked_seconds.unwrap_or(0))))
    }
}

/// Whether Stripe may have forgotten what it answered to a key that was first used then.
pub fn key_is_old(first_sent_at: Time, now: Time) -> bool {
    now.seconds() - first_sent_at.seconds() > KEY_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(attempts: u32) -> Job {
        let now = Time::from_seconds(0);
        Job { attempts, ..Job::new(JobId::new(now, [1; 10]), JobKind::Customer, "ref_1", None, now) }
    }

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_four_hours() {
        let waits = |attempts, spread| {
            let next = job(attempts).next_try(Time::from_seconds(0), None, spread);
            next.map(Time::seconds)
        };
        for (attempts, shortest, longest) in [(1, 1, 2), (2, 2, 4), (5, 16, 32), (13, 4096, 8192), (14, 7200, 14_400)] {
            assert_eq!((waits(attempts, 0), waits(attempts, 255)), (Some(shortest), Some(longest)), "{attempts}");
        }
        assert_eq!(waits(19, 0), Some(7200));
        assert_eq!(waits(ATTEMPTS_MAX, 0), None);
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
    }
}
