//! A reward as its row has it.

use crate::domain::id::{CampaignId, ReferralId, ReferrerId, RewardId, RewardRuleId};
use crate::domain::money::Currency;
use crate::domain::reward::{Cause, Reason, Recipient, Reward, State};
use crate::domain::word::Word;
use crate::store::error::Result;
use crate::store::list::{Type, Upsert};
use crate::store::sql::{Row, Value, args};

pub(super) const REWARDS: Upsert = Upsert {
    table: "rewards",
    columns: &[
        ("id", Type::Text),
        ("ledger_id", Type::Int),
        ("campaign_id", Type::Text),
        ("rule_id", Type::Text),
        ("recipient_id", Type::Text),
        ("cause_type", Type::Text),
        ("cause", Type::Text),
        ("paid_at", Type::Int),
        ("referral_id", Type::Text),
        ("round", Type::Int),
        ("state", Type::Text),
        ("reason", Type::Text),
        ("detail", Type::Text),
        ("amount_minor", Type::Int),
        ("given_minor", Type::Int),
        ("currency", Type::Text),
        ("custom_payload", Type::Text),
        ("held_until", Type::Int),
        ("approved_at", Type::Int),
        ("unearned_at", Type::Int),
        ("sent_at", Type::Int),
        ("awaiting_email", Type::Text),
        ("customer_id", Type::Text),
        ("stripe_object_id", Type::Text),
        ("promotion_code", Type::Text),
        ("issued_at", Type::Int),
        ("reversed_at", Type::Int),
        ("revision", Type::Int),
        ("created_at", Type::Int),
        ("updated_at", Type::Int),
    ],
    on_conflict: "on conflict (id) do update set referral_id = excluded.referral_id, round = excluded.round, \
                  state = excluded.state, \
                  reason = excluded.reason, detail = excluded.detail, amount_minor = excluded.amount_minor, \
                  given_minor = excluded.given_minor, currency = excluded.currency, held_until = excluded.held_until, \
                  approved_at = excluded.approved_at, unearned_at = excluded.unearned_at, sent_at = excluded.sent_at, \
                  awaiting_email = excluded.awaiting_email, customer_id = excluded.customer_id, \
                  stripe_object_id = excluded.stripe_object_id, promotion_code = excluded.promotion_code, \
                  issued_at = excluded.issued_at, reversed_at = excluded.reversed_at, \
                  revision = excluded.revision, updated_at = excluded.updated_at",
};

pub(super) fn values(ledger: i64, reward: &Reward) -> Vec<Value> {
    args![
        reward.id.to_string(),
        ledger,
        reward.campaign_id.to_string(),
        reward.rule_id.to_string(),
        reward.recipient.to_string(),
        cause_type(&reward.cause),
        cause_text(&reward.cause),
        reward.paid_at,
        reward.referral_id.map(|id| id.to_string()),
        reward.round,
        reward.state.word(),
        reward.reason.map(|reason| reason.word()),
        &reward.detail,
        reward.amount_minor,
        reward.given_minor,
        reward.currency.code(),
        &reward.custom_payload,
        reward.held_until,
        reward.approved_at,
        reward.unearned_at,
        reward.sent_at,
        &reward.awaiting_email,
        &reward.customer_id,
        &reward.stripe_object_id,
        &reward.promotion_code,
        reward.issued_at,
        reward.reversed_at,
        reward.revision,
        reward.created_at,
        reward.updated_at,
    ]
}

pub(super) fn read(row: &Row) -> Result<Reward> {
    Ok(Reward {
        id: row.parsed("id", |text| RewardId::parse(text).ok())?,
        rule_id: row.parsed("rule_id", |text| RewardRuleId::parse(text).ok())?,
        campaign_id: row.parsed("campaign_id", |text| CampaignId::parse(text).ok())?,
        recipient: row.parsed("recipient_id", recipient_of)?,
        cause: cause(row)?,
        paid_at: row.time_or_null("paid_at")?,
        referral_id: row.parsed_or_null("referral_id", |text| ReferralId::parse(text).ok())?,
        round: row.unsigned("round")?,
        state: row.parsed("state", State::from_word)?,
        reason: row.parsed_or_null("reason", Reason::from_word)?,
        detail: row.text_or_null("detail")?,
        amount_minor: row.int_or_null("amount_minor")?,
        given_minor: row.int("given_minor")?,
        currency: row.parsed("currency", |text| Currency::parse(text).ok())?,
        custom_payload: row.text_or_null("custom_payload")?,
        held_until: row.time("held_until")?,
        approved_at: row.time_or_null("approved_at")?,
        unearned_at: row.time_or_null("unearned_at")?,
        sent_at: row.time_or_null("sent_at")?,
        awaiting_email: row.text_or_null("awaiting_email")?,
        customer_id: row.text_or_null("customer_id")?,
        stripe_object_id: row.text_or_null("stripe_object_id")?,
        promotion_code: row.text_or_null("promotion_code")?,
        issued_at: row.time_or_null("issued_at")?,
        reversed_at: row.time_or_null("reversed_at")?,
        revision: row.unsigned("revision")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Whom an id names.
pub(in crate::store) fn recipient_of(id: &str) -> Option<Recipient> {
    let referrer = ReferrerId::parse(id).ok().map(Recipient::Referrer);
    referrer.or_else(|| ReferralId::parse(id).ok().map(Recipient::Referred))
}

/// The word for the type of a cause.
pub(in crate::store) const fn cause_type(cause: &Cause) -> &'static str {
    match cause {
        Cause::Referral(_) => "REFERRAL",
        Cause::Slot(_) => "SLOT",
        Cause::Charge(_) => "CHARGE",
    }
}

/// A cause as text: an id, or the number of a slot.
pub(in crate::store) fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::Referral(id) => id.to_string(),
        Cause::Slot(slot) => slot.to_string(),
        Cause::Charge(id) => id.clone(),
    }
}

fn cause(row: &Row) -> Result<Cause> {
    let kind = row.text("cause_type")?;
    row.parsed("cause", |text| cause_of(&kind, text))
}

/// A cause of this type by its text.
pub(in crate::store) fn cause_of(kind: &str, text: &str) -> Option<Cause> {
    match kind {
        "REFERRAL" => ReferralId::parse(text).ok().map(Cause::Referral),
        "SLOT" => text.parse().ok().map(Cause::Slot),
        _ => Some(Cause::Charge(text.to_owned())),
    }
}
