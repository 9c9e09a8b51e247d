//! Why a referral stands where it stands, as the API says it.

use std::collections::BTreeMap;

use super::{referral_to_proto, rule_to_proto, time_to_proto};
use crate::domain::attribution::Claim;
use crate::domain::job::Job;
use crate::domain::qualification::{Contribution, Decision};
use crate::domain::spend::{Payment, Reason};
use crate::domain::summary::summary;
use crate::domain::time::Time;
use crate::domain::world::Enrolled;
use crate::proto::v1;

/// The most payments that an explanation lists: the latest.
pub const PAYMENTS_MAX: usize = 1000;

/// An explanation: what stands, what the facts say now, and what each payment counts.
pub fn explanation_to_proto(
    enrolled: &Enrolled,
    decision: &Decision,
    payments: &[(Payment, Contribution)],
    look_ups: &BTreeMap<String, Job>,
    now: Time,
) -> v1::ExplainQualificationResponse {
    let Enrolled { referral, rule, .. } = enrolled;
    let seconds_left = (rule.window_end(referral.registered_at).seconds() - now.seconds()).max(0);
    let mut running_minor = 0;
    let lines = payments.iter().map(|(payment, contribution)| {
        running_minor += contribution.counted_minor;
        let look_up = look_ups.get(&payment.charge.id).map(look_up_to_proto);
        v1::ExplainedPayment { look_up, ..payment_to_proto(payment, contribution, running_minor) }
    });
    let lines: Vec<_> = lines.collect();
    v1::ExplainQualificationResponse {
        referral: Some(referral_to_proto(referral, rule)),
        rule: Some(rule_to_proto(rule)),
        payments: lines[lines.len().saturating_sub(PAYMENTS_MAX)..].to_vec(),
        spend_minor: decision.spend_minor,
        missing_minor: rule.missing_minor(decision.spend_minor),
        seconds_left,
        decision_waits: *decision != referral.decision,
        summary: summary(decision, rule, seconds_left),
    }
}

/// A payment with what it counts, and the spend up to there.
pub(super) fn payment_to_proto(
    payment: &Payment,
    contribution: &Contribution,
    running_minor: i64,
) -> v1::ExplainedPayment {
    let charge = &payment.charge;
    let reason = contribution.reason.map_or(v1::NotCountedReason::Unspecified, reason_to_proto);
    let captured_in_part = charge.captured_minor > 0 && charge.captured_minor < charge.amount_minor;
    v1::ExplainedPayment {
        charge_id: charge.id.clone(),
        created_at: Some(time_to_proto(charge.created_at)),
        currency: charge.currency.to_string(),
        captured_minor: charge.captured_minor,
        refunded_minor: contribution.net.refunded_minor,
        disputed_minor: contribution.net.disputed_minor,
        counted_minor: contribution.counted_minor,
        running_minor,
        reason: reason.into(),
        claim: claim_to_proto(payment.claim).into(),
        ambiguous_release: captured_in_part && charge.released_minor == 0 && contribution.net.refunded_minor > 0,
        ambiguous_refunds: payment.is_ambiguous(),
        look_up: None,
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
