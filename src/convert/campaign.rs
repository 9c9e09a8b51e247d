//! Campaigns and their settings, as the API carries them.

use super::reward::{reward_rule_to_proto, reward_rules_from_proto};
use super::words::Twin;
use super::{Violations, optional_time_from_proto, time_to_proto};
use crate::domain::Invalid;
use crate::domain::application::Application;
use crate::domain::campaign::{Campaign, Ledger, Mode, Settings, account_alias, landing_url};
use crate::domain::mapping::{ENTRIES_MAX, Entry, Mapping, Source, Target};
use crate::domain::money::Currency;
use crate::domain::reward::{Proposed, RewardRule};
use crate::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
    Rule, days, target_minor,
};
use crate::domain::text;
use crate::proto::v1;

/// A campaign, as the API says it.
pub fn campaign_to_proto(campaign: &Campaign) -> v1::Campaign {
    let settings = &campaign.settings;
    v1::Campaign {
        id: campaign.id.to_string(),
        account: campaign.ledger.account.clone(),
        mode: campaign.ledger.mode.number(),
        display_name: settings.display_name.clone(),
        state: campaign.state.number(),
        starts_at: settings.starts_at.map(time_to_proto),
        ends_at: settings.ends_at.map(time_to_proto),
        landing_url: settings.landing_url.clone().unwrap_or_default(),
        rule: Some(rule_to_proto(&settings.rule)),
        rule_version: campaign.rule_version,
        field_mappings: settings.mapping.entries().iter().map(entry_to_proto).collect(),
        etag: campaign.revision.to_string(),
        created_at: Some(time_to_proto(campaign.created_at)),
        updated_at: Some(time_to_proto(campaign.updated_at)),
        omit_metadata_ids: settings.ids_omitted,
        reward_rules: campaign.reward_rules.iter().map(reward_rule_to_proto).collect(),
        rule_application: campaign.application.as_ref().map(application_to_proto),
    }
}

fn application_to_proto(application: &Application) -> v1::RuleApplication {
    v1::RuleApplication {
        rule_version: application.version,
        referrals_total: application.total,
        referrals_done: application.done,
        started_at: Some(time_to_proto(application.started_at)),
        finished_at: application.finished_at.map(time_to_proto),
    }
}

/// A rule, as the API says it.
pub fn rule_to_proto(rule: &Rule) -> v1::Rule {
    v1::Rule {
        currency: rule.currency.to_string(),
        target_minor: rule.target_minor,
        window_days: rule.window_days,
        operator: rule.operator.number(),
        method: rule.method.number(),
        refund_policy: rule.refund_policy.number(),
        refund_scope: rule.refund_scope.number(),
        dispute_policy: rule.dispute_policy.number(),
        currency_policy: rule.currency_policy.number(),
        count_prior_days: rule.count_prior_days,
        new_customer_mode: rule.new_customer_mode.number(),
        existing_email_mode: rule.existing_email_mode.number(),
    }
}

/// The account and mode of a new campaign.
pub fn ledger_from_proto(violations: &mut Violations, path: &str, account: &str, mode: i32) -> Option<Ledger> {
    let account = violations.take(format_args!("{path}account"), account_alias(account));
    let said = |mode: Option<Mode>| mode.ok_or_else(|| Invalid::new("is required: MODE_LIVE or MODE_TEST"));
    let mode = violations.take(format_args!("{path}mode"), Mode::of(mode).and_then(said));
    Some(Ledger { account: account?, mode: mode? })
}

/// What the owner of a campaign decides, beside the reward rules that stand; wrong fields are noted under `campaign`.
pub fn settings_from_proto(
    violations: &mut Violations,
    campaign: v1::Campaign,
    stands: &[RewardRule],
) -> Option<(Settings, Vec<Proposed>)> {
    let display_name = violations.take("campaign.display_name", text::line(&campaign.display_name, text::LINE_MAX));
    let starts_at = violations.take("campaign.starts_at", optional_time_from_proto(campaign.starts_at));
    let ends_at = violations.take("campaign.ends_at", optional_time_from_proto(campaign.ends_at));
    if let (Some(Some(start)), Some(Some(end))) = (starts_at, ends_at)
        && end <= start
    {
        violations.add("campaign.ends_at", Invalid::new("must lie after starts_at"));
    }
    let landing_url = violations.take("campaign.landing_url", landing_url(&campaign.landing_url));
    let mapping = mapping_from_proto(violations, campaign.field_mappings);
    let rule = rule_from_proto(violations, "campaign.rule", campaign.rule);
    let reward_rules = reward_rules_from_proto(violations, campaign.reward_rules, stands);
    let settings = Settings {
        display_name: display_name?,
        starts_at: starts_at?,
        ends_at: ends_at?,
        landing_url: landing_url?,
        rule: rule?,
        mapping: mapping?,
        ids_omitted: campaign.omit_metadata_ids,
    };
    Some((settings, reward_rules?))
}

/// A rule; wrong fields are noted under `path`.
fn rule_from_proto(violations: &mut Violations, path: &'static str, rule: Option<v1::Rule>) -> Option<Rule> {
    let Some(rule) = rule else {
        violations.add(path, Invalid::new("is required: currency, target_minor and window_days at least"));
        return None;
    };
    let mut take = Taker { violations, path };
    let currency = take.field("currency", Currency::known(&rule.currency));
    let target_minor = take.field("target_minor", target_minor(rule.target_minor));
    let window_days = take.field("window_days", days(rule.window_days, 1));
    let operator = take.field("operator", Operator::or_default(rule.operator));
    let method = take.field("method", Method::or_default(rule.method));
    let refund_policy = RefundPolicy::or_default(rule.refund_policy);
    let refund_policy = take.field("refund_policy", refund_policy);
    let refund_scope = take.field("refund_scope", RefundScope::or_default(rule.refund_scope));
    let dispute_policy = DisputePolicy::or_default(rule.dispute_policy);
    let dispute_policy = take.field("dispute_policy", dispute_policy);
    let currency_policy = CurrencyPolicy::or_default(rule.currency_policy);
    let currency_policy = take.field("currency_policy", currency_policy);
    let count_prior_days = take.field("count_prior_days", days(rule.count_prior_days, 0));
    let new_customer_mode = NewCustomerMode::or_default(rule.new_customer_mode);
    let new_customer_mode = take.field("new_customer_mode", new_customer_mode);
    let existing_email_mode = ExistingEmailMode::or_default(rule.existing_email_mode);
    let existing_email_mode = take.field("existing_email_mode", existing_email_mode);
    Some(Rule {
        currency: currency?,
        target_minor: target_minor?,
        window_days: window_days?,
        operator: operator?,
        method: method?,
        refund_policy: refund_policy?,
        refund_scope: refund_scope?,
        dispute_policy: dispute_policy?,
        currency_policy: currency_policy?,
        count_prior_days: count_prior_days?,
        new_customer_mode: new_customer_mode?,
        existing_email_mode: existing_email_mode?,
    })
}

/// Notes problems under the fields of the rule.
struct Taker<'v> {
    violations: &'v mut Violations,
    path: &'static str,
}

impl Taker<'_> {
    fn field<T>(&mut self, name: &str, result: Result<T, Invalid>) -> Option<T> {
        self.violations.take(format_args!("{}.{name}", self.path), result)
    }
}

fn entry_to_proto(entry: &Entry) -> v1::FieldMapping {
    let source = match &entry.source {
        Source::Fixed(value) => v1::field_mapping::Source::FixedValue(value.clone()),
        field => v1::field_mapping::Source::Field(field.field_name().unwrap_or_default()),
    };
    v1::FieldMapping { source: Some(source), target: entry.target.name() }
}

fn mapping_from_proto(violations: &mut Violations, lines: Vec<v1::FieldMapping>) -> Option<Mapping> {
    if lines.len() > ENTRIES_MAX {
        let problem = format!("has {} lines, and may have at most {ENTRIES_MAX}", lines.len());
        violations.add("campaign.field_mappings", Invalid(problem));
        return None;
    }
    let read = |(i, line): (usize, &v1::FieldMapping)| {
        let source = source_from_proto(violations, i, line.source.as_ref());
        let target = Target::parse(&line.target);
        let target = violations.take(format_args!("campaign.field_mappings[{i}].target"), target);
        Some(Entry { source: source?, target: target? })
    };
    let entries: Vec<Option<Entry>> = lines.iter().enumerate().map(read).collect();
    let entries: Option<Vec<Entry>> = entries.into_iter().collect();
    violations.take("campaign.field_mappings", Mapping::new(entries?))
}

fn source_from_proto(
    violations: &mut Violations,
    line: usize,
    source: Option<&v1::field_mapping::Source>,
) -> Option<Source> {
    let path = format!("campaign.field_mappings[{line}]");
    match source {
        Some(v1::field_mapping::Source::Field(field)) => {
            violations.take(format_args!("{path}.field"), Source::parse(field))
        }
        Some(v1::field_mapping::Source::FixedValue(value)) => {
            violations.take(format_args!("{path}.fixed_value"), Source::fixed(value))
        }
        None => {
            violations.add(format_args!("{path}.source"), Invalid::new("is required: field or fixed_value"));
            None
        }
    }
}

/// Lays the fields that a mask names over what stands; an empty mask names all that may change.
pub fn campaign_with_mask(
    violations: &mut Violations,
    mut stands: v1::Campaign,
    new: v1::Campaign,
    mask: &[String],
) -> v1::Campaign {
    let all = [
        "display_name",
        "starts_at",
        "ends_at",
        "landing_url",
        "field_mappings",
        "omit_metadata_ids",
        "reward_rules",
        "rule",
    ];
    let paths: Vec<&str> = if mask.is_empty() { all.to_vec() } else { mask.iter().map(String::as_str).collect() };
    for path in paths {
        match path {
            "display_name" => stands.display_name.clone_from(&new.display_name),
            "starts_at" => stands.starts_at = new.starts_at,
            "ends_at" => stands.ends_at = new.ends_at,
            "landing_url" => stands.landing_url.clone_from(&new.landing_url),
            "field_mappings" => stands.field_mappings.clone_from(&new.field_mappings),
            "omit_metadata_ids" => stands.omit_metadata_ids = new.omit_metadata_ids,
            "reward_rules" => stands.reward_rules.clone_from(&new.reward_rules),
            "rule" => stands.rule.clone_from(&new.rule),
            _ => {
                let (rule, new) = (stands.rule.get_or_insert_default(), new.rule.clone().unwrap_or_default());
                if !path.strip_prefix("rule.").is_some_and(|field| lay_rule_field(rule, new, field)) {
                    violations.add("update_mask", mask_problem(path, CAMPAIGN_PATHS));
                }
            }
        }
    }
    stands
}

/// What the mask of a campaign may name.
const CAMPAIGN_PATHS: &str = "display_name, starts_at, ends_at, landing_url, field_mappings, omit_metadata_ids, \
                              reward_rules, rule or rule.<field>";
/// What the mask of a rule may name.
const RULE_PATHS: &str = "currency, target_minor, window_days, operator, method, refund_policy, refund_scope, \
                          dispute_policy, currency_policy, count_prior_days, new_customer_mode or existing_email_mode";

/// A rule with the fields that a mask names laid over what stands; an empty mask names all.
pub fn rule_with_mask(
    violations: &mut Violations,
    stands: &Rule,
    new: Option<v1::Rule>,
    mask: &[String],
) -> Option<Rule> {
    if mask.is_empty() {
        return rule_from_proto(violations, "rule", new);
    }
    let (mut rule, new) = (rule_to_proto(stands), new.unwrap_or_default());
    for path in mask {
        if !lay_rule_field(&mut rule, new.clone(), path) {
            violations.add("rule_mask", mask_problem(path, RULE_PATHS));
        }
    }
    rule_from_proto(violations, "rule", Some(rule))
}

/// Lays a field of a rule over what stands; false where there is none of that name.
fn lay_rule_field(stands: &mut v1::Rule, new: v1::Rule, field: &str) -> bool {
    match field {
        "currency" => stands.currency = new.currency,
        "target_minor" => stands.target_minor = new.target_minor,
        "window_days" => stands.window_days = new.window_days,
        "operator" => stands.operator = new.operator,
        "method" => stands.method = new.method,
        "refund_policy" => stands.refund_policy = new.refund_policy,
        "refund_scope" => stands.refund_scope = new.refund_scope,
        "dispute_policy" => stands.dispute_policy = new.dispute_policy,
        "currency_policy" => stands.currency_policy = new.currency_policy,
        "count_prior_days" => stands.count_prior_days = new.count_prior_days,
        "new_customer_mode" => stands.new_customer_mode = new.new_customer_mode,
        "existing_email_mode" => stands.existing_email_mode = new.existing_email_mode,
        _ => return false,
    }
    true
}

/// What is wrong with a path of a mask.
pub(super) fn mask_problem(path: &str, known: &str) -> Invalid {
    let shown: String = path.chars().filter(|c| !c.is_control()).take(64).collect();
    Invalid(format!("names \"{shown}\", which does not exist or never changes; it may name {known}"))
}
