//! The reward rules of a campaign, as its row has them: JSON, since they are read and written whole.

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::{Error, Result};
use super::list::select;
use super::sql::{Tx, args};
use crate::domain::id::{CampaignId, RewardRuleId};
use crate::domain::money::Currency;
use crate::domain::reward::{Amount, Kind, Pattern, RewardRule, Role, Terms, Trigger};
use crate::domain::time::Time;
use crate::domain::word::Word;

impl Tx {
    /// The reward rules of these campaigns, as far as they have any.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn reward_rules(
        &mut self,
        campaigns: impl IntoIterator<Item = &String>,
    ) -> Result<Vec<(CampaignId, Arc<[RewardRule]>)>> {
        let sql = "select id, reward_rules from campaigns where reward_rules <> '[]' and id in LIST";
        let rows = select(self, sql, args![], campaigns).await?;
        let read = |row: &super::Row| {
            let id = row.parsed("id", |text| CampaignId::parse(text).ok())?;
            Ok((id, rules_from_json(&row.text("reward_rules")?)?.into()))
        };
        rows.iter().map(read).collect()
    }
}

pub(super) fn rules_json(rules: &[RewardRule]) -> String {
    rules.iter().map(rule_json).collect::<Value>().to_string()
}

fn rule_json(rule: &RewardRule) -> Value {
    let Terms { role, trigger, pattern, kind, limit_per_recipient, hold_days } = &rule.terms;
    json!({
        "id": rule.id.to_string(),
        "display_name": rule.display_name,
        "recipient": role.word(),
        "trigger": trigger_json(*trigger),
        "pattern": match pattern {
            Pattern::Every(n) => json!({ "every": n }),
            Pattern::Milestones(at) => json!({ "milestones": at }),
        },
        "kind": kind_json(kind),
        "limit_per_recipient": limit_per_recipient,
        "hold_days": hold_days,
        "auto_issue": rule.auto_issue,
        "currency": rule.currency.code(),
        "effective_from": rule.effective_from.map(Time::micros),
        "retired_at": rule.retired_at.map(Time::micros),
    })
}

fn trigger_json(trigger: Trigger) -> Value {
    match trigger {
        Trigger::Qualified => json!("QUALIFIED"),
        Trigger::Registered => json!("REGISTERED"),
        Trigger::Payment { payments_max, payment_days } => {
            json!({ "payments_max": payments_max, "payment_days": payment_days })
        }
    }
}

fn kind_json(kind: &Kind) -> Value {
    match kind {
        Kind::Credit(Amount::Fixed(minor)) => json!({ "credit_minor": minor }),
        Kind::Credit(Amount::BasisPoints { points, cap_minor }) => {
            json!({ "credit_basis_points": points, "cap_minor": cap_minor })
        }
        Kind::PromotionCode { coupon_id, code_prefix, expires_days } => {
            json!({ "coupon_id": coupon_id, "code_prefix": code_prefix, "expires_days": expires_days })
        }
        Kind::Custom { payload } => json!({ "payload": payload }),
    }
}

pub(super) fn rules_from_json(json: &str) -> Result<Vec<RewardRule>> {
    let fault = || Error::Fault(format!("reward rules hold {json}"));
    let rules: Vec<Value> = serde_json::from_str(json).map_err(|_| fault())?;
    rules.iter().map(rule).collect::<Option<_>>().ok_or_else(fault)
}

fn rule(rule: &Value) -> Option<RewardRule> {
    let terms = Terms {
        role: Role::from_word(rule["recipient"].as_str()?)?,
        trigger: trigger(&rule["trigger"])?,
        pattern: pattern(&rule["pattern"])?,
        kind: kind(&rule["kind"])?,
        limit_per_recipient: number(&rule["limit_per_recipient"]),
        hold_days: number(&rule["hold_days"])?,
    };
    Some(RewardRule {
        id: RewardRuleId::parse(rule["id"].as_str()?).ok()?,
        display_name: text(&rule["display_name"]),
        terms,
        auto_issue: rule["auto_issue"].as_bool()?,
        currency: Currency::parse(rule["currency"].as_str()?).ok()?,
        effective_from: rule["effective_from"].as_i64().map(Time::from_micros),
        retired_at: rule["retired_at"].as_i64().map(Time::from_micros),
    })
}

fn trigger(trigger: &Value) -> Option<Trigger> {
    match trigger.as_str() {
        Some("QUALIFIED") => Some(Trigger::Qualified),
        Some("REGISTERED") => Some(Trigger::Registered),
        Some(_) => None,
        None => Some(Trigger::Payment {
            payments_max: number(&trigger["payments_max"])?,
            payment_days: number(&trigger["payment_days"]),
        }),
    }
}

fn pattern(pattern: &Value) -> Option<Pattern> {
    match pattern["milestones"].as_array() {
        Some(at) => at.iter().map(number).collect::<Option<_>>().map(Pattern::Milestones),
        None => number(&pattern["every"]).map(Pattern::Every),
    }
}

fn kind(kind: &Value) -> Option<Kind> {
    if let Some(minor) = kind["credit_minor"].as_i64() {
        return Some(Kind::Credit(Amount::Fixed(minor)));
    }
    if let Some(points) = number(&kind["credit_basis_points"]) {
        return Some(Kind::Credit(Amount::BasisPoints { points, cap_minor: kind["cap_minor"].as_i64() }));
    }
    if let Some(coupon_id) = text(&kind["coupon_id"]) {
        let (code_prefix, expires_days) = (text(&kind["code_prefix"]), number(&kind["expires_days"]));
        return Some(Kind::PromotionCode { coupon_id, code_prefix, expires_days });
    }
    text(&kind["payload"]).map(|payload| Kind::Custom { payload })
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
