//! The body of an event: the whole referral or reward after the change, as JSON. Times are microseconds since 1970, names
//! and words are those of the API.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::referrals::state_word;
use super::rewards::{cause_of, cause_text, cause_type, recipient_of};
use crate::domain::customer::{CustomerSync, LinkedCustomer};
use crate::domain::email::Email;
use crate::domain::erasure::{ERASED, Erased, nobody};
use crate::domain::event::{Event, Snapshot, Subject};
use crate::domain::id::{CampaignId, ReferralId, ReferrerId, RewardId, RewardRuleId};
use crate::domain::money::Currency;
use crate::domain::qualification::{Decision, Disqualification, Override, Setback, State, Unqualified, Verdict};
use crate::domain::referral::{Person, Referral};
use crate::domain::reward::{Reason, Reward, State as RewardState};
use crate::domain::time::Time;
use crate::domain::word::Word;
use crate::domain::world::Enrolled;

/// The body of an event.
pub(super) fn text(event: &Event) -> String {
    let body = match event {
        Event::Referral(change, after) => {
            json!({ "changed": change.changed, "referral": referral(after) })
        }
        Event::Reward(change, after) => json!({ "changed": change.changed, "reward": reward(after) }),
    };
    body.to_string()
}

/// Reads a body back: the fields that changed, and what it tells of. `None` where it is no such body.
pub(super) fn read(text: &str) -> Option<(Vec<String>, Subject)> {
    let body: Value = serde_json::from_str(text).ok()?;
    let changed = body.get("changed")?.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
    let changed = changed.into_iter().flat_map(fields_named).map(str::to_owned).collect();
    let subject = match (body.get("referral"), body.get("reward")) {
        (Some(referral), _) => Subject::Referral(Box::new(read_referral(&Fields(referral))?)),
        (None, reward) => Subject::Reward(Box::new(read_reward(&Fields(reward?))?)),
    };
    Some((changed, subject))
}

/// The fields that a name of what changed stands for. Bodies that were written before each name was a field's have one
/// for two fields.
fn fields_named(name: &str) -> Vec<&str> {
    if name == "unqualified" { vec!["unqualified_at", "unqualified_reason"] } else { vec![name] }
}

/// A body without the person: of their referrals, of rewards to one of these recipients, and of what operators wrote about
/// rewards that their referrals earned. `None` where nothing in it told of them.
pub(super) fn erased(text: &str, pseudonym: &Email, recipients: &BTreeSet<String>) -> Option<String> {
    let before: Value = serde_json::from_str(text).ok()?;
    let mut body = before.clone();
    if let Some(referral) = body.get_mut("referral") {
        referral["person"] = person(&nobody(pseudonym));
        replace(referral, "/override/reason");
        replace(referral, "/customer_sync_reason");
    }
    if let Some(reward) = body.get_mut("reward") {
        let is_theirs = reward["recipient_id"].as_str().is_some_and(|id| recipients.contains(id));
        let has_words = reward["reason"] == Reason::Operator.word() || reward["state"] == RewardState::Reversed.word();
        if is_theirs || has_words {
            replace(reward, "/detail");
        }
        if let Some(awaited) = reward.get_mut("awaiting_email").filter(|_| is_theirs) {
            *awaited = Value::Null;
        }
    }
    (body != before).then(|| body.to_string())
}

/// Puts the word for what was erased in the place of a text.
fn replace(body: &mut Value, pointer: &str) {
    if let Some(text) = body.pointer_mut(pointer).filter(|text| text.is_string()) {
        *text = ERASED.into();
    }
}

fn person(person: &Person) -> Value {
    json!({
        "email": person.email.original(),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "custom": person.custom,
    })
}

fn referral(after: &Enrolled) -> Value {
    let Enrolled { referral, rule, .. } = after;
    let Referral { decision, person, customer_sync, customer, .. } = referral;
    json!({
        "id": referral.id.to_string(),
        "campaign_id": referral.campaign_id.to_string(),
        "referrer_id": referral.referrer_id.to_string(),
        "person": self::person(person),
        "registered_at": referral.registered_at.micros(),
        "window_ends_at": rule.window_end(referral.registered_at).micros(),
        "rule_version": referral.rule_version,
        "erased_at": referral.erased.as_ref().map(|erased| erased.at.micros()),
        "self_referral": referral.self_referral,
        "state": state_word(decision.state),
        "disqualified_reason": decision.state.disqualification().map(|reason| reason.word()),
        "spend_minor": decision.spend_minor,
        "currency": rule.currency.code(),
        "qualified_at": decision.qualified_at.map(Time::micros),
        "unqualified_at": decision.unqualified.map(|unqualified| unqualified.at.micros()),
        "unqualified_reason": decision.unqualified.map(|unqualified| unqualified.cause.word()),
        "decide_at": referral.decide_at.map(Time::micros),
        "customer_sync": customer_sync.word(),
        "customer_sync_reason": customer_sync.reason(),
        "customer_id": customer.as_ref().map(|linked| &linked.id),
        "only_customer": customer.as_ref().is_some_and(|linked| linked.only),
        "override": referral.manual.as_ref().map(|manual| json!({
            "verdict": manual.verdict.word(),
            "reason": manual.reason,
            "at": manual.at.micros(),
        })),
        "revision": referral.revision,
        "created_at": referral.created_at.micros(),
        "updated_at": referral.updated_at.micros(),
    })
}

fn reward(reward: &Reward) -> Value {
    json!({
        "id": reward.id.to_string(),
        "campaign_id": reward.campaign_id.to_string(),
        "rule_id": reward.rule_id.to_string(),
        "recipient_id": reward.recipient.to_string(),
        "cause_type": cause_type(&reward.cause),
        "cause": cause_text(&reward.cause),
        "paid_at": reward.paid_at.map(Time::micros),
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
        "sent_at": reward.sent_at.map(Time::micros),
        "stripe_customer_id": reward.customer_id,
        "stripe_object_id": reward.stripe_object_id,
        "promotion_code": reward.promotion_code,
        "issued_at": reward.issued_at.map(Time::micros),
        "reversed_at": reward.reversed_at.map(Time::micros),
        "revision": reward.revision,
        "created_at": reward.created_at.micros(),
        "updated_at": reward.updated_at.micros(),
    })
}

/// The fields of a JSON object. One that is null or not there is `None`.
struct Fields<'a>(&'a Value);

impl Fields<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    fn unsigned<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        T::try_from(self.int(name)?).ok()
    }

    fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn time(&self, name: &str) -> Option<Time> {
        self.int(name).map(Time::from_micros)
    }

    fn word<T: Word>(&self, name: &str) -> Option<T> {
        T::from_word(self.0.get(name)?.as_str()?)
    }

    fn id<T, E>(&self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        parse(self.0.get(name)?.as_str()?).ok()
    }
}

fn read_referral(body: &Fields) -> Option<Snapshot> {
    let referral = Referral {
        id: body.id("id", ReferralId::parse)?,
        campaign_id: body.id("campaign_id", CampaignId::parse)?,
        referrer_id: body.id("referrer_id", ReferrerId::parse)?,
        person: read_person(&Fields(body.0.get("person")?))?,
        registered_at: body.time("registered_at")?,
        rule_version: body.unsigned("rule_version")?,
        // Which charges still count is asked of the referral, and not of its past.
        erased: body.time("erased_at").map(|at| Erased { at, charges: Arc::default() }),
        is_referrer_erased: false,
        self_referral: body.flag("self_referral"),
        manual: body.0.get("override").filter(|manual| !manual.is_null()).map(Fields).as_ref().map_or(
            Some(None),
            |it| {
                let (verdict, reason, at) = (it.word::<Verdict>("verdict")?, it.text("reason")?, it.time("at")?);
                Some(Some(Override { verdict, reason, at }))
            },
        )?,
        customer_sync: read_sync(body)?,
        customer: body.text("customer_id").map(|id| LinkedCustomer { id, only: body.flag("only_customer") }),
        decision: read_decision(body)?,
        decide_at: body.time("decide_at"),
        revision: body.unsigned("revision")?,
        created_at: body.time("created_at")?,
        updated_at: body.time("updated_at")?,
    };
    let (currency, window_ends_at) = (body.id("currency", Currency::parse)?, body.time("window_ends_at")?);
    Some(Snapshot { referral, currency, window_ends_at })
}

fn read_person(body: &Fields) -> Option<Person> {
    Some(Person {
        email: body.id("email", Email::parse)?,
        first_name: body.text("first_name"),
        last_name: body.text("last_name"),
        phone: body.text("phone"),
        custom: serde_json::from_value(body.0.get("custom")?.clone()).ok()?,
    })
}

fn read_sync(body: &Fields) -> Option<CustomerSync> {
    match body.text("customer_sync")?.as_str() {
        "NOT_NEEDED" => Some(CustomerSync::NotNeeded),
        "PENDING" => Some(CustomerSync::Pending),
        "DONE" => Some(CustomerSync::Done),
        _ => Some(CustomerSync::Failed(body.text("customer_sync_reason").unwrap_or_default())),
    }
}

fn read_decision(body: &Fields) -> Option<Decision> {
    let state = match body.text("state")?.as_str() {
        "PENDING" => State::Pending,
        "QUALIFIED" => State::Qualified,
        "EXPIRED" => State::Expired,
        _ => State::Disqualified(body.word::<Disqualification>("disqualified_reason")?),
    };
    let unqualified = body.time("unqualified_at").zip(body.word::<Setback>("unqualified_reason"));
    Some(Decision {
        state,
        spend_minor: body.int("spend_minor")?,
        qualified_at: body.time("qualified_at"),
        unqualified: unqualified.map(|(at, cause)| Unqualified { at, cause }),
    })
}

fn read_reward(body: &Fields) -> Option<Reward> {
    Some(Reward {
        id: body.id("id", RewardId::parse)?,
        rule_id: body.id("rule_id", RewardRuleId::parse)?,
        campaign_id: body.id("campaign_id", CampaignId::parse)?,
        recipient: recipient_of(&body.text("recipient_id")?)?,
        cause: cause_of(&body.text("cause_type")?, &body.text("cause")?)?,
        paid_at: body.time("paid_at"),
        referral_id: body.id("referral_id", ReferralId::parse),
        round: body.unsigned("round")?,
        state: body.word::<RewardState>("state")?,
        reason: body.word::<Reason>("reason"),
        detail: body.text("detail"),
        amount_minor: body.int("amount_minor"),
        given_minor: body.int("given_minor")?,
        currency: body.id("currency", Currency::parse)?,
        custom_payload: body.text("custom_payload"),
        held_until: body.time("held_until")?,
        approved_at: body.time("approved_at"),
        unearned_at: body.time("unearned_at"),
        sent_at: body.time("sent_at"),
        awaiting_email: None,
        customer_id: body.text("stripe_customer_id"),
        stripe_object_id: body.text("stripe_object_id"),
        promotion_code: body.text("promotion_code"),
        issued_at: body.time("issued_at"),
        reversed_at: body.time("reversed_at"),
        revision: body.unsigned("revision")?,
        created_at: body.time("created_at")?,
        updated_at: body.time("updated_at")?,
    })
}
