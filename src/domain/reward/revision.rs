//! The reward rules of a campaign after an update: kept, added and retired.

use std::collections::BTreeSet;

use super::super::Invalid;
use super::super::id::RewardRuleId;
use super::super::money::Currency;
use super::super::time::Time;
use super::rule::{RewardRule, Terms};

/// The most rules of a campaign that are not retired.
pub const RULES_MAX: usize = 20;
/// The most rules that a campaign has in its life, those that are retired with it.
pub const RULES_EVER_MAX: usize = 200;

/// A rule as the owner of a campaign wants it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposed {
    /// The rule that it is to be; `None` for a new one.
    pub id: Option<RewardRuleId>,
    /// Its name for people.
    pub display_name: Option<String>,
    /// What it promises.
    pub terms: Terms,
    /// Whether what becomes due is issued without being approved.
    pub auto_issue: bool,
}

/// What is wrong with proposed rules beside those that stand: the position of the rule, its part, and the problem.
pub fn problems(stands: &[RewardRule], proposed: &[Proposed]) -> Vec<(usize, &'static str, Invalid)> {
    let mut found = Vec::new();
    let mut named = BTreeSet::new();
    for (position, rule) in proposed.iter().enumerate() {
        let Some(id) = rule.id else { continue };
        let known = stands.iter().find(|known| known.id == id);
        let problem = match known {
            None => Some("names no rule of this campaign; a new one has no id"),
            Some(_) if !named.insert(id) => Some("names a rule that stands in the list already"),
            Some(_) => None,
        };
        found.extend(problem.map(|problem| (position, "id", Invalid::new(problem))));
        let differences =
            known.filter(|known| known.retired_at.is_none()).map(|known| known.terms.differences(&rule.terms));
        let fixed = "never changes: leave the rule out, which retires it, and add another without an id";
        found.extend(differences.into_iter().flatten().map(|part| (position, part, Invalid::new(fixed))));
    }
    found
}

/// The rules of a campaign once the proposed ones hold, those that were left out retired. A draft has promised nothing
/// to anybody, so there they are dropped.
pub fn revised(
    stands: &[RewardRule],
    proposed: Vec<Proposed>,
    is_draft: bool,
    currency: Currency,
    now: Time,
    mut new_id: impl FnMut() -> RewardRuleId,
) -> Vec<RewardRule> {
    // Payment sources have whole seconds: what happens in this one is after the change.
    let now = now.floor_to_second();
    let known = |id: RewardRuleId| stands.iter().find(|rule| rule.id == id).cloned();
    let left_out = |rule: &&RewardRule| !is_draft && !proposed.iter().any(|proposed| proposed.id == Some(rule.id));
    let retired = |rule: &RewardRule| RewardRule { retired_at: rule.retired_at.or(Some(now)), ..rule.clone() };
    let retired: Vec<RewardRule> = stands.iter().filter(left_out).map(retired).collect();
    let mut rules = Vec::new();
    for Proposed { id, display_name, terms, auto_issue } in proposed {
        rules.push(match id.and_then(known) {
            Some(known) if known.retired_at.is_some() => known,
            Some(known) => {
                let currency = if is_draft { currency } else { known.currency };
                RewardRule { display_name, auto_issue, currency, ..known }
            }
            None => {
                let effective_from = (!is_draft).then_some(now);
                let id = new_id();
                RewardRule { id, display_name, terms, auto_issue, currency, effective_from, retired_at: None }
            }
        });
    }
    rules.extend(retired);
    rules
}

/// Why there are too many rules, if there are.
///
/// # Errors
/// More than [`RULES_MAX`] that are not retired, or more than [`RULES_EVER_MAX`] with those that are.
pub fn number(stands: &[RewardRule], proposed: &[Proposed]) -> Result<(), Invalid> {
    let is_retired = |id: RewardRuleId| stands.iter().any(|rule| rule.id == id && rule.retired_at.is_some());
    let active = proposed.iter().filter(|rule| !rule.id.is_some_and(is_retired)).count();
    if active > RULES_MAX {
        return Err(Invalid(format!("has {active} rules, and may have at most {RULES_MAX} that are not retired")));
    }
    let ever = stands.len() + proposed.iter().filter(|rule| rule.id.is_none()).count();
    if ever > RULES_EVER_MAX {
        return Err(Invalid(format!("would make it {ever} rules with the retired ones, and {RULES_EVER_MAX} may be")));
    }
    Ok(())
}
