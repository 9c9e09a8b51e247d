//! Facts join in any order and any number of times.

use super::super::examples::{charge, currency, day};
use super::super::id::ReferralId;
use super::*;

/// The one that both orders of joining give.
fn joined<F: Clone + PartialEq + std::fmt::Debug>(a: &F, b: &F, merge: impl Fn(&mut F, &F)) -> F {
    let (mut ab, mut ba) = (a.clone(), b.clone());
    merge(&mut ab, b);
    merge(&mut ba, a);
    assert_eq!(ab, ba, "the order of arrival does not matter");
    ab
}

fn joined_charge(a: &Charge, b: &Charge) -> Charge {
    joined(a, b, Charge::merge)
}

#[test]
fn an_authorisation_and_its_capture_are_one_charge() {
    let authorised = Charge { captured_minor: 0, ..charge(day(1), 20_675) };
    let captured = Charge {
        captured_minor: 20_300,
        released_minor: 375,
        refunded: Seen::from([(375, day(2))]),
        payment_intent_id: Some("pi_1".into()),
        ..authorised.clone()
    };
    assert_eq!(joined_charge(&authorised, &captured), captured);
}

#[test]
fn the_largest_amounts_and_the_latest_status_stay() {
    use ChargeStatus::{Failed, Pending, Succeeded};
    for (a, b, status) in [(Pending, Succeeded, Succeeded), (Succeeded, Failed, Failed), (Pending, Failed, Failed)] {
        let one = Charge { status: a, ..charge(day(1), 500) };
        let other = Charge { status: b, ..charge(day(1), 700) };
        let both = joined_charge(&one, &other);
        assert_eq!((both.status, both.amount_minor, both.captured_minor), (status, 700, 700));
    }
}

#[test]
fn what_is_known_once_stays_known() {
    let unknown = charge(day(1), 500);
    let known =
        Charge { customer_id: Some("cus_1".into()), settlement: Some((450, currency("usd"))), ..unknown.clone() };
    assert_eq!(joined_charge(&unknown, &known), known);
}

#[test]
fn of_two_values_that_should_be_one_the_smaller_stays() {
    let of = |customer: &str| Charge { customer_id: Some(customer.into()), ..charge(day(1), 500) };
    assert_eq!(joined_charge(&of("cus_1"), &of("cus_2")).customer_id.as_deref(), Some("cus_1"));
}

#[test]
fn each_cumulative_amount_keeps_the_earliest_event_that_showed_it() {
    let shows =
        |refunded: &[(i64, Time)]| Charge { refunded: refunded.iter().copied().collect(), ..charge(day(1), 500) };
    let both = joined_charge(&shows(&[(100, day(3)), (200, day(4))]), &shows(&[(100, day(2))]));
    assert_eq!(both.refunded, Seen::from([(100, day(2)), (200, day(4))]));
}

#[test]
fn a_refund_that_failed_stays_failed() {
    use RefundStatus::{Failed, Pending, Succeeded};
    let refund = |status| Refund { id: "re_1".into(), charge_id: None, amount_minor: 5, created_at: day(1), status };
    for (a, b, status) in [(Pending, Succeeded, Succeeded), (Succeeded, Failed, Failed), (Pending, Failed, Failed)] {
        let known = Refund { charge_id: Some("ch_1".into()), ..refund(b) };
        let both = joined(&refund(a), &known, Refund::merge);
        assert_eq!(both, Refund { status, ..known });
    }
}

#[test]
fn a_dispute_goes_from_inquiry_to_its_end_and_a_late_win_follows_a_loss() {
    use DisputeStatus::*;
    let life =
        [WarningNeedsResponse, WarningUnderReview, WarningClosed, NeedsResponse, UnderReview, Lost, Won, Prevented];
    let dispute = |status, amount_minor| Dispute {
        id: "dp_1".into(),
        charge_id: Some("ch_1".into()),
        amount_minor,
        created_at: day(1),
        status,
    };
    for pair in life.windows(2) {
        let both = joined(&dispute(pair[0], 90), &dispute(pair[1], 80), Dispute::merge);
        assert_eq!(both, dispute(pair[1], 90), "{pair:?}");
    }
}

#[test]
fn a_customer_keeps_every_address_and_a_deletion() {
    let customer = |created_at, deleted, email: &str, at| Customer {
        created_at,
        deleted,
        emails: Seen::from([(email.into(), at)]),
        ..Customer::unknown("cus_1")
    };
    let old = customer(Some(day(1)), false, "old@example.com", day(1));
    let gone = customer(None, true, "new@example.com", day(2));
    let both = joined(&old, &gone, Customer::merge);
    let emails = Seen::from([("new@example.com".into(), day(2)), ("old@example.com".into(), day(1))]);
    assert_eq!(both, Customer { deleted: true, emails, ..old });
}

#[test]
fn a_checkout_gathers_what_its_events_say() {
    let empty = Checkout {
        id: "cs_1".into(),
        customer_id: None,
        payment_intent_id: None,
        emails: Seen::new(),
        referrals: Seen::new(),
        references: Seen::new(),
    };
    let id = ReferralId::new(day(1), [1; 10]);
    let paid = Checkout {
        customer_id: Some("cus_1".into()),
        payment_intent_id: Some("pi_1".into()),
        emails: Seen::from([("ada@example.com".into(), day(1))]),
        referrals: Seen::from([(id, day(1))]),
        references: Seen::from([(id, day(1))]),
        ..empty.clone()
    };
    assert_eq!(joined(&empty, &paid, Checkout::merge), paid);
}

#[test]
fn every_fact_names_its_object() {
    assert_eq!(Fact::Charge(Charge { id: "ch_1".into(), ..charge(day(1), 1) }).id(), "ch_1");
}
