//! The numbers of a campaign: what each change adds to them and takes from them, and the stretches of time that they are
//! kept for and asked for.

use std::collections::BTreeMap;

use super::Invalid;
use super::id::CampaignId;
use super::money::Currency;
use super::qualification::{Disqualification, State};
use super::reward::{Reward, State as RewardState};
use super::time::Time;
use super::world::Enrolled;

/// The shortest stretch that is counted: all time zones differ by multiples of a quarter of an hour.
pub const QUARTER_SECONDS: i64 = 900;
/// What is counted, the shortest first: quarters of an hour, hours, quarters of a day and days of UTC, each made of the one
/// before.
const STRETCHES: [i64; 4] = [QUARTER_SECONDS, 3_600, 21_600, 86_400];
/// The most periods of one answer.
pub const PERIODS_MAX: usize = 400;

/// How long the periods are that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first of a month to that of the next.
    Month,
}

/// Referrals of one campaign, stretch and currency, as they stand: how many, or how many more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReferralCounts {
    /// Pending.
    pub pending: i64,
    /// Qualified.
    pub qualified: i64,
    /// Expired.
    pub expired: i64,
    /// Disqualified by hand.
    pub manual: i64,
    /// Disqualified, being the referrer.
    pub self_referral: i64,
    /// Disqualified, a customer before.
    pub existing_customer: i64,
    /// Of the pending and expired ones: qualified once, and not now.
    pub unqualified: i64,
    /// What counts of their payments, in minor units.
    pub spend_minor: i64,
}

/// Rewards of one campaign, stretch, state and currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RewardCounts {
    /// How many.
    pub rewards: i64,
    /// What they come to in minor units, so far as that is known.
    pub amount_minor: i64,
    /// What the recipients have of it.
    pub given_minor: i64,
}

/// A stretch of time for which a campaign is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stretch {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// How long it is.
    pub seconds: i64,
    /// Its first moment.
    pub starts_at: Time,
}

/// What changes change in the counts, summed, so that each count is written once.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    referrals: BTreeMap<(Stretch, Currency), ReferralCounts>,
    rewards: BTreeMap<(Stretch, RewardState, Currency), RewardCounts>,
}

impl Counter {
    /// Counts a referral as what it has become, and not as what it was.
    pub fn referral(&mut self, before: Option<&Enrolled>, after: &Enrolled) {
        for (enrolled, times) in before.map(|before| (before, -1)).into_iter().chain([(after, 1)]) {
            let counts = ReferralCounts::of(enrolled);
            for stretch in stretches(enrolled.referral.campaign_id, enrolled.referral.registered_at) {
                self.referrals.entry((stretch, enrolled.rule.currency)).or_default().add(&counts, times);
            }
        }
    }

    /// Counts a reward as what it has become, and not as what it was.
    pub fn reward(&mut self, before: Option<&Reward>, after: &Reward) {
        for (reward, times) in before.map(|before| (before, -1)).into_iter().chain([(after, 1)]) {
            let counts = RewardCounts::of(reward);
            for stretch in stretches(reward.campaign_id, reward.created_at) {
                self.rewards.entry((stretch, reward.state, reward.currency)).or_default().add(&counts, times);
            }
        }
    }

    /// What is to be added to the counts of referrals.
    pub fn referrals(&self) -> impl Iterator<Item = (Stretch, Currency, ReferralCounts)> {
        let changed = self.referrals.iter().filter(|(_, counts)| **counts != ReferralCounts::default());
        changed.map(|((stretch, currency), counts)| (*stretch, *currency, *counts))
    }

    /// What is to be added to the counts of rewards.
    pub fn rewards(&self) -> impl Iterator<Item = (Stretch, RewardState, Currency, RewardCounts)> {
        let changed = self.rewards.iter().filter(|(_, counts)| **counts != RewardCounts::default());
        changed.map(|((stretch, state, currency), counts)| (*stretch, *state, *currency, *counts))
    }
}

impl ReferralCounts {
    fn of(Enrolled { referral, .. }: &Enrolled) -> Self {
        let decision = &referral.decision;
        let unqualified = i64::from(decision.unqualified.is_some());
        let mut counts = Self { unqualified, spend_minor: decision.spend_minor, ..Self::default() };
        *match decision.state {
            State::Pending => &mut counts.pending,
            State::Qualified => &mut counts.qualified,
            State::Expired => &mut counts.expired,
            State::Disqualified(Disqualification::Manual) => &mut counts.manual,
            State::Disqualified(Disqualification::SelfReferral) => &mut counts.self_referral,
            State::Disqualified(Disqualification::ExistingCustomer) => &mut counts.existing_customer,
        } = 1;
        counts
    }

    /// Takes others in, or with a negative number out.
    fn add(&mut self, other: &Self, times: i64) {
        self.pending += times * other.pending;
        self.qualified += times * other.qualified;
        self.expired += times * other.expired;
        self.manual += times * other.manual;
        self.self_referral += times * other.self_referral;
        self.existing_customer += times * other.existing_customer;
        self.unqualified += times * other.unqualified;
        self.spend_minor = self.spend_minor.saturating_add(times * other.spend_minor);
    }

    /// Those who are disqualified, for whatever reason.
    pub const fn disqualified(&self) -> i64 {
        self.manual + self.self_referral + self.existing_customer
    }

    /// All of them: each is in one state.
    pub const fn registered(&self) -> i64 {
        self.pending + self.qualified + self.expired + self.disqualified()
    }
}

impl RewardCounts {
    fn of(reward: &Reward) -> Self {
        Self { rewards: 1, amount_minor: reward.amount_minor.unwrap_or(0), given_minor: reward.given_minor }
    }

    /// Takes others in, or with a negative number out.
    fn add(&mut self, other: &Self, times: i64) {
        self.rewards += times * other.rewards;
        self.amount_minor = self.amount_minor.saturating_add(times * other.amount_minor);
        self.given_minor = self.given_minor.saturating_add(times * other.given_minor);
    }
}

/// The stretches of all lengths in which a time lies.
fn stretches(campaign_id: CampaignId, at: Time) -> impl Iterator<Item = Stretch> {
    STRETCHES.into_iter().map(move |seconds| Stretch { campaign_id, seconds, starts_at: floor(at, seconds) })
}

/// The last multiple of so many seconds up to a time.
const fn floor(at: Time, seconds: i64) -> Time {
    Time::from_seconds(at.seconds() - at.seconds().rem_euclid(seconds))
}

/// The multiple of so many seconds that is nearest to a time; of two, the one before it.
const fn nearest(at: Time, seconds: i64) -> Time {
    floor(Time::from_micros(at.plus_seconds(seconds / 2).micros() - 1), seconds)
}

/// The beginning of the quarter of an hour in which a time lies.
pub const fn quarter_start(at: Time) -> Time {
    floor(at, QUARTER_SECONDS)
}

/// The end of the quarter of an hour in which a time lies.
pub const fn quarter_end(at: Time) -> Time {
    quarter_start(at).plus_seconds(QUARTER_SECONDS)
}

/// An end of what is counted.
///
/// # Errors
/// A time within a quarter of an hour: what lies in a quarter is counted together.
pub fn on_a_quarter(at: Option<Time>) -> Result<Option<Time>, Invalid> {
    match at {
        Some(time) if time != quarter_start(time) => Err(Invalid::new(
            "must be on a quarter of an hour, such as 10:00:00 or 10:15:00, since that is how finely it is counted; left \
             out, it is from the first referral to now",
        )),
        on_it => Ok(on_it),
    }
}

/// A period to be counted, from quarter to quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub starts_at: Time,
    /// The first moment after it.
    pub ends_at: Time,
}

/// Stretches of one length, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// 1 where they belong to the period, and -1 where they are to be taken away, since a longer stretch reaches beyond it.
    pub times: i64,
    /// How long each is.
    pub seconds: i64,
    /// The first moment of the first.
    pub starts_at: Time,
    /// The first moment after the last.
    pub ends_at: Time,
}

impl Period {
    /// Few stretches that make it up: the days nearest to it, and shorter ones that are added or taken away at both ends.
    pub fn runs(&self) -> Vec<Run> {
        self.made_of(&STRETCHES)
    }

    fn made_of(&self, lengths: &[i64]) -> Vec<Run> {
        let [seconds, longer @ ..] = lengths else { return Vec::new() };
        let run = |times, starts_at, ends_at| Run { times, seconds: *seconds, starts_at, ends_at };
        let Self { starts_at, ends_at } = *self;
        let middle = longer
            .first()
            .map(|length| Self { starts_at: nearest(starts_at, *length), ends_at: nearest(ends_at, *length) });
        let Some(middle) = middle.filter(|middle| middle.starts_at < middle.ends_at) else {
            return vec![run(1, starts_at, ends_at)];
        };
        let mut runs = vec![
            run(1, starts_at, middle.starts_at),
            run(-1, middle.starts_at, starts_at),
            run(1, middle.ends_at, ends_at),
            run(-1, ends_at, middle.ends_at),
        ];
        runs.retain(|run| run.starts_at < run.ends_at);
        runs.extend(middle.made_of(longer));
        runs
    }
}

/// The numbers of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// The period.
    pub period: Period,
    /// Who was registered in it, in all currencies together; the spend is told by currency.
    pub referrals: ReferralCounts,
    /// What counts of their payments, in minor units by currency.
    pub spend_minor: BTreeMap<Currency, i64>,
    /// What was earned in it.
    pub rewards: BTreeMap<(RewardState, Currency), RewardCounts>,
}

impl Stats {
    /// Nothing yet.
    pub fn new(period: Period) -> Self {
        let (spend_minor, rewards) = (BTreeMap::new(), BTreeMap::new());
        Self { period, referrals: ReferralCounts::default(), spend_minor, rewards }
    }

    /// Takes in who was registered, in one currency.
    pub fn add_referrals(&mut self, currency: Currency, counts: &ReferralCounts) {
        // Where all have come to a rule in another currency, zeros are left.
        if *counts == ReferralCounts::default() {
            return;
        }
        self.referrals.add(counts, 1);
        let spend = self.spend_minor.entry(currency).or_default();
        *spend = spend.saturating_add(counts.spend_minor);
    }

    /// Takes in what was earned, in one state and currency.
    pub fn add_rewards(&mut self, state: RewardState, currency: Currency, counts: &RewardCounts) {
        // A state that all have left keeps zeros.
        if counts.rewards == 0 {
            return;
        }
        self.rewards.entry((state, currency)).or_default().add(counts, 1);
    }

    /// Several periods together.
    #[must_use]
    pub fn total(period: Period, parts: &[Self]) -> Self {
        let mut total = Self::new(period);
        for part in parts {
            total.referrals.add(&part.referrals, 1);
            for (currency, minor) in &part.spend_minor {
                let spend = total.spend_minor.entry(*currency).or_default();
                *spend = spend.saturating_add(*minor);
            }
            for ((state, currency), counts) in &part.rewards {
                total.add_rewards(*state, *currency, counts);
            }
        }
        total
    }
}

#[cfg(test)]
mod tests;
