//! Why a referral stands where it stands, as the API says it.

use super::referral::state_to_proto;
use super::{Twin, cause_to_proto, referral_to_proto, reward_to_proto, rule_to_proto, time_to_proto};
use crate::domain::attribution::Claim;
use crate::domain::explanation::{Explanation, Line, StateChange, TAKEN_MAX};
use crate::domain::fact::{Dispute, Refund};
use crate::domain::job::Job;
use crate::domain::qualification::{Crossing, Existing, Step};
use crate::domain::referral::Referral;
use crate::domain::spend::{Idle, Reason};
use crate::domain::summary::summary;
use crate::domain::world::Enrolled;
use crate::proto::v1;

/// The most payments that an explanation lists: the latest.
pub const PAYMENTS_MAX: usize = 1000;

/// The most steps: the latest.
pub const STEPS_MAX: usize = 1000;

/// An explanation: what stands, what the facts say now, and what each payment counts.
pub fn explanation_to_proto(why: &Explanation) -> v1::ExplainQualificationResponse {
    let Explanation { enrolled: Enrolled { referral, rule, .. }, decision, .. } = why;
    let payment = |line: &Line| {
        let look_up = why.look_ups.get(&line.payment.charge.id).map(look_up_to_proto);
        v1::ExplainedPayment { look_up, ..line_to_proto(referral, line) }
    };
    v1::ExplainQualificationResponse {
        referral: Some(referral_to_proto(referral, rule)),
        rule: Some(rule_to_proto(rule)),
        payments: latest(&why.lines, PAYMENTS_MAX).iter().map(payment).collect(),
        spend_minor: decision.spend_minor,
        missing_minor: rule.missing_minor(decision.spend_minor),
        seconds_left: why.seconds_left(),
        decision_waits: *decision != referral.decision,
        summary: summary(why),
        rewards: why.rewards.iter().map(reward_to_proto).collect(),
        last_change: why.last_change.as_ref().map(change_to_proto),
        steps: latest(&why.steps, STEPS_MAX).iter().map(step_to_proto).collect(),
        existing_customer: why.existing.as_ref().map(existing_to_proto),
        shared_rewards: why.shared_rewards.iter().map(reward_to_proto).collect(),
    }
}

/// A payment of a referral with what it counts, and how it came to it.
pub(super) fn line_to_proto(referral: &Referral, line: &Line) -> v1::ExplainedPayment {
    let Line { payment, contribution, .. } = line;
    let charge = &payment.charge;
    let reason = contribution.reason.map_or(v1::NotCountedReason::Unspecified, reason_to_proto);
    let captured_in_part = charge.captured_minor > 0 && charge.captured_minor < charge.amount_minor;
    let (carrier_type, carrier_id) = line.carrier.clone().map_or((0, String::new()), |(kind, id)| (kind.number(), id));
    v1::ExplainedPayment {
        charge_id: charge.id.clone(),
        created_at: Some(time_to_proto(charge.created_at)),
        currency: charge.currency.to_string(),
        captured_minor: charge.captured_minor,
        refunded_minor: contribution.net.refunded_minor,
        disputed_minor: contribution.net.disputed_minor,
        counted_minor: contribution.counted_minor,
        running_minor: line.running_minor,
        reason: reason.into(),
        claim: claim_to_proto(payment.claim).into(),
        ambiguous_release: captured_in_part && charge.released_minor == 0 && contribution.net.refunded_minor > 0,
        ambiguous_refunds: payment.is_ambiguous(),
        look_up: None,
        claim_object_type: carrier_type,
        claim_object_id: carrier_id,
        claim_identity: claim_identity(referral, payment.claim),
        owner_referral_id: line.owner.map(|id| id.to_string()).unwrap_or_default(),
        refunds: latest(&line.refunds, TAKEN_MAX).iter().map(refund_to_proto).collect(),
        disputes: latest(&line.disputes, TAKEN_MAX).iter().map(dispute_to_proto).collect(),
    }
}

/// By what the object names the referral: its own id or its own email, and so nobody else's secret.
fn claim_identity(referral: &Referral, claim: Claim) -> String {
    match claim {
        Claim::LinkedCustomer => String::new(),
        Claim::ChargeEmail(_) | Claim::CustomerEmail(_) => referral.person.email.identity().to_owned(),
        _ => referral.id.to_string(),
    }
}

/// The last so many.
pub(super) fn latest<T>(all: &[T], max: usize) -> &[T] {
    &all[all.len().saturating_sub(max)..]
}

fn step_to_proto(step: &Step) -> v1::ExplainedStep {
    let Step { charge_id, effect, spend_minor, crossing } = step;
    let crossing = match crossing {
        None => v1::TargetCrossing::Unspecified,
        Some(Crossing::Reached) => v1::TargetCrossing::Reached,
        Some(Crossing::Lost) => v1::TargetCrossing::Lost,
    };
    v1::ExplainedStep {
        at: Some(time_to_proto(effect.at)),
        object_type: effect.object.number(),
        object_id: effect.id.clone().unwrap_or_default(),
        charge_id: charge_id.clone(),
        change_minor: effect.change_minor,
        spend_minor: *spend_minor,
        crossing: crossing.into(),
        reason: effect.idle.map_or(v1::NotCountedReason::Unspecified, idle_to_proto).into(),
    }
}

fn idle_to_proto(idle: Idle) -> v1::NotCountedReason {
    match idle {
        Idle::Excluded(reason) => reason_to_proto(reason),
        Idle::RefundFailed => v1::NotCountedReason::RefundFailed,
        Idle::RefundNotLookedAt => v1::NotCountedReason::RefundNotLookedAt,
        Idle::DisputeNotAgainst => v1::NotCountedReason::DisputeNotAgainst,
        Idle::NoDifference => v1::NotCountedReason::NoDifference,
    }
}

fn existing_to_proto(existing: &Existing) -> v1::ExistingCustomerEvidence {
    v1::ExistingCustomerEvidence {
        object_type: existing.object.number(),
        object_id: existing.id.clone(),
        created_at: Some(time_to_proto(existing.at)),
        before: Some(time_to_proto(existing.before)),
    }
}

fn refund_to_proto((refund, counts): &(Refund, bool)) -> v1::ExplainedRefund {
    v1::ExplainedRefund {
        refund_id: refund.id.clone(),
        created_at: Some(time_to_proto(refund.created_at)),
        amount_minor: refund.amount_minor,
        status: refund.status.number(),
        counts: *counts,
    }
}

fn dispute_to_proto((dispute, counts): &(Dispute, bool)) -> v1::ExplainedDispute {
    v1::ExplainedDispute {
        dispute_id: dispute.id.clone(),
        created_at: Some(time_to_proto(dispute.created_at)),
        amount_minor: dispute.amount_minor,
        status: dispute.status.number(),
        counts: *counts,
    }
}

fn change_to_proto(change: &StateChange) -> v1::StateChange {
    v1::StateChange {
        from: change.from.map_or(v1::ReferralState::Unspecified, state_to_proto).into(),
        to: state_to_proto(change.to).into(),
        at: Some(time_to_proto(change.at)),
        sequence: change.sequence,
        r#type: change.kind.clone(),
        cause: Some(change.cause.as_ref().map_or_else(v1::Cause::default, cause_to_proto)),
    }
}

fn look_up_to_proto(job: &Job) -> v1::ChargeLookUp {
    v1::ChargeLookUp {
        attempts: job.tries,
        next_try_at: job.due_at.map(time_to_proto),
        last_error: job.last_error.clone().unwrap_or_default(),
    }
}

fn reason_to_proto(reason: Reason) -> v1::NotCountedReason {
    match reason {
        Reason::Failed => v1::NotCountedReason::Failed,
        Reason::NotCaptured => v1::NotCountedReason::NotCaptured,
        Reason::OtherCustomer => v1::NotCountedReason::OtherCustomer,
        Reason::OtherReferral => v1::NotCountedReason::OtherReferral,
        Reason::OutsideWindow => v1::NotCountedReason::OutsideWindow,
        Reason::OtherCurrency => v1::NotCountedReason::OtherCurrency,
        Reason::AwaitingRate => v1::NotCountedReason::AwaitingRate,
        Reason::Refunded => v1::NotCountedReason::Refunded,
        Reason::Disputed => v1::NotCountedReason::Disputed,
    }
}

fn claim_to_proto(claim: Claim) -> v1::Claim {
    match claim {
        Claim::ChargeMetadata => v1::Claim::ChargeMetadata,
        Claim::CheckoutMetadata => v1::Claim::CheckoutMetadata,
        Claim::CustomerMetadata => v1::Claim::CustomerMetadata,
        Claim::LinkedCustomer => v1::Claim::LinkedCustomer,
        Claim::CheckoutReference => v1::Claim::CheckoutReference,
        Claim::CustomerReference => v1::Claim::CustomerReference,
        Claim::ChargeEmail(_) => v1::Claim::ChargeEmail,
        Claim::CustomerEmail(_) => v1::Claim::CustomerEmail,
    }
}
