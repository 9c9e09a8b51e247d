//! What a reward rule gives, and what must have been earned under it.

use std::collections::{BTreeMap, BTreeSet};

use referrald::domain::id::{ReferralId, RewardRuleId};
use referrald::domain::qualification::{left_since, spend_at};
use referrald::domain::reward::{
    Amount, Cause, Kind, Merits, Pattern, RewardRule, Role, Terms, Trigger, cap_minor, earned, milestones,
};
use referrald::domain::time::Time;
use referrald::domain::world::{Enrolled, World, case};

use super::fact::People;
use super::words::{Problem, Words};

/// What was earned, and how much, where that is money.
pub type Earned = BTreeMap<Cause, Option<i64>>;

/// `referrer each 5.00 [limit 1]`, `referrer every 3`, `referrer milestones 1 5`, `referred registered`,
/// `referrer payment 12 [days 90] 10% [cap 5.00]`; without an amount it is something of the merchant's own.
pub fn rule(words: &mut Words, currency: referrald::domain::money::Currency) -> Result<RewardRule, Problem> {
    let role = if words.takes("referred") { Role::Referred } else { Role::Referrer };
    let _ = words.takes("referrer");
    let (mut trigger, mut pattern) = (Trigger::Qualified, Pattern::Every(1));
    match words.next()? {
        "each" => {}
        "every" => pattern = Pattern::Every(number(words)?),
        "milestones" => pattern = milestones(&numbers(words)?).map_err(|problem| problem.0)?,
        "registered" => trigger = Trigger::Registered,
        "payment" => {
            let payments_max = number(words)?;
            let payment_days = words.takes("days").then(|| number(words)).transpose()?;
            trigger = Trigger::Payment { payments_max, payment_days };
        }
        other => return Err(format!("nothing is rewarded for \"{other}\"")),
    }
    let kind = kind(words)?;
    let limit_per_recipient = words.takes("limit").then(|| number(words)).transpose()?;
    let terms = Terms { role, trigger, pattern, kind, limit_per_recipient, hold_days: 0 };
    if let Some((part, problem)) = terms.conflicts().into_iter().next() {
        return Err(format!("{part} {}", problem.0));
    }
    let id = RewardRuleId::new(Time::from_seconds(0), [0; 10]);
    let (display_name, effective_from, retired_at) = (None, None, None);
    Ok(RewardRule { id, display_name, terms, auto_issue: false, currency, effective_from, retired_at })
}

fn kind(words: &mut Words) -> Result<Kind, Problem> {
    match words.peek() {
        Some(share) if share.ends_with('%') => {
            let percent: u32 = words.next()?.trim_end_matches('%').parse().map_err(|_| "no percentage".to_owned())?;
            let cap = if words.takes("cap") { words.amount()? } else { 0 };
            let cap_minor = cap_minor(cap).map_err(|problem| problem.0)?;
            Ok(Kind::Credit(Amount::BasisPoints { points: percent * 100, cap_minor }))
        }
        Some(amount) if amount.contains('.') => Ok(Kind::Credit(Amount::Fixed(words.amount()?))),
        _ => Ok(Kind::Custom { payload: String::new() }),
    }
}

fn number(words: &mut Words) -> Result<u32, Problem> {
    let text = words.next()?;
    text.parse().map_err(|_| format!("\"{text}\" is no number"))
}

fn numbers(words: &mut Words) -> Result<Vec<u32>, Problem> {
    let mut numbers = Vec::new();
    while words.peek().is_some_and(|word| word.parse::<u32>().is_ok()) {
        numbers.push(number(words)?);
    }
    Ok(numbers)
}

/// `nothing`, `bob@example.com 5.00`, `slot 1` or `ch_1 2.50`.
pub fn said(words: &mut Words, people: &People) -> Result<Option<(Cause, Option<i64>)>, Problem> {
    let cause = match words.next()? {
        "nothing" => return Ok(None),
        "slot" => Cause::Slot(number(words)?),
        name => people.get(name).map_or_else(|| Cause::Charge(name.to_owned()), |id| Cause::Referral(*id)),
    };
    Ok(Some((cause, words.peek().map(|_| words.amount()).transpose()?)))
}

/// What everybody in a world has earned by a time, all of whom one person brought.
pub fn found(rule: &RewardRule, world: &World, at: Time) -> Earned {
    let decided = |enrolled: &Enrolled| {
        let (decision, _) = world.decide(enrolled, at);
        let referral = enrolled.referral.decided(decision, &enrolled.rule, at);
        Enrolled { referral, ..enrolled.clone() }
    };
    let everybody: Vec<Enrolled> = world.referrals().map(decided).collect();
    let mut merits = Merits::default();
    for enrolled in &everybody {
        let standing = world.standing(enrolled);
        let id = standing.referral_id;
        merits.qualified.extend(standing.qualified_at.map(|at| (id, at)));
        merits.registered.extend(standing.registered_at.map(|at| (id, at)));
        merits.payments.insert(id, standing.payments);
    }
    let causes = earned(rule, &merits, &BTreeSet::new());
    let mut given: BTreeMap<ReferralId, i64> = BTreeMap::new();
    let mut found = Earned::new();
    for cause in causes {
        let share = everybody.iter().find_map(|enrolled| Some((enrolled, net_minor(world, enrolled, &cause)?)));
        let share = share.and_then(|(enrolled, net)| {
            let given = given.entry(enrolled.referral.id).or_default();
            let share = rule.share_minor(net, *given)?;
            *given += share;
            Some(share)
        });
        found.insert(cause, rule.terms.kind.fixed_minor().or(share));
    }
    found
}

/// What a share of this cause would be of, where it is this referral's.
fn net_minor(world: &World, enrolled: &Enrolled, cause: &Cause) -> Option<i64> {
    let payments = world.payments(enrolled);
    let case = case(enrolled, false, &payments);
    let since = enrolled.referral.decision.qualified_at?;
    match cause {
        Cause::Referral(id) => (*id == enrolled.referral.id).then(|| spend_at(&case, since)),
        Cause::Charge(charge) => {
            left_since(&case, since).find(|(payment, _)| payment.charge.id == *charge).map(|(_, minor)| minor)
        }
        Cause::Slot(_) => None,
    }
}
