//! Reward rules, as the API carries them.

use super::super::{Twin, Violations, time_to_proto};
use crate::domain::Invalid;
use crate::domain::id::RewardRuleId;
use crate::domain::reward::{
    Amount, COUPON_ID_MAX, Kind, Pattern, Proposed, RULES_EVER_MAX, RewardRule, Role, Terms, Trigger, basis_points,
    cap_minor, code_prefix, count, given_minor, milestones, number, optional_days, payload, problems,
};
use crate::domain::rule::days;
use crate::domain::text;
use crate::proto::v1;
use crate::proto::v1::reward_rule::{Kind as SaidKind, Pattern as SaidPattern, Trigger as SaidTrigger};
use crate::proto::v1::stripe_credit::Amount as SaidAmount;

/// A reward rule, as the API says it.
pub fn reward_rule_to_proto(rule: &RewardRule) -> v1::RewardRule {
    let Terms { role, trigger, pattern, kind, limit_per_recipient, hold_days } = &rule.terms;
    v1::RewardRule {
        id: rule.id.to_string(),
        display_name: rule.display_name.clone().unwrap_or_default(),
        recipient: role.number(),
        trigger: Some(trigger_to_proto(*trigger)),
        pattern: pattern_to_proto(pattern),
        kind: Some(kind_to_proto(kind)),
        limit_per_recipient: limit_per_recipient.unwrap_or(0),
        hold_days: *hold_days,
        auto_issue: rule.auto_issue,
        currency: rule.currency.to_string(),
        effective_from: rule.effective_from.map(time_to_proto),
        retired_at: rule.retired_at.map(time_to_proto),
    }
}

fn trigger_to_proto(trigger: Trigger) -> SaidTrigger {
    match trigger {
        Trigger::Qualified => SaidTrigger::Qualified(v1::QualifiedTrigger {}),
        Trigger::Registered => SaidTrigger::Registered(v1::RegisteredTrigger {}),
        Trigger::Payment { payments_max, payment_days } => {
            SaidTrigger::Payment(v1::PaymentTrigger { payments_max, payment_days: payment_days.unwrap_or(0) })
        }
    }
}

fn pattern_to_proto(pattern: &Pattern) -> Option<SaidPattern> {
    match pattern {
        Pattern::Every(1) => None,
        Pattern::Every(n) => Some(SaidPattern::EveryNth(*n)),
        Pattern::Milestones(at) => Some(SaidPattern::Milestones(v1::Milestones { at: at.iter().copied().collect() })),
    }
}

fn kind_to_proto(kind: &Kind) -> SaidKind {
    match kind {
        Kind::Credit(Amount::Fixed(minor)) => {
            SaidKind::StripeCredit(v1::StripeCredit { amount: Some(SaidAmount::AmountMinor(*minor)) })
        }
        Kind::Credit(Amount::BasisPoints { points, cap_minor }) => {
            let share = v1::BasisPoints { points: *points, cap_minor: cap_minor.unwrap_or(0) };
            SaidKind::StripeCredit(v1::StripeCredit { amount: Some(SaidAmount::BasisPoints(share)) })
        }
        Kind::PromotionCode { coupon_id, code_prefix, expires_days } => {
            SaidKind::StripePromotionCode(v1::StripePromotionCode {
                coupon_id: coupon_id.clone(),
                code_prefix: code_prefix.clone().unwrap_or_default(),
                expires_days: expires_days.unwrap_or(0),
            })
        }
        Kind::Custom { payload } => SaidKind::Custom(v1::CustomReward { payload: payload.clone() }),
    }
}

/// The reward rules of a campaign as they are to be, beside those that stand; wrong fields are noted under
/// `campaign.reward_rules`.
pub fn reward_rules_from_proto(
    violations: &mut Violations,
    rules: Vec<v1::RewardRule>,
    stands: &[RewardRule],
) -> Option<Vec<Proposed>> {
    const PATH: &str = "campaign.reward_rules";
    if rules.len() > RULES_EVER_MAX {
        let problem = format!("has {} rules, and may have at most {RULES_EVER_MAX}", rules.len());
        violations.add(PATH, Invalid(problem));
        return None;
    }
    let read = |(i, rule)| Taker { violations: &mut *violations, path: format!("{PATH}[{i}]") }.rule(rule);
    let proposed: Vec<Option<Proposed>> = rules.into_iter().enumerate().map(read).collect();
    let proposed: Vec<Proposed> = proposed.into_iter().collect::<Option<_>>()?;
    for (i, part, problem) in problems(stands, &proposed) {
        violations.add(format_args!("{PATH}[{i}].{part}"), problem);
    }
    violations.take(PATH, number(stands, &proposed))?;
    Some(proposed)
}

/// Notes problems under the fields of one rule.
struct Taker<'v> {
    violations: &'v mut Violations,
    path: String,
}

impl Taker<'_> {
    fn field<T>(&mut self, name: &str, result: Result<T, Invalid>) -> Option<T> {
        self.violations.take(format_args!("{}.{name}", self.path), result)
    }

    fn missing<T>(&mut self, name: &str, what: &str) -> Option<T> {
        self.field(name, Err(Invalid(format!("is required: {what}"))))
    }

    fn rule(mut self, rule: v1::RewardRule) -> Option<Proposed> {
        let id = if rule.id.is_empty() { Ok(None) } else { RewardRuleId::parse(&rule.id).map(Some) };
        let id = self.field("id", id);
        let display_name = self.field("display_name", text::optional_line(&rule.display_name, text::LINE_MAX));
        let terms = self.terms(rule.recipient, rule.trigger, rule.pattern, rule.kind);
        let limit = rule.limit_per_recipient;
        let limit = if limit == 0 { Ok(None) } else { count(limit).map(Some) };
        let limit_per_recipient = self.field("limit_per_recipient", limit);
        let hold_days = self.field("hold_days", days(rule.hold_days, 0));
        let terms = Terms { limit_per_recipient: limit_per_recipient?, hold_days: hold_days?, ..terms? };
        Some(Proposed { id: id?, display_name: display_name?, terms, auto_issue: rule.auto_issue })
    }

    /// Who gets what for what, with what does not go together named.
    fn terms(
        &mut self,
        role: i32,
        trigger: Option<SaidTrigger>,
        pattern: Option<SaidPattern>,
        kind: Option<SaidKind>,
    ) -> Option<Terms> {
        let role = self.field("recipient", Role::required(role, "REFERRER or REFERRED"));
        let trigger = self.trigger(trigger);
        let pattern = self.pattern(pattern);
        let kind = self.kind(kind);
        let (role, trigger, pattern, kind) = (role?, trigger?, pattern?, kind?);
        let terms = Terms { role, trigger, pattern, kind, limit_per_recipient: None, hold_days: 0 };
        for (part, problem) in terms.conflicts() {
            self.field::<()>(part, Err(problem));
        }
        Some(terms)
    }

    fn trigger(&mut self, trigger: Option<SaidTrigger>) -> Option<Trigger> {
        match trigger {
            None => self.missing("trigger", "qualified, registered or payment"),
            Some(SaidTrigger::Qualified(_)) => Some(Trigger::Qualified),
            Some(SaidTrigger::Registered(_)) => Some(Trigger::Registered),
            Some(SaidTrigger::Payment(payment)) => {
                let payments_max = self.field("payment.payments_max", count(payment.payments_max));
                let payment_days = self.field("payment.payment_days", optional_days(payment.payment_days));
                Some(Trigger::Payment { payments_max: payments_max?, payment_days: payment_days? })
            }
        }
    }

    fn pattern(&mut self, pattern: Option<SaidPattern>) -> Option<Pattern> {
        match pattern {
            None => Some(Pattern::Every(1)),
            Some(SaidPattern::EveryNth(n)) => self.field("every_nth", count(n).map(Pattern::Every)),
            Some(SaidPattern::Milestones(said)) => self.field("milestones.at", milestones(&said.at)),
        }
    }

    fn kind(&mut self, kind: Option<SaidKind>) -> Option<Kind> {
        match kind {
            None => self.missing("kind", "stripe_credit, stripe_promotion_code or custom"),
            Some(SaidKind::StripeCredit(credit)) => self.amount(credit.amount).map(Kind::Credit),
            Some(SaidKind::StripePromotionCode(code)) => self.promotion_code(&code),
            Some(SaidKind::Custom(custom)) => {
                self.field("custom.payload", payload(&custom.payload)).map(|payload| Kind::Custom { payload })
            }
        }
    }

    fn amount(&mut self, amount: Option<SaidAmount>) -> Option<Amount> {
        match amount {
            None => self.missing("stripe_credit.amount", "amount_minor or basis_points"),
            Some(SaidAmount::AmountMinor(minor)) => {
                self.field("stripe_credit.amount_minor", given_minor(minor)).map(Amount::Fixed)
            }
            Some(SaidAmount::BasisPoints(share)) => {
                let points = self.field("stripe_credit.basis_points.points", basis_points(share.points));
                let cap_minor = self.field("stripe_credit.basis_points.cap_minor", cap_minor(share.cap_minor));
                Some(Amount::BasisPoints { points: points?, cap_minor: cap_minor? })
            }
        }
    }

    fn promotion_code(&mut self, code: &v1::StripePromotionCode) -> Option<Kind> {
        let coupon_id = text::line(&code.coupon_id, COUPON_ID_MAX);
        let coupon_id = self.field("stripe_promotion_code.coupon_id", coupon_id);
        let prefix = self.field("stripe_promotion_code.code_prefix", code_prefix(&code.code_prefix));
        let expires_days = self.field("stripe_promotion_code.expires_days", optional_days(code.expires_days));
        Some(Kind::PromotionCode { coupon_id: coupon_id?, code_prefix: prefix?, expires_days: expires_days? })
    }
}
