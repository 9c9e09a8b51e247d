//! The way of the spend, fact by fact.

use super::super::super::fact::ObjectKind;
use super::super::super::spend::{Idle, Ownership, Reason};
use super::*;

use Crossing::{Lost, Reached};
use ObjectKind::{Charge, Dispute, Refund};

/// A step in short: when, what, what it changed, the spend after it, and what became of the target.
type Short = (Time, ObjectKind, i64, i64, Option<Crossing>);

fn told(rule: &Rule, payments: &[Payment]) -> Vec<Short> {
    let steps = steps(&case(rule, payments));
    let short = |step: &Step| {
        let effect = &step.effect;
        assert_eq!(effect.change_minor == 0, effect.idle.is_some(), "{step:?}");
        (effect.at, effect.object, effect.change_minor, step.spend_minor, step.crossing)
    };
    steps.iter().map(short).collect()
}

fn idle(rule: &Rule, payments: &[Payment]) -> Vec<Option<Idle>> {
    steps(&case(rule, payments)).into_iter().map(|step| step.effect.idle).collect()
}

#[test]
fn a_spend_that_is_reached_lost_and_reached_again_is_told_in_the_order_of_the_facts() {
    let payments = [payment(day(1), 10_000).refunded(day(2), 5_000), payment(day(3), 6_000)];
    let expected = [
        (day(1), Charge, 10_000, 10_000, Some(Reached)),
        (day(2), Refund, -5_000, 5_000, Some(Lost)),
        (day(3), Charge, 6_000, 11_000, Some(Reached)),
    ];
    assert_eq!(told(&rule(), &payments), expected);
    assert_eq!(decide_on(&rule(), &payments, SOON), qualified(11_000, day(3)));
}

#[test]
fn a_step_names_its_object_and_its_payment() {
    let mut payments = [
        payment(day(1), 10_000).refunded(day(2), 1).disputed(day(3), 1, DisputeStatus::Lost),
        payment(day(1), 5).shown(day(4), 2),
    ];
    payments[1].charge.id = "ch_other".into();
    let own = payments[0].charge.id.clone();
    let steps = steps(&case(&rule(), &payments));
    let named: Vec<_> = steps.iter().map(|step| (step.effect.id.as_deref(), &*step.charge_id)).collect();
    let expected = [
        (Some(&*own), &*own),
        (Some("ch_other"), "ch_other"),
        (Some("re_0"), &own),
        (Some("dp_0"), &own),
        (None, "ch_other"),
    ];
    assert_eq!(named, expected, "what only the charge tells of has no id");
}

#[test]
fn of_one_second_the_last_that_did_something_says_what_became_of_the_target() {
    let bought_anew = [payment(day(1), 10_000).refunded(day(2), 10_000), payment(day(2), 4_000)];
    let expected = [
        (day(1), Charge, 10_000, 10_000, Some(Reached)),
        (day(2), Charge, 4_000, 14_000, None),
        (day(2), Refund, -10_000, 4_000, Some(Lost)),
    ];
    assert_eq!(told(&rule(), &bought_anew), expected);
    let at_once = [payment(day(1), 10_000).refunded(day(1), 1)];
    let expected = [(day(1), Charge, 10_000, 10_000, None), (day(1), Refund, -1, 9_999, None)];
    assert_eq!(told(&rule(), &at_once), expected, "it was never reached");
}

#[test]
fn what_was_before_the_registration_has_its_own_time_and_crosses_with_the_last_of_it() {
    let prior = Rule { count_prior_days: 9, ..rule() };
    let payments = [payment(day(-5), 10_000).refunded(day(-4), 5_000), payment(day(-3), 5_000), payment(day(1), 1)];
    let expected = [
        (day(-5), Charge, 10_000, 10_000, None),
        (day(-4), Refund, -5_000, 5_000, None),
        (day(-3), Charge, 5_000, 10_000, Some(Reached)),
        (day(1), Charge, 1, 10_001, None),
    ];
    assert_eq!(told(&prior, &payments), expected);
    assert_eq!(decide_on(&prior, &payments, SOON), qualified(10_001, REGISTERED));
}

#[test]
fn what_changes_nothing_stays_visible_with_its_one_reason() {
    use RefundStatus::Failed;
    let excluded = Some(Idle::Excluded(Reason::OtherReferral));
    let mut others = payment(day(1), 100).refunded(day(2), 1).disputed(day(3), 1, DisputeStatus::Lost);
    others.ownership = Ownership::OtherReferral;
    assert_eq!(idle(&rule(), &[others]), [excluded; 3]);
    for (taken, why) in [
        (payment(day(1), 100).refund(day(2), 1, Failed), Idle::RefundFailed),
        (payment(day(1), 100).refunded(day(30), 1), Idle::RefundNotLookedAt),
        (payment(day(1), 100).shown(day(30), 1), Idle::RefundNotLookedAt),
        (payment(day(1), 100).disputed(day(2), 1, DisputeStatus::Won), Idle::DisputeNotAgainst),
        (payment(day(1), 100).released(day(1), 7).refunded(day(1), 7), Idle::NoDifference),
        (payment(day(1), 100).shown(day(1), 7).refunded(day(2), 7), Idle::NoDifference),
    ] {
        assert_eq!(idle(&rule(), std::slice::from_ref(&taken)).last(), Some(&Some(why)), "{taken:?}");
    }
    let gone = payment(day(1), 100).refunded(day(2), 100).disputed(day(3), 100, DisputeStatus::Lost);
    assert_eq!(idle(&rule(), &[gone]), [None, None, Some(Idle::NoDifference)]);
}

#[test]
fn two_refunds_of_one_second_take_what_each_took() {
    let payments = [payment(day(1), 10_000).refunded(day(2), 1_000).refunded(day(2), 2_000).shown(day(2), 3_500)];
    let expected = [
        (day(1), Charge, 10_000, 10_000, Some(Reached)),
        (day(2), Refund, -1_000, 9_000, None),
        (day(2), Refund, -2_000, 7_000, None),
        (day(2), Refund, -500, 6_500, Some(Lost)),
    ];
    assert_eq!(told(&rule(), &payments), expected);
}

#[test]
fn a_converted_payment_moves_the_spend_by_what_it_is_worth() {
    let rule = Rule { currency_policy: CurrencyPolicy::SettlementAmount, ..rule() };
    let foreign = payment(day(1), 1_000).in_currency("usd", Some((100, "eur")));
    let payments = [foreign.refunded(day(2), 1).refunded(day(3), 1).disputed(day(4), 998, DisputeStatus::Lost)];
    let expected = [
        (day(1), Charge, 100, 100, None),
        (day(2), Refund, -1, 99, None),
        (day(3), Refund, 0, 99, None),
        (day(4), Dispute, -99, 0, None),
    ];
    assert_eq!(told(&rule, &payments), expected, "each rest is rounded down");
}

#[test]
fn a_refund_may_bar_a_referral_without_moving_the_spend() {
    let rule = Rule { refund_policy: RefundPolicy::AnyRefund, ..rule() };
    let payments =
        [payment(day(1), 10_000), payment(day(1), 50).disputed(day(2), 50, DisputeStatus::Lost).refunded(day(3), 50)];
    let told = told(&rule, &payments);
    assert_eq!(told.last(), Some(&(day(3), Refund, 0, 10_000, Some(Lost))));
    assert_eq!(decide_on(&rule, &payments, SOON), unqualified(10_000, day(3), Setback::Refund));
}

#[test]
fn a_spend_beyond_all_numbers_is_told_as_the_largest() {
    let mut payments = [payment(day(1), i64::MAX), payment(day(2), i64::MAX)];
    payments[1] = payments[1].clone().refunded(day(3), i64::MAX);
    let spends: Vec<_> = told(&rule(), &payments).iter().map(|step| step.3).collect();
    assert_eq!(spends, [i64::MAX; 3]);
}
