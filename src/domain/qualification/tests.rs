//! Decisions, each as a sentence.

use super::super::examples::{REGISTERED, case, day, payment};
use super::super::fact::{DisputeStatus, RefundStatus};
use super::super::id::ReferralId;
use super::super::rule::tests::rule;
use super::super::rule::{CurrencyPolicy, DisputePolicy, Method, Operator};
use super::*;

mod left;
mod refunds;
mod steps;

/// Within the window of everybody.
const SOON: i64 = 20;
/// After the window of everybody.
const LATE: i64 = 60;

fn decide_on(rule: &Rule, payments: &[Payment], today: i64) -> Decision {
    decide(&case(rule, payments), day(today))
}

fn pending(spend_minor: i64) -> Decision {
    Decision { spend_minor, ..UNDECIDED }
}

fn qualified(spend_minor: i64, at: Time) -> Decision {
    Decision { state: State::Qualified, spend_minor, qualified_at: Some(at), unqualified: None }
}

fn unqualified(spend_minor: i64, at: Time, cause: Setback) -> Decision {
    Decision { unqualified: Some(Unqualified { at, cause }), ..pending(spend_minor) }
}

fn expired(decision: Decision) -> Decision {
    Decision { state: State::Expired, ..decision }
}

#[test]
fn somebody_who_paid_nothing_is_pending_until_the_window_ends() {
    for (now, state) in [
        (REGISTERED, State::Pending),
        (day(30).plus_seconds(-1), State::Pending),
        (day(30), State::Expired),
        (day(300), State::Expired),
    ] {
        assert_eq!(decide(&case(&rule(), &[]), now), Decision { state, ..UNDECIDED });
    }
}

#[test]
fn the_target_itself_is_enough_or_must_be_exceeded() {
    for (operator, paid, met) in [
        (Operator::AtLeast, 9_999, false),
        (Operator::AtLeast, 10_000, true),
        (Operator::MoreThan, 10_000, false),
        (Operator::MoreThan, 10_001, true),
    ] {
        let decision = decide_on(&Rule { operator, ..rule() }, &[payment(day(1), paid)], SOON);
        let expected = if met { qualified(paid, day(1)) } else { pending(paid) };
        assert_eq!(decision, expected, "{operator:?} {paid}");
    }
}

#[test]
fn any_counted_payment_is_a_first_payment_and_manual_asks_an_operator() {
    let payments = [payment(day(31), 99_999), payment(day(2), 1), payment(day(3), 20_000)];
    for (method, expected) in [
        (Method::TotalSpend, qualified(20_001, day(3))),
        (Method::FirstPayment, qualified(20_001, day(2))),
        (Method::Manual, pending(20_001)),
    ] {
        assert_eq!(decide_on(&Rule { method, ..rule() }, &payments, SOON), expected, "{method:?}");
    }
}

#[test]
fn a_first_payment_given_back_is_none() {
    let rule = Rule { method: Method::FirstPayment, ..rule() };
    let payments = [payment(day(1), 50).refunded(day(2), 50)];
    assert_eq!(decide_on(&rule, &payments, SOON), unqualified(0, day(2), Setback::Refund));
}

#[test]
fn payments_count_from_the_registration_to_just_before_the_windows_end() {
    for (at, counts) in
        [(REGISTERED.plus_seconds(-1), false), (REGISTERED, true), (day(30).plus_seconds(-1), true), (day(30), false)]
    {
        let expected = if counts { qualified(10_000, at) } else { pending(0) };
        assert_eq!(decide_on(&rule(), &[payment(at, 10_000)], SOON), expected, "{at:?}");
    }
}

#[test]
fn what_was_paid_before_the_registration_qualifies_at_the_registration() {
    let prior = Rule { count_prior_days: 5, ..rule() };
    for (at, expected) in [
        (day(-5).plus_seconds(-1), pending(0)),
        (day(-5), qualified(10_000, REGISTERED)),
        (day(-1), qualified(10_000, REGISTERED)),
        (day(1), qualified(10_000, day(1))),
    ] {
        assert_eq!(decide_on(&prior, &[payment(at, 10_000)], SOON), expected, "{at:?}");
    }
}

#[test]
fn what_was_paid_and_given_back_before_the_registration_never_qualified() {
    let prior = Rule { count_prior_days: 5, ..rule() };
    let payments = [payment(day(-4), 10_000).refunded(day(-2), 10_000)];
    assert_eq!(decide_on(&prior, &payments, SOON), pending(0));
}

#[test]
fn qualified_at_is_the_payment_that_reached_the_target() {
    let payments = [payment(day(3), 4_000), payment(day(1), 4_000), payment(day(2), 4_000), payment(day(4), 4_000)];
    assert_eq!(decide_on(&rule(), &payments, SOON), qualified(16_000, day(3)));
}

#[test]
fn an_expired_referral_qualifies_when_the_money_turns_out_to_have_come_in_time() {
    assert_eq!(decide_on(&rule(), &[], LATE), expired(pending(0)));
    let late_delivery = [payment(day(29), 10_000)];
    assert_eq!(decide_on(&rule(), &late_delivery, LATE), qualified(10_000, day(29)));
}

#[test]
fn a_qualified_referral_stays_so_after_the_window() {
    assert_eq!(decide_on(&rule(), &[payment(day(1), 10_000)], LATE), qualified(10_000, day(1)));
}

#[test]
fn a_dispute_unqualifies_at_any_time_under_every_refund_policy() {
    for refund_policy in [RefundPolicy::NetBelowTarget, RefundPolicy::AnyRefund, RefundPolicy::Ignore] {
        let rule = Rule { refund_policy, ..rule() };
        for at in [day(2), day(30), day(50)] {
            let payments = [payment(day(1), 10_000).disputed(at, 10_000, DisputeStatus::Lost)];
            let expected = expired(unqualified(0, at, Setback::Dispute));
            assert_eq!(decide_on(&rule, &payments, LATE), expected, "{refund_policy:?} {at:?}");
        }
    }
}

#[test]
fn a_won_dispute_is_as_if_it_had_never_been() {
    for (status, expected) in [
        (DisputeStatus::NeedsResponse, unqualified(0, day(2), Setback::Dispute)),
        (DisputeStatus::Lost, unqualified(0, day(2), Setback::Dispute)),
        (DisputeStatus::Won, qualified(10_000, day(1))),
    ] {
        let payments = [payment(day(1), 10_000).disputed(day(2), 10_000, status)];
        assert_eq!(decide_on(&rule(), &payments, SOON), expected, "{status:?}");
    }
}

#[test]
fn a_policy_that_looks_away_lets_a_lost_dispute_pass() {
    let rule = Rule { dispute_policy: DisputePolicy::Ignore, ..rule() };
    let payments = [payment(day(1), 10_000).disputed(day(2), 10_000, DisputeStatus::Lost)];
    assert_eq!(decide_on(&rule, &payments, SOON), qualified(10_000, day(1)));
}

#[test]
fn a_referral_qualifies_unqualifies_and_qualifies_again_with_the_time_of_each() {
    let mut payments = vec![payment(day(1), 10_000)];
    assert_eq!(decide_on(&rule(), &payments, SOON), qualified(10_000, day(1)));
    payments[0] = payments[0].clone().refunded(day(2), 4_000);
    assert_eq!(decide_on(&rule(), &payments, SOON), unqualified(6_000, day(2), Setback::Refund));
    payments.push(payment(day(3), 4_000));
    assert_eq!(decide_on(&rule(), &payments, SOON), qualified(10_000, day(3)));
    payments[1] = payments[1].clone().disputed(day(4), 4_000, DisputeStatus::NeedsResponse);
    assert_eq!(decide_on(&rule(), &payments, SOON), unqualified(6_000, day(4), Setback::Dispute));
    payments[0].refunds[0].status = RefundStatus::Failed;
    assert_eq!(decide_on(&rule(), &payments, SOON), qualified(10_000, day(1)));
}

#[test]
fn everything_of_one_second_is_one_step() {
    let at_once = [payment(day(1), 10_000).refunded(day(1), 1)];
    assert_eq!(decide_on(&rule(), &at_once, SOON), pending(9_999), "it was never reached, so it was never lost");
    let replaced = [payment(day(1), 10_000).refunded(day(2), 10_000), payment(day(2), 10_000)];
    assert_eq!(decide_on(&rule(), &replaced, SOON), qualified(10_000, day(1)), "it was never lost");
}

#[test]
fn of_a_refund_and_a_dispute_in_one_second_the_refund_is_named() {
    let both = [payment(day(1), 10_000).refunded(day(2), 1).disputed(day(2), 1, DisputeStatus::Lost)];
    assert_eq!(decide_on(&rule(), &both, SOON), unqualified(9_998, day(2), Setback::Refund));
}

#[test]
fn a_foreign_payment_qualifies_once_its_settlement_is_known() {
    let rule = Rule { currency_policy: CurrencyPolicy::SettlementAmount, ..rule() };
    for (settlement, expected) in
        [(None, pending(0)), (Some((10_000, "eur")), qualified(10_000, day(1))), (Some((10_000, "gbp")), pending(0))]
    {
        let payments = [payment(day(1), 11_000).in_currency("usd", settlement)];
        assert_eq!(decide_on(&rule, &payments, SOON), expected, "{settlement:?}");
    }
    let partly = [payment(day(1), 11_000).in_currency("usd", Some((10_001, "eur"))).refunded(day(2), 1)];
    assert_eq!(decide_on(&rule, &partly, SOON), qualified(10_000, day(1)), "10001 x 10999 / 11000, rounded down");
}

#[test]
fn each_payment_counts_or_says_why_not_and_the_spend_is_their_sum() {
    let payments = [
        payment(day(1), 4_000).refunded(day(2), 1_000),
        payment(day(1), 4_000).refunded(day(2), 4_000),
        payment(day(31), 4_000),
        payment(day(1), 4_000).in_currency("usd", None),
    ];
    let rule = rule();
    let contributions = contributions(&case(&rule, &payments));
    let said: Vec<_> = contributions.iter().map(|c| (c.counted_minor, c.reason)).collect();
    let no = |reason| (0, Some(reason));
    let expected = [(3_000, None), no(Reason::Refunded), no(Reason::OutsideWindow), no(Reason::OtherCurrency)];
    assert_eq!(said, expected);
    assert_eq!(decide_on(&rule, &payments, SOON).spend_minor, 3_000);
}

#[test]
fn a_rest_that_is_converted_to_nothing_says_what_was_taken() {
    let rule = Rule { currency_policy: CurrencyPolicy::SettlementAmount, ..rule() };
    let foreign = || payment(day(1), 1_000).in_currency("usd", Some((900, "eur")));
    for (payment, reason) in [
        (foreign().refunded(day(2), 999), Reason::Refunded),
        (foreign().disputed(day(2), 999, DisputeStatus::Lost), Reason::Disputed),
    ] {
        let contribution = contributions(&case(&rule, &[payment]))[0];
        assert_eq!((contribution.counted_minor, contribution.reason), (0, Some(reason)));
    }
}

#[test]
fn a_spend_beyond_all_numbers_is_the_largest_number() {
    let payments = [payment(day(1), i64::MAX), payment(day(2), i64::MAX)];
    assert_eq!(decide_on(&rule(), &payments, SOON), qualified(i64::MAX, day(1)));
}

fn override_by(verdict: Verdict) -> Override {
    Override { verdict, reason: "as agreed".into(), at: day(7) }
}

#[test]
fn an_override_beats_the_rule_until_it_is_cleared() {
    let rule = rule();
    let (rich, poor) = ([payment(day(1), 10_000)], [payment(day(1), 1)]);
    let (yes, no) = (override_by(Verdict::Qualified), override_by(Verdict::Disqualified));
    let disqualified = Decision { state: State::Disqualified(Disqualification::Manual), ..pending(10_000) };
    for (payments, manual, today, expected) in [
        (&poor, Some(&yes), SOON, qualified(1, day(7))),
        (&poor, Some(&yes), LATE, qualified(1, day(7))),
        (&rich, Some(&yes), SOON, qualified(10_000, day(7))),
        (&rich, Some(&no), SOON, disqualified),
        (&rich, Some(&no), LATE, disqualified),
        (&rich, None, SOON, qualified(10_000, day(1))),
    ] {
        assert_eq!(decide(&Case { manual, ..case(&rule, payments) }, day(today)), expected, "{manual:?}");
    }
}

#[test]
fn the_reasons_of_disqualification_have_their_order() {
    use Disqualification::{ExistingCustomer, Manual, SelfReferral};
    let rule = rule();
    let (yes, no) = (override_by(Verdict::Qualified), override_by(Verdict::Disqualified));
    for (manual, self_referral, existing, state) in [
        (Some(&no), true, true, State::Disqualified(Manual)),
        (Some(&yes), true, true, State::Qualified),
        (None, true, true, State::Disqualified(SelfReferral)),
        (None, true, false, State::Disqualified(SelfReferral)),
        (None, false, true, State::Disqualified(ExistingCustomer)),
        (None, false, false, State::Pending),
    ] {
        let case = Case { self_referral, existing, manual, ..case(&rule, &[]) };
        assert_eq!(decide(&case, day(SOON)).state, state, "{manual:?} {self_referral} {existing}");
    }
}

#[test]
fn only_skip_existing_bars_self_referrals_and_existing_customers() {
    let payments = [payment(day(1), 10_000)];
    for (existing_email_mode, barred) in [
        (ExistingEmailMode::SkipExisting, true),
        (ExistingEmailMode::CreateDuplicate, false),
        (ExistingEmailMode::UpdateExisting, false),
    ] {
        let rule = Rule { existing_email_mode, ..rule() };
        for (self_referral, existing) in [(true, false), (false, true)] {
            let state = decide(&Case { self_referral, existing, ..case(&rule, &payments) }, day(SOON)).state;
            assert_eq!(matches!(state, State::Disqualified(_)), barred, "{existing_email_mode:?}");
        }
    }
}

fn customer(created_at: Option<Time>) -> Customer {
    Customer { created_at, ..Customer::unknown("cus_1") }
}

#[test]
fn a_customer_or_a_succeeded_payment_of_more_than_an_hour_before_is_an_existing_one() {
    let hour_before = REGISTERED.plus_seconds(-3600);
    for (at, is) in [(hour_before.plus_seconds(-1), true), (hour_before, false), (REGISTERED, false)] {
        let by = |object, id: String| is.then_some(Existing { object, id, at, before: hour_before });
        let found = existing(&rule(), REGISTERED, [&customer(Some(at))], &[]);
        assert_eq!(found, by(ObjectKind::Customer, "cus_1".to_owned()), "{at:?}");
        let paid = payment(at, 1);
        let found = existing(&rule(), REGISTERED, [], std::slice::from_ref(&paid));
        assert_eq!(found, by(ObjectKind::Charge, paid.charge.id), "{at:?}");
    }
    assert_eq!(existing(&rule(), REGISTERED, [&customer(None)], &[]), None, "nobody said when it was made");
}

#[test]
fn of_all_that_shows_an_existing_customer_the_oldest_is_named() {
    let payments = [payment(day(-5), 1), payment(day(-8), 1), payment(day(-7), 1)];
    let by = |customer_at| existing(&rule(), REGISTERED, [&customer(Some(customer_at))], &payments).map(|by| by.at);
    assert_eq!(by(day(-9)), Some(day(-9)));
    assert_eq!(by(day(-6)), Some(day(-8)));
}

#[test]
fn a_customer_that_we_created_makes_nobody_an_existing_one() {
    let mut ours = customer(Some(day(-9)));
    ours.linked.insert(ReferralId::new(day(-9), [1; 10]), day(-9));
    let is_existing = |customers: &[&Customer]| existing(&rule(), REGISTERED, customers.iter().copied(), &[]).is_some();
    assert!(is_existing(&[&ours]), "it was found, and is linked");
    ours.created_for.insert(ReferralId::new(day(-9), [1; 10]), day(-9));
    assert!(!is_existing(&[&ours]));
    assert!(is_existing(&[&ours, &customer(Some(day(-9)))]), "another one is");
}

#[test]
fn nobody_qualifies_by_the_rule_before_the_look_at_stripe_has_answered() {
    let payments = [payment(day(1), 10_000)];
    let rule = rule();
    let outstanding = Case { check_outstanding: true, ..case(&rule, &payments) };
    let waits = decide(&outstanding, day(SOON));
    assert_eq!((waits.state, waits.qualified_at, waits.spend_minor), (State::Pending, None, 10_000));
    assert_eq!(decide(&outstanding, day(30)).state, State::Expired, "the clock goes on");
    let answered = decide(&case(&rule, &payments), day(31));
    assert_eq!((answered.state, answered.qualified_at), (State::Qualified, Some(day(1))));
    let manual = Override { verdict: Verdict::Qualified, reason: "as agreed".into(), at: day(2) };
    assert_eq!(decide(&Case { manual: Some(&manual), ..outstanding }, day(SOON)).state, State::Qualified);
}

#[test]
fn what_counts_as_prior_spend_makes_nobody_an_existing_customer() {
    let prior = Rule { count_prior_days: 5, ..rule() };
    for (at, is) in [(day(-5).plus_seconds(-1), true), (day(-5), false)] {
        assert_eq!(existing(&prior, REGISTERED, [], &[payment(at, 1)]).is_some(), is, "{at:?}");
    }
}

#[test]
fn a_payment_that_did_not_succeed_makes_nobody_an_existing_customer() {
    for (status, is) in [(ChargeStatus::Pending, false), (ChargeStatus::Succeeded, true), (ChargeStatus::Failed, false)]
    {
        let mut payment = payment(day(-1), 1);
        payment.charge.status = status;
        assert_eq!(existing(&rule(), REGISTERED, [], &[payment]).is_some(), is, "{status:?}");
    }
}
