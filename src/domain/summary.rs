//! A decision in one sentence, for people.

use super::qualification::{Decision, Disqualification, Setback, State};
use super::rule::{Method, Operator, Rule};

/// Says where a referral stands and what is missing.
pub fn summary(decision: &Decision, rule: &Rule, seconds_left: i64) -> String {
    let spent = rule.currency.show(decision.spend_minor);
    match decision.state {
        State::Qualified => format!("Qualified: {spent} of {} counted.", goal(rule)),
        State::Pending => {
            format!("Pending: {spent} of {} counted{}, {}.", goal(rule), missing(decision, rule), left(seconds_left))
        }
        State::Expired => {
            format!("Expired: the window is over, and {spent} of {} counted{}.", goal(rule), missing(decision, rule))
        }
        State::Disqualified(why) => format!("Disqualified: {}. {spent} counted.", reason(why)),
    }
}

fn goal(rule: &Rule) -> String {
    let target = rule.currency.show(rule.target_minor);
    match (rule.method, rule.operator) {
        (Method::TotalSpend, Operator::AtLeast) => format!("at least {target}"),
        (Method::TotalSpend, Operator::MoreThan) => format!("more than {target}"),
        (Method::FirstPayment, _) => "any payment".to_owned(),
        (Method::Manual, _) => "what an operator decides".to_owned(),
    }
}

fn missing(decision: &Decision, rule: &Rule) -> String {
    let since = match decision.unqualified.map(|unqualified| unqualified.cause) {
        Some(Setback::Refund) => " after a refund",
        Some(Setback::Dispute) => " after a dispute",
        None => "",
    };
    match rule.missing_minor(decision.spend_minor) {
        // Where enough is counted, a refund bars it all the same.
        None | Some(0) => since.to_owned(),
        Some(minor) => format!("{since}, {} missing", rule.currency.show(minor)),
    }
}

fn left(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days left", seconds / 86_400),
        7200.. => format!("{} hours left", seconds / 3600),
        _ => format!("{seconds} seconds left"),
    }
}

const fn reason(why: Disqualification) -> &'static str {
    match why {
        Disqualification::Manual => "an operator said so",
        Disqualification::SelfReferral => "the person invited is the referrer",
        Disqualification::ExistingCustomer => "the person was a customer before",
    }
}

#[cfg(test)]
mod tests {
    use super::super::qualification::{UNDECIDED, Unqualified};
    use super::super::rule::tests::rule;
    use super::super::time::Time;
    use super::*;

    #[test]
    fn a_summary_says_what_counts_what_is_missing_and_how_long_is_left() {
        let refund = Some(Unqualified { at: Time::from_seconds(0), cause: Setback::Refund });
        for (state, spend_minor, unqualified, seconds, said) in [
            (State::Qualified, 12_000, None, 9, "Qualified: 120.00 EUR of at least 100.00 EUR counted."),
            (
                State::Pending,
                4_000,
                None,
                259_200,
                "Pending: 40.00 EUR of at least 100.00 EUR counted, 60.00 EUR missing, 3 days left.",
            ),
            (
                State::Expired,
                4_000,
                refund,
                0,
                "Expired: the window is over, and 40.00 EUR of at least 100.00 EUR counted after a refund, \
                 60.00 EUR missing.",
            ),
            (
                State::Disqualified(Disqualification::SelfReferral),
                0,
                None,
                9,
                "Disqualified: the person invited is the referrer. 0.00 EUR counted.",
            ),
        ] {
            let decision = Decision { state, spend_minor, unqualified, ..UNDECIDED };
            assert_eq!(summary(&decision, &rule(), seconds), said);
        }
    }
}
