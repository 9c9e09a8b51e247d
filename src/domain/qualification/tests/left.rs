//! What was spent at a time, and what each payment leaves for rewards.

use super::super::super::rule::{RefundPolicy, RefundScope};
use super::*;

/// The days on which something is left, and what.
fn left(rule: &Rule, payments: &[Payment], since: i64) -> Vec<(Time, i64)> {
    let case = case(rule, payments);
    left_since(&case, day(since)).map(|(payment, minor)| (payment.charge.created_at, minor)).collect()
}

#[test]
fn the_spend_at_a_time_knows_what_was_paid_and_given_back_until_then() {
    let payments = [
        payment(day(1), 4_000).refunded(day(3), 1_000),
        payment(day(2), 8_000),
        payment(day(4), 5_000),
        payment(day(2), 7_000).in_currency("usd", None),
    ];
    for (at, spend) in [(0, 0), (1, 4_000), (2, 12_000), (3, 11_000), (9, 16_000)] {
        assert_eq!(spend_at(&case(&rule(), &payments), day(at)), spend, "day {at}");
    }
}

#[test]
fn payments_leave_something_from_a_time_on_and_after_the_window_too() {
    let payments = [
        payment(day(1), 100),
        payment(day(2), 200),
        payment(day(40), 300),
        payment(day(41), 400).refunded(day(50), 150),
        payment(day(42), 500).refunded(day(60), 500),
        payment(day(43), 600).disputed(day(44), 600, DisputeStatus::NeedsResponse),
        payment(day(45), 700).in_currency("usd", None),
    ];
    let expected = [(day(2), 200), (day(40), 300), (day(41), 250)];
    assert_eq!(left(&rule(), &payments, 2), expected);
}

#[test]
fn what_is_given_back_of_a_payment_is_looked_at_however_late_unless_refunds_are_ignored() {
    let payments = [payment(day(1), 100).refunded(day(90), 100)];
    for (policy, scope, expected) in [
        (RefundPolicy::NetBelowTarget, RefundScope::WithinWindow, 0),
        (RefundPolicy::AnyRefund, RefundScope::WithinWindow, 0),
        (RefundPolicy::Ignore, RefundScope::AnyTime, 1),
    ] {
        let rule = Rule { refund_policy: policy, refund_scope: scope, ..rule() };
        assert_eq!(left(&rule, &payments, 1).len(), expected, "{policy:?}");
    }
}

#[test]
fn a_settled_payment_leaves_its_share_of_the_settlement() {
    let rule = Rule { currency_policy: CurrencyPolicy::SettlementAmount, ..rule() };
    let payments = [payment(day(40), 900).in_currency("usd", Some((800, "eur"))).refunded(day(41), 300)];
    assert_eq!(left(&rule, &payments, 1), [(day(40), 533)]);
}
