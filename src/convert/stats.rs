//! The numbers of a campaign, as the API says them.

use std::collections::BTreeMap;

use super::{Twin, time_to_proto};
use crate::domain::money::Currency;
use crate::domain::qualification::Disqualification;
use crate::domain::stats::Stats;
use crate::proto::v1;

/// The numbers of a period.
pub fn stats_to_proto(stats: &Stats) -> v1::CampaignStats {
    let Stats { period, referrals, spend_minor, rewards } = stats;
    let rewards = rewards.iter().map(|((state, currency), counts)| v1::RewardCount {
        state: state.number(),
        currency: currency.to_string(),
        reward_count: count(counts.rewards),
        amount_minor: counts.amount_minor,
        given_minor: counts.given_minor,
    });
    v1::CampaignStats {
        starts_at: Some(time_to_proto(period.starts_at)),
        ends_at: Some(time_to_proto(period.ends_at)),
        registered_count: count(referrals.registered()),
        pending_count: count(referrals.pending),
        qualified_count: count(referrals.qualified),
        expired_count: count(referrals.expired),
        disqualified_count: count(referrals.disqualified()),
        disqualified: disqualified_to_proto(stats),
        unqualified_count: count(referrals.unqualified),
        spends: spends_to_proto(spend_minor),
        rewards: rewards.collect(),
    }
}

/// What counts, currency by currency.
pub(super) fn spends_to_proto(spend_minor: &BTreeMap<Currency, i64>) -> Vec<v1::CountedSpend> {
    let spend =
        |(currency, minor): (&Currency, &i64)| v1::CountedSpend { currency: currency.to_string(), spend_minor: *minor };
    spend_minor.iter().map(spend).collect()
}

fn disqualified_to_proto(stats: &Stats) -> Vec<v1::DisqualifiedCount> {
    let counts = stats.referrals;
    let by_reason = [
        (Disqualification::Manual, counts.manual),
        (Disqualification::SelfReferral, counts.self_referral),
        (Disqualification::ExistingCustomer, counts.existing_customer),
    ];
    let some = by_reason.into_iter().filter(|(_, number)| *number > 0);
    some.map(|(reason, number)| v1::DisqualifiedCount { reason: reason.number(), referral_count: count(number) })
        .collect()
}

/// How many there are is never negative.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
