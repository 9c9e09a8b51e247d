//! An explanation in one sentence, for people.

use super::customer::CustomerSync;
use super::explanation::Explanation;
use super::fact::ObjectKind;
use super::qualification::{Contribution, Decision, Disqualification, Existing, Setback, State};
use super::rule::{Method, Operator, RefundPolicy, Rule};
use super::spend::Reason;
use super::world::Enrolled;

/// Says where a referral stands, what is missing, and what it waits for.
pub fn summary(why: &Explanation) -> String {
    let Enrolled { referral, rule, decides } = &why.enrolled;
    let said = format!("{}{}", stands(why), waits(why));
    let recorded = &referral.decision;
    if *recorded == why.decision {
        return said;
    }
    let because = if *decides { ", and about to be decided anew" } else { " while the campaign is paused" };
    let spent = rule.currency.show(recorded.spend_minor);
    format!("{} with {spent} on record{because}. By the facts now: {said}", name(recorded.state))
}

const fn name(state: State) -> &'static str {
    match state {
        State::Pending => "Pending",
        State::Qualified => "Qualified",
        State::Expired => "Expired",
        State::Disqualified(_) => "Disqualified",
    }
}

fn stands(why: &Explanation) -> String {
    let Explanation { enrolled: Enrolled { referral, rule, .. }, decision, .. } = why;
    let (name, counted) = (name(decision.state), counted(decision, rule));
    match decision.state {
        State::Qualified if referral.manual.is_some() => format!("{name} by an operator: {counted}."),
        State::Qualified => format!("{name}: {counted}."),
        State::Pending => format!("{name}: {counted}{}, {} left.", missing(why), span(why.seconds_left())),
        State::Expired => format!("{name}: the window is over, and {counted}{}.", missing(why)),
        State::Disqualified(reason) => {
            let spent = rule.currency.show(decision.spend_minor);
            format!("{name}: {}. {spent} counted.", because(reason, why))
        }
    }
}

fn counted(decision: &Decision, rule: &Rule) -> String {
    let (spent, target) = (rule.currency.show(decision.spend_minor), rule.currency.show(rule.target_minor));
    match (rule.method, rule.operator) {
        (Method::TotalSpend, Operator::AtLeast) => format!("{spent} of at least {target} counted"),
        (Method::TotalSpend, Operator::MoreThan) => format!("{spent} of more than {target} counted"),
        (Method::FirstPayment, _) => format!("{spent} of any payment counted"),
        (Method::Manual, _) => format!("{spent} counted, and only an operator qualifies"),
    }
}

fn missing(why: &Explanation) -> String {
    let Explanation { enrolled: Enrolled { rule, .. }, decision, .. } = why;
    let since = match decision.unqualified.map(|unqualified| unqualified.cause) {
        Some(Setback::Refund) => " after a refund",
        Some(Setback::Dispute) => " after a dispute",
        None => "",
    };
    match rule.missing_minor(decision.spend_minor) {
        Some(0) if is_barred(why) => ", barred by a refund".to_owned(),
        None | Some(0) => String::new(),
        Some(minor) => format!("{since}, {} missing", rule.currency.show(minor)),
    }
}

/// Where enough is counted, a refund of a payment that may count bars it all the same.
fn is_barred(why: &Explanation) -> bool {
    let given_back = |Contribution { net, reason, .. }: &Contribution| {
        net.refunded_minor > 0 && matches!(reason, None | Some(Reason::Refunded | Reason::Disputed))
    };
    let mut contributions = why.lines.iter().map(|line| &line.contribution);
    why.enrolled.rule.refund_policy == RefundPolicy::AnyRefund && contributions.any(given_back)
}

/// Nobody qualifies by the rule before the look at Stripe has answered.
fn waits(why: &Explanation) -> &'static str {
    let referral = &why.enrolled.referral;
    match (why.decision.state, &referral.customer_sync) {
        (State::Pending | State::Expired, CustomerSync::Pending) => {
            " It cannot qualify before the look for the customer at Stripe has answered."
        }
        (State::Pending | State::Expired, CustomerSync::Failed(_)) if referral.erased.is_some() => {
            " It cannot qualify: the person was erased before the look for the customer at Stripe had answered."
        }
        (State::Pending | State::Expired, CustomerSync::Failed(_)) => {
            " It cannot qualify: the look for the customer at Stripe failed, and RetryCustomerSync repeats it."
        }
        _ => "",
    }
}

fn span(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        7200.. => format!("{} hours", seconds / 3600),
        120.. => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

fn because(reason: Disqualification, why: &Explanation) -> String {
    match (reason, &why.existing) {
        (Disqualification::Manual, _) => "an operator said so".to_owned(),
        (Disqualification::SelfReferral, _) => "the person invited is the referrer, by their emails".to_owned(),
        (Disqualification::ExistingCustomer, None) => "the person was a customer before".to_owned(),
        (Disqualification::ExistingCustomer, Some(Existing { object, id, at, before })) => {
            let registered = why.enrolled.referral.registered_at.seconds();
            let (age, enough) = (span(registered - at.seconds()), span(registered - before.seconds()));
            let object = if *object == ObjectKind::Customer { "customer" } else { "payment" };
            format!(
                "the person was a customer before: the {object} {id} is {age} older than the registration, and more than \
                 {enough} are enough"
            )
        }
    }
}

#[cfg(test)]
mod tests;
