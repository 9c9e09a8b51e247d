//! What a refund does, by policy and scope.

use super::*;

fn rule_with(refund_policy: RefundPolicy, refund_scope: RefundScope) -> Rule {
    Rule { refund_policy, refund_scope, ..rule() }
}

#[test]
fn policy_and_scope_say_what_a_refund_does() {
    use RefundPolicy::{AnyRefund, Ignore, NetBelowTarget};
    use RefundScope::{AnyTime, WithinWindow};
    let (inside, outside) = (day(2), day(30));
    for (policy, scope, at, minor, unqualifies) in [
        (NetBelowTarget, WithinWindow, inside, 2_000, false),
        (NetBelowTarget, WithinWindow, inside, 2_001, true),
        (NetBelowTarget, WithinWindow, outside, 2_001, false),
        (NetBelowTarget, AnyTime, outside, 2_000, false),
        (NetBelowTarget, AnyTime, outside, 2_001, true),
        (AnyRefund, WithinWindow, inside, 1, true),
        (AnyRefund, WithinWindow, outside, 12_000, false),
        (AnyRefund, AnyTime, outside, 1, true),
        (Ignore, WithinWindow, inside, 12_000, false),
        (Ignore, WithinWindow, outside, 12_000, false),
        (Ignore, AnyTime, inside, 12_000, false),
        (Ignore, AnyTime, outside, 12_000, false),
    ] {
        let payments = [payment(day(1), 12_000).refunded(at, minor)];
        let decision = decide_on(&rule_with(policy, scope), &payments, LATE);
        let lost = expired(unqualified(12_000 - minor, at, Setback::Refund));
        let kept = Some(day(1));
        let found = (decision.state == State::Qualified, decision.qualified_at, decision.unqualified);
        let expected = if unqualifies { (false, None, lost.unqualified) } else { (true, kept, None) };
        assert_eq!(found, expected, "{policy:?} {scope:?} {at:?} {minor}");
    }
}

#[test]
fn a_refund_after_the_window_changes_nothing() {
    let payments = [payment(day(1), 10_000).refunded(day(30), 10_000)];
    assert_eq!(decide_on(&rule(), &payments, LATE), qualified(10_000, day(1)));
    let just_before = [payment(day(1), 10_000).refunded(day(30).plus_seconds(-1), 10_000)];
    let lost = expired(unqualified(0, day(30).plus_seconds(-1), Setback::Refund));
    assert_eq!(decide_on(&rule(), &just_before, LATE), lost);
}

#[test]
fn while_any_refund_stands_no_later_payment_qualifies() {
    let rule = rule_with(RefundPolicy::AnyRefund, RefundScope::WithinWindow);
    let refunded = payment(day(1), 10_000).refunded(day(2), 1);
    let mut payments = [refunded, payment(day(3), 50_000)];
    assert_eq!(decide_on(&rule, &payments, SOON), unqualified(59_999, day(2), Setback::Refund));
    payments[0].refunds[0].status = RefundStatus::Failed;
    assert_eq!(decide_on(&rule, &payments, SOON), qualified(60_000, day(1)));
}

#[test]
fn a_whole_refund_of_one_payment_bars_another_under_any_refund() {
    let rule = rule_with(RefundPolicy::AnyRefund, RefundScope::WithinWindow);
    let payments = [payment(day(1), 50).refunded(day(2), 50), payment(day(3), 10_000)];
    assert_eq!(decide_on(&rule, &payments, SOON), pending(10_000));
}

#[test]
fn what_is_no_refund_of_a_counted_charge_in_scope_bars_nobody() {
    let rule = rule_with(RefundPolicy::AnyRefund, RefundScope::WithinWindow);
    for (name, other) in [
        ("a release", payment(day(2), 100).released(day(2), 375)),
        ("a failed refund", payment(day(2), 100).refund(day(3), 100, RefundStatus::Failed).shown(day(3), 100)),
        ("a refund after the window", payment(day(2), 100).refunded(day(30), 100)),
        ("a refund of a charge before the window", payment(day(-1), 100).refunded(day(2), 100)),
        ("a refund of a charge in another currency", payment(day(2), 100).in_currency("usd", None).refunded(day(3), 1)),
    ] {
        let decision = decide_on(&rule, &[payment(day(1), 10_000), other], SOON);
        assert_eq!((decision.state, decision.qualified_at), (State::Qualified, Some(day(1))), "{name}");
    }
}

#[test]
fn ignored_are_refunds_at_or_after_the_first_crossing_and_no_others() {
    let rule = rule_with(RefundPolicy::Ignore, RefundScope::WithinWindow);
    let second = |at: Time| at.plus_seconds(-1);
    for (at, expected) in [
        (day(2), pending(7_000)),
        (second(day(3)), pending(7_000)),
        (day(3), qualified(10_000, day(3))),
        (day(4), qualified(10_000, day(3))),
    ] {
        let payments = [payment(day(1), 6_000).refunded(at, 3_000), payment(day(3), 4_000)];
        assert_eq!(decide_on(&rule, &payments, SOON), expected, "{at:?}");
    }
}

#[test]
fn a_refund_before_the_crossing_goes_on_counting_under_ignore() {
    let rule = rule_with(RefundPolicy::Ignore, RefundScope::AnyTime);
    let payments = [payment(day(1), 6_000).refunded(day(2), 3_000).refunded(day(6), 3_000), payment(day(5), 7_000)];
    assert_eq!(decide_on(&rule, &payments, SOON), qualified(10_000, day(5)));
}

#[test]
fn an_ignored_refund_stays_ignored_when_a_dispute_unqualifies() {
    let rule = rule_with(RefundPolicy::Ignore, RefundScope::WithinWindow);
    let disputed = payment(day(1), 10_000).refunded(day(2), 4_000).disputed(day(3), 3_000, DisputeStatus::Lost);
    assert_eq!(decide_on(&rule, std::slice::from_ref(&disputed), SOON), unqualified(7_000, day(3), Setback::Dispute));
    let again = [disputed, payment(day(4), 3_000)];
    assert_eq!(decide_on(&rule, &again, SOON), qualified(10_000, day(4)));
}

#[test]
fn a_refund_before_the_registration_comes_before_any_crossing() {
    let rule = Rule { count_prior_days: 5, ..rule_with(RefundPolicy::Ignore, RefundScope::WithinWindow) };
    for (refunded_at, expected) in [(day(-1), pending(9_000)), (REGISTERED, qualified(10_000, REGISTERED))] {
        let payments = [payment(day(-3), 10_000).refunded(refunded_at, 1_000)];
        assert_eq!(decide_on(&rule, &payments, SOON), expected, "{refunded_at:?}");
    }
}

#[test]
fn a_refund_that_only_snapshots_told_of_unqualifies_at_the_earliest() {
    let payments = [payment(day(1), 10_000).shown(day(5), 1).shown(day(6), 2)];
    assert_eq!(decide_on(&rule(), &payments, SOON), unqualified(9_998, day(5), Setback::Refund));
}

#[test]
fn a_failed_refund_does_not_raise_the_spend_while_no_snapshot_shows_it_yet() {
    let refunded = payment(day(1), 8_000)
        .shown(day(2), 5_000)
        .refund(day(4), 4_000, RefundStatus::Failed)
        .shown(day(4).plus_seconds(1), 9_000);
    let payments = [refunded, payment(day(3), 6_000)];
    assert_eq!(decide_on(&rule(), &payments, SOON), pending(9_000), "it was never reached, so it was never lost");
}

#[test]
fn a_refund_after_the_window_is_out_of_scope_even_where_the_target_was_never_reached() {
    for refund_policy in [RefundPolicy::NetBelowTarget, RefundPolicy::AnyRefund, RefundPolicy::Ignore] {
        let payments = [payment(day(1), 9_000).refunded(day(30), 5_000)];
        let rule = rule_with(refund_policy, RefundScope::WithinWindow);
        assert_eq!(decide_on(&rule, &payments, LATE), expired(pending(9_000)), "{refund_policy:?}");
    }
}

#[test]
fn a_refund_in_the_second_of_a_payment_that_is_no_crossing_counts_under_ignore() {
    let rule = rule_with(RefundPolicy::Ignore, RefundScope::WithinWindow);
    let payments = [payment(day(1), 6_000).refunded(day(1), 3_000), payment(day(3), 4_000)];
    assert_eq!(decide_on(&rule, &payments, SOON), pending(7_000));
}
