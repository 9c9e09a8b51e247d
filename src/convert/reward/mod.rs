//! Rewards and the rules by which they are earned, as the API carries them.

mod rules;

pub use rules::{reward_rule_to_proto, reward_rules_from_proto};

use super::{Twin, time_to_proto};
use crate::domain::Invalid;
use crate::domain::id::{ReferralId, ReferrerId};
use crate::domain::job::Job;
use crate::domain::reward::{Cause, Recipient, Reward};
use crate::proto::v1;

/// A reward, as the API says it.
pub fn reward_to_proto(reward: &Reward) -> v1::Reward {
    v1::Reward {
        id: reward.id.to_string(),
        campaign_id: reward.campaign_id.to_string(),
        rule_id: reward.rule_id.to_string(),
        recipient: Some(recipient_to_proto(reward.recipient)),
        cause: Some(cause_to_proto(&reward.cause)),
        referral_id: reward.referral_id.map(|id| id.to_string()).unwrap_or_default(),
        round: reward.round,
        state: reward.state.number(),
        reason: reward.reason.map_or(0, Twin::number),
        detail: reward.detail.clone().unwrap_or_default(),
        amount_minor: reward.amount_minor,
        given_minor: reward.given_minor,
        currency: reward.currency.to_string(),
        held_until: Some(time_to_proto(reward.held_until)),
        approved_at: reward.approved_at.map(time_to_proto),
        unearned_at: reward.unearned_at.map(time_to_proto),
        stripe_customer_id: reward.customer_id.clone().unwrap_or_default(),
        stripe_object_id: reward.stripe_object_id.clone().unwrap_or_default(),
        promotion_code: reward.promotion_code.clone().unwrap_or_default(),
        issued_at: reward.issued_at.map(time_to_proto),
        reversed_at: reward.reversed_at.map(time_to_proto),
        etag: reward.revision.to_string(),
        created_at: Some(time_to_proto(reward.created_at)),
        updated_at: Some(time_to_proto(reward.updated_at)),
        custom_payload: reward.custom_payload.clone().unwrap_or_default(),
        ..v1::Reward::default()
    }
}

/// A reward with what its job says of the tries.
pub fn reward_with_job(reward: &Reward, job: Option<&Job>) -> v1::Reward {
    v1::Reward {
        attempts: job.map_or(0, |job| job.tries),
        next_try_at: job.and_then(|job| job.due_at).map(time_to_proto),
        last_error: job.and_then(|job| job.last_error.clone()).unwrap_or_default(),
        ..reward_to_proto(reward)
    }
}

fn recipient_to_proto(recipient: Recipient) -> v1::reward::Recipient {
    match recipient {
        Recipient::Referrer(id) => v1::reward::Recipient::ReferrerId(id.to_string()),
        Recipient::Referred(id) => v1::reward::Recipient::ReferredId(id.to_string()),
    }
}

fn cause_to_proto(cause: &Cause) -> v1::reward::Cause {
    match cause {
        Cause::Referral(id) => v1::reward::Cause::CauseReferralId(id.to_string()),
        Cause::Slot(slot) => v1::reward::Cause::CauseSlot(*slot),
        Cause::Charge(id) => v1::reward::Cause::CauseChargeId(id.clone()),
    }
}

/// A recipient by the id of either kind of person.
///
/// # Errors
/// Neither the id of a referrer nor that of a referral.
pub fn recipient_from_proto(id: &str) -> Result<Recipient, Invalid> {
    let referrer = ReferrerId::parse(id).map(Recipient::Referrer);
    let either = referrer.or_else(|_| ReferralId::parse(id).map(Recipient::Referred));
    either.map_err(|_| Invalid::new("must be the id of a referrer (rfr_…) or of a referral (ref_…)"))
}
