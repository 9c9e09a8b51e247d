//! What an event of the payment source did, as the API says it.

use super::explanation::{latest, line_to_proto};
use super::referral::state_to_proto;
use super::{Twin, event_to_proto, fact_to_proto, route_to_proto, time_to_proto};
use crate::domain::delivery::Received;
use crate::domain::inquiry::{Check, Concerned, Inquiry, Object};
use crate::proto::v1;

/// How many referrals of an object are shown, and how many payments of each: the latest.
const CONCERNED_MAX: usize = 10;

/// What is known of an event, as the API says it.
pub fn inquiry_to_proto(inquiry: &Inquiry) -> v1::ExplainEventResponse {
    v1::ExplainEventResponse {
        event_id: inquiry.event_id.clone(),
        received: inquiry.received.as_ref().map(received_to_proto),
        changes: inquiry.changes.iter().map(event_to_proto).collect(),
        has_more_changes: inquiry.has_more_changes,
        objects: inquiry.objects.iter().map(object_to_proto).collect(),
        checks: inquiry.checks().iter().map(|check| check_to_proto(check, &inquiry.types)).collect(),
        summary: inquiry.summary(),
    }
}

fn received_to_proto(received: &Received) -> v1::ReceivedDelivery {
    let (route, secret_id) = received.route.map_or((v1::Route::Unspecified, String::new()), route_to_proto);
    let (outcome, reason, detail) = match &received.ignored {
        None => (v1::Outcome::Recorded, v1::IgnoredReason::Unspecified.into(), String::new()),
        Some((reason, detail)) => (v1::Outcome::Ignored, reason.number(), detail.clone()),
    };
    v1::ReceivedDelivery {
        r#type: received.kind.clone(),
        api_version: received.api_version.clone().unwrap_or_default(),
        created_at: Some(time_to_proto(received.created_at)),
        first_received_at: Some(time_to_proto(received.first_at)),
        last_received_at: Some(time_to_proto(received.last_at)),
        received_count: received.count,
        route: route.into(),
        secret_id,
        outcome: outcome.into(),
        ignored_reason: reason,
        ignored_detail: detail,
    }
}

fn object_to_proto(object: &Object) -> v1::ExplainedObject {
    v1::ExplainedObject {
        r#type: object.kind.number(),
        id: object.id.clone(),
        referrals: object.referrals.iter().take(CONCERNED_MAX).map(concerned_to_proto).collect(),
        fact: object.fact.as_ref().map(fact_to_proto),
    }
}

fn concerned_to_proto(concerned: &Concerned) -> v1::ConcernedReferral {
    let referral = &concerned.enrolled.referral;
    let payments = latest(&concerned.payments, CONCERNED_MAX).iter();
    v1::ConcernedReferral {
        referral_id: referral.id.to_string(),
        campaign_id: referral.campaign_id.to_string(),
        state: state_to_proto(referral.decision.state).into(),
        payments: payments.map(|line| line_to_proto(referral, line)).collect(),
    }
}

fn check_to_proto(check: &Check, types: &[&str]) -> v1::MissingEventCheck {
    let kind = match check {
        Check::Id => v1::CheckType::EventId,
        Check::OtherLedger(_) => v1::CheckType::OtherLedger,
        Check::NoSecret => v1::CheckType::NoSecret,
        Check::Secret => v1::CheckType::Secret,
        Check::Endpoint => v1::CheckType::Endpoint,
        Check::EventType => v1::CheckType::EventType,
        Check::Age => v1::CheckType::Age,
    };
    let (account, mode) = match check {
        Check::OtherLedger(ledger) => (ledger.account.clone(), ledger.mode.number()),
        _ => (String::new(), v1::Mode::Unspecified.into()),
    };
    v1::MissingEventCheck { r#type: kind.into(), advice: check.advice(types), account, mode }
}
