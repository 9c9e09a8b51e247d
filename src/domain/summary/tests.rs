//! Explanations, each as the sentence that it is told in.

use std::collections::{BTreeMap, BTreeSet};

use super::super::examples::{REGISTERED, day, payment};
use super::super::explanation::Line;
use super::super::qualification::{Override, UNDECIDED, Unqualified, Verdict, contributions};
use super::super::referral::Referral;
use super::super::referral::tests::referral;
use super::super::rule::tests::rule;
use super::super::spend::Payment;
use super::*;

/// Of somebody of whom the facts say the same as the record, 20 days before the end of the window.
fn of(decision: Decision) -> Explanation {
    let referral = Referral { decision, ..referral() };
    Explanation {
        enrolled: Enrolled { referral, rule: rule(), decides: true },
        decision,
        lines: vec![],
        steps: vec![],
        existing: None,
        look_ups: BTreeMap::new(),
        rewards: vec![],
        shared_rewards: vec![],
        last_change: None,
        now: day(10),
    }
}

fn decided(state: State, spend_minor: i64) -> Decision {
    Decision { state, spend_minor, ..UNDECIDED }
}

#[track_caller]
fn assert_said(why: &Explanation, said: &str) {
    assert_eq!(summary(why), said);
}

#[test]
fn a_summary_says_what_counts_what_is_missing_and_how_long_is_left() {
    let refund = Some(Unqualified { at: day(1), cause: Setback::Refund });
    let dispute = Some(Unqualified { at: day(1), cause: Setback::Dispute });
    for (state, spend_minor, unqualified, said) in [
        (State::Qualified, 12_000, None, "Qualified: 120.00 EUR of at least 100.00 EUR counted."),
        (
            State::Pending,
            4_000,
            None,
            "Pending: 40.00 EUR of at least 100.00 EUR counted, 60.00 EUR missing, 20 days left.",
        ),
        (
            State::Pending,
            4_000,
            dispute,
            "Pending: 40.00 EUR of at least 100.00 EUR counted after a dispute, 60.00 EUR missing, 20 days left.",
        ),
        (
            State::Expired,
            4_000,
            refund,
            "Expired: the window is over, and 40.00 EUR of at least 100.00 EUR counted after a refund, \
             60.00 EUR missing.",
        ),
    ] {
        assert_said(&of(Decision { unqualified, ..decided(state, spend_minor) }), said);
    }
}

#[test]
fn what_is_left_of_the_window_is_said_in_the_unit_that_fits() {
    for (seconds, left) in [(172_800, "2 days"), (172_799, "47 hours"), (7199, "119 minutes"), (119, "119 seconds")] {
        let why = Explanation { now: day(30).plus_seconds(-seconds), ..of(decided(State::Pending, 9_900)) };
        let said = format!("Pending: 99.00 EUR of at least 100.00 EUR counted, 1.00 EUR missing, {left} left.");
        assert_said(&why, &said);
    }
}

#[test]
fn each_way_to_qualify_says_what_is_asked_for() {
    for (method, operator, said) in [
        (Method::TotalSpend, Operator::MoreThan, "40.00 EUR of more than 100.00 EUR counted, 60.01 EUR missing"),
        (Method::Manual, Operator::AtLeast, "40.00 EUR counted, and only an operator qualifies"),
    ] {
        let mut why = of(decided(State::Pending, 4_000));
        why.enrolled.rule = Rule { method, operator, ..rule() };
        assert_said(&why, &format!("Pending: {said}, 20 days left."));
    }
    let mut why = of(decided(State::Pending, 0));
    why.enrolled.rule.method = Method::FirstPayment;
    assert_said(&why, "Pending: 0.00 EUR of any payment counted, 0.01 EUR missing, 20 days left.");
}

#[test]
fn who_waits_for_the_look_at_stripe_is_told_so() {
    let failed = || CustomerSync::Failed("No such key".to_owned());
    for (sync, state, said) in [
        (
            CustomerSync::Pending,
            State::Pending,
            "Pending: 120.00 EUR of at least 100.00 EUR counted, 20 days left. It cannot qualify before the look for \
             the customer at Stripe has answered.",
        ),
        (
            failed(),
            State::Pending,
            "Pending: 120.00 EUR of at least 100.00 EUR counted, 20 days left. It cannot qualify: the look for the \
             customer at Stripe failed, and RetryCustomerSync repeats it.",
        ),
        (
            failed(),
            State::Expired,
            "Expired: the window is over, and 120.00 EUR of at least 100.00 EUR counted. It cannot qualify: the look \
             for the customer at Stripe failed, and RetryCustomerSync repeats it.",
        ),
        (CustomerSync::Done, State::Qualified, "Qualified: 120.00 EUR of at least 100.00 EUR counted."),
    ] {
        let mut why = of(decided(state, 12_000));
        why.enrolled.referral.customer_sync = sync;
        assert_said(&why, said);
    }
    let mut why = of(decided(State::Pending, 12_000));
    why.enrolled.referral.customer_sync = CustomerSync::Pending;
    let gone = super::super::erasure::pseudonym([1; 16]).expect("an address");
    why.enrolled.referral = why.enrolled.referral.erased(&gone, BTreeSet::new(), day(9));
    assert_said(
        &why,
        "Pending: 120.00 EUR of at least 100.00 EUR counted, 20 days left. It cannot qualify: the person was erased \
         before the look for the customer at Stripe had answered.",
    );
}

#[test]
fn what_the_facts_say_and_what_is_on_record_are_told_apart() {
    let mut why = of(decided(State::Qualified, 12_000));
    why.enrolled.referral.decision = decided(State::Pending, 4_000);
    for (decides, said) in [
        (
            false,
            "Pending with 40.00 EUR on record while the campaign is paused. By the facts now: Qualified: 120.00 EUR of \
             at least 100.00 EUR counted.",
        ),
        (
            true,
            "Pending with 40.00 EUR on record, and about to be decided anew. By the facts now: Qualified: 120.00 EUR \
             of at least 100.00 EUR counted.",
        ),
    ] {
        why.enrolled.decides = decides;
        assert_said(&why, said);
    }
    why.enrolled.referral.decision = why.decision;
    why.enrolled.decides = false;
    assert_said(&why, "Qualified: 120.00 EUR of at least 100.00 EUR counted.");
}

#[test]
fn an_operators_word_is_told_as_such() {
    let by = |verdict, state| {
        let mut why = of(decided(state, 0));
        why.enrolled.referral.manual = Some(Override { verdict, reason: "as agreed".to_owned(), at: day(2) });
        why
    };
    let qualified = by(Verdict::Qualified, State::Qualified);
    assert_said(&qualified, "Qualified by an operator: 0.00 EUR of at least 100.00 EUR counted.");
    let disqualified = by(Verdict::Disqualified, State::Disqualified(Disqualification::Manual));
    assert_said(&disqualified, "Disqualified: an operator said so. 0.00 EUR counted.");
}

#[test]
fn a_disqualification_says_by_what() {
    let self_referral = of(decided(State::Disqualified(Disqualification::SelfReferral), 0));
    assert_said(&self_referral, "Disqualified: the person invited is the referrer, by their emails. 0.00 EUR counted.");
    let mut why = of(decided(State::Disqualified(Disqualification::ExistingCustomer), 100));
    assert_said(&why, "Disqualified: the person was a customer before. 1.00 EUR counted.");
    let hour_before = REGISTERED.plus_seconds(-3600);
    for (object, id, at, said) in [
        (
            ObjectKind::Customer,
            "cus_1",
            day(-9),
            "the customer cus_1 is 9 days older than the registration, and more than 60 minutes are enough",
        ),
        (
            ObjectKind::Charge,
            "ch_1",
            REGISTERED.plus_seconds(-7200),
            "the payment ch_1 is 2 hours older than the registration, and more than 60 minutes are enough",
        ),
    ] {
        why.existing = Some(Existing { object, id: id.to_owned(), at, before: hour_before });
        assert_said(&why, &format!("Disqualified: the person was a customer before: {said}. 1.00 EUR counted."));
    }
}

#[test]
fn a_refund_that_bars_whoever_has_spent_enough_is_named() {
    let rule = Rule { refund_policy: RefundPolicy::AnyRefund, ..rule() };
    let line = |payment: Payment| {
        let payments = [payment];
        let case = super::super::examples::case(&rule, &payments);
        let [contribution] = contributions(&case)[..] else { panic!("one payment") };
        let [payment] = payments;
        let (carrier, owner, refunds, disputes) = (None, None, vec![], vec![]);
        Line { payment, contribution, running_minor: 0, carrier, owner, refunds, disputes }
    };
    let barred = "Pending: 120.00 EUR of at least 100.00 EUR counted, barred by a refund, 20 days left.";
    let plain = "Pending: 120.00 EUR of at least 100.00 EUR counted, 20 days left.";
    for (paid, said) in [
        (payment(day(1), 12_001).refunded(day(2), 1), barred),
        (payment(day(1), 12_001).refunded(day(2), 12_001), barred),
        (payment(day(40), 12_001).refunded(day(2), 1), plain),
        (payment(day(1), 12_000), plain),
    ] {
        let mut why = of(decided(State::Pending, 12_000));
        (why.enrolled.rule, why.lines) = (rule.clone(), vec![line(paid)]);
        assert_said(&why, said);
    }
}
