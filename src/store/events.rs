//! Our own log.

use std::sync::Arc;

use super::error::Result;
use super::list::{Type, Upsert};
use super::referrals::state_word;
use super::rewards::{cause_text, cause_type};
use super::sql::{Tx, args};
use crate::domain::event::{Cause, Change, Event};
use crate::domain::qualification::State;
use crate::domain::reward::Reward;
use crate::domain::time::Time;
use crate::domain::word::Word;
use crate::domain::world::Enrolled;

const EVENTS: Upsert = Upsert {
    table: "events",
    columns: &[
        ("ledger_id", Type::Int),
        ("seq", Type::Int),
        ("type", Type::Text),
        ("campaign_id", Type::Text),
        ("referral_id", Type::Text),
        ("reward_id", Type::Text),
        ("occurred_at", Type::Int),
        ("body", Type::Text),
        ("cause_type", Type::Text),
        ("cause_id", Type::Text),
        ("cause_key", Type::Text),
    ],
    on_conflict: "",
};

impl Tx {
    /// Appends events after the number given, each with what led to it, and makes the last of them the ledger's newest.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn append_events(
        &mut self,
        ledger: i64,
        last_seq: u64,
        events: &[(Arc<Cause>, Event)],
        now: Time,
    ) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let row = |(seq, (cause, event)): (u64, &(Arc<Cause>, Event))| {
            let (kind, campaign, referral, reward, body) = match event {
                Event::Referral(change, after) => {
                    let of = &after.referral;
                    (change.kind, of.campaign_id, Some(of.id), None, body(change, after))
                }
                Event::Reward(change, after) => {
                    (change.kind, after.campaign_id, after.referral_id, Some(after.id), reward_body(change, after))
                }
            };
            let (referral, reward) = (referral.map(|id| id.to_string()), reward.map(|id| id.to_string()));
            let (cause, id, key) = cause_columns(cause);
            let told = args![ledger, seq, kind.name(), campaign.to_string(), referral, reward, now, body];
            told.into_iter().chain(args![cause, id, key]).collect()
        };
        EVENTS.run(self, (last_seq + 1..).zip(events).map(row).collect()).await?;
        let newest = last_seq + events.len() as u64;
        self.run("update ledgers set last_seq = $1 where id = $2", args![newest, ledger]).await.map(drop)
    }
}

/// What led to a change: its type, its id or the name of the call, and the key of the caller.
fn cause_columns(cause: &Cause) -> (&'static str, Option<String>, Option<String>) {
    match cause {
        Cause::Delivery(id) => ("DELIVERY", Some(id.clone()), None),
        Cause::Call { key, call } => ("CALL", Some(call.clone()), key.map(|key| key.to_string())),
        Cause::Clock => ("CLOCK", None, None),
        Cause::Job(id) => ("JOB", Some(id.to_string()), None),
    }
}

/// The whole reward after the change, likewise.
fn reward_body(change: &Change, reward: &Reward) -> String {
    serde_json::json!({
        "changed": change.changed,
        "reward": {
            "id": reward.id.to_string(),
            "campaign_id": reward.campaign_id.to_string(),
            "rule_id": reward.rule_id.to_string(),
            "recipient_id": reward.recipient.to_string(),
            "cause_type": cause_type(&reward.cause),
            "cause": cause_text(&reward.cause),
            "referral_id": reward.referral_id.map(|id| id.to_string()),
            "round": reward.round,
            "state": reward.state.word(),
            "reason": reward.reason.map(|reason| reason.word()),
            "detail": reward.detail,
            "amount_minor": reward.amount_minor,
            "given_minor": reward.given_minor,
            "currency": reward.currency.code(),
            "custom_payload": reward.custom_payload,
            "held_until": reward.held_until.micros(),
            "approved_at": reward.approved_at.map(Time::micros),
            "unearned_at": reward.unearned_at.map(Time::micros),
            "stripe_customer_id": reward.customer_id,
            "stripe_object_id": reward.stripe_object_id,
            "promotion_code": reward.promotion_code,
            "issued_at": reward.issued_at.map(Time::micros),
            "reversed_at": reward.reversed_at.map(Time::micros),
            "revision": reward.revision,
        },
    })
    .to_string()
}

/// The whole state after the change. Times are microseconds since 1970; names and words as in the API.
fn body(change: &Change, after: &Enrolled) -> String {
    let referral = &after.referral;
    let decision = &referral.decision;
    let reason = match decision.state {
        State::Disqualified(reason) => Some(reason.word()),
        _ => None,
    };
    serde_json::json!({
        "changed": change.changed,
        "referral": {
            "id": referral.id.to_string(),
            "campaign_id": referral.campaign_id.to_string(),
            "referrer_id": referral.referrer_id.to_string(),
            "person": {
                "email": referral.person.email.original(),
                "first_name": referral.person.first_name,
                "last_name": referral.person.last_name,
                "phone": referral.person.phone,
                "custom": referral.person.custom,
            },
            "registered_at": referral.registered_at.micros(),
            "rule_version": referral.rule_version,
            "state": state_word(decision.state),
            "disqualified_reason": reason,
            "spend_minor": decision.spend_minor,
            "currency": after.rule.currency.code(),
            "qualified_at": decision.qualified_at.map(Time::micros),
            "unqualified_at": decision.unqualified.map(|unqualified| unqualified.at.micros()),
            "unqualified_reason": decision.unqualified.map(|unqualified| unqualified.cause.word()),
            "customer_sync": referral.customer_sync.word(),
            "customer_sync_reason": referral.customer_sync.reason(),
            "customer_id": referral.customer.as_ref().map(|linked| &linked.id),
            "only_customer": referral.customer.as_ref().is_some_and(|linked| linked.only),
            "override": referral.manual.as_ref().map(|manual| serde_json::json!({
                "verdict": manual.verdict.word(),
                "reason": manual.reason,
                "at": manual.at.micros(),
            })),
            "revision": referral.revision,
        },
    })
    .to_string()
}
