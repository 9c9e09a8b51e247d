//! Our own log.

use super::error::Result;
use super::list::{Type, Upsert};
use super::referrals::state_word;
use super::sql::{Tx, args};
use crate::domain::event::Change;
use crate::domain::qualification::State;
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
        ("occurred_at", Type::Int),
        ("body", Type::Text),
    ],
    on_conflict: "",
};

impl Tx {
    /// Appends events after the number given, and makes the last of them the ledger's newest.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn append_events(
        &mut self,
        ledger: i64,
        last_seq: u64,
        events: &[(Change, Enrolled)],
        now: Time,
    ) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let row = |(seq, (change, after)): (u64, &(Change, Enrolled))| {
            let (campaign, referral) = (after.referral.campaign_id.to_string(), after.referral.id.to_string());
            args![ledger, seq, change.kind.name(), campaign, referral, now, body(change, after)]
        };
        EVENTS.run(self, (last_seq + 1..).zip(events).map(row).collect()).await?;
        let newest = last_seq + events.len() as u64;
        self.run("update ledgers set last_seq = $1 where id = $2", args![newest, ledger]).await.map(drop)
    }
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
