//! Events of our own log, as the API says them.

use super::referral::snapshot_to_proto;
use super::{reward_to_proto, time_to_proto};
use crate::domain::event::{Cause, Logged, Subject};
use crate::proto::v1;

/// An event, as the API says it.
pub fn event_to_proto(event: &Logged) -> v1::Event {
    let subject = match &event.subject {
        Subject::Referral(then) => {
            let referral = snapshot_to_proto(&then.referral, then.currency, then.window_ends_at);
            v1::event::Subject::Referral(referral)
        }
        Subject::Reward(reward) => v1::event::Subject::Reward(reward_to_proto(reward)),
    };
    v1::Event {
        sequence: event.sequence,
        r#type: event.kind.clone(),
        occurred_at: Some(time_to_proto(event.occurred_at)),
        campaign_id: event.campaign_id.to_string(),
        referral_id: event.referral_id.map(|id| id.to_string()).unwrap_or_default(),
        reward_id: event.reward_id.map(|id| id.to_string()).unwrap_or_default(),
        cause: Some(event.cause.as_ref().map_or_else(v1::Cause::default, cause_to_proto)),
        changed: event.changed.clone(),
        subject: Some(subject),
    }
}

/// What led to a change, as the API says it.
pub fn cause_to_proto(cause: &Cause) -> v1::Cause {
    match cause {
        Cause::Delivery(id) => {
            v1::Cause { r#type: v1::CauseType::Delivery.into(), delivery_id: id.clone(), ..v1::Cause::default() }
        }
        Cause::Call { key, call } => v1::Cause {
            r#type: v1::CauseType::Call.into(),
            call: call.clone(),
            key_id: key.map(|key| key.to_string()).unwrap_or_default(),
            ..v1::Cause::default()
        },
        Cause::Clock => v1::Cause { r#type: v1::CauseType::Clock.into(), ..v1::Cause::default() },
        Cause::Job(id) => {
            v1::Cause { r#type: v1::CauseType::Job.into(), job_id: id.to_string(), ..v1::Cause::default() }
        }
    }
}
