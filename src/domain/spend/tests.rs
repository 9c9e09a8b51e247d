//! What one payment counts, at a time and in the end.

use super::super::examples::{REGISTERED, day, payment};
use super::super::rule::tests::rule;
use super::*;

fn net_of(payment: &Payment) -> Net {
    payment.net(&rule(), FOREVER, FOREVER)
}

fn left(payment: &Payment) -> i64 {
    net_of(payment).net_minor
}

fn settled_rule() -> Rule {
    Rule { currency_policy: CurrencyPolicy::SettlementAmount, ..rule() }
}

#[test]
fn a_captured_charge_counts_whole_from_the_time_it_was_made() {
    let paid = payment(day(1), 5_000);
    assert_eq!(paid.net(&rule(), day(1).plus_seconds(-1), FOREVER), Net::default());
    assert_eq!(paid.net(&rule(), day(1), FOREVER).net_minor, 5_000);
}

#[test]
fn a_charge_has_the_first_reason_that_applies() {
    type Mend = fn(&mut Payment);
    let mut payment = payment(day(-1), 0).in_currency("usd", Some((900, "gbp")));
    payment.charge.status = ChargeStatus::Failed;
    payment.ownership = Ownership::OtherCustomer;
    let mends: [(Reason, Mend); 8] = [
        (Reason::Failed, |p| p.charge.status = ChargeStatus::Pending),
        (Reason::NotCaptured, |p| p.charge.status = ChargeStatus::Succeeded),
        (Reason::NotCaptured, |p| p.charge.captured_minor = 1_000),
        (Reason::OtherCustomer, |p| p.ownership = Ownership::OtherReferral),
        (Reason::OtherReferral, |p| p.ownership = Ownership::Own),
        (Reason::OutsideWindow, |p| p.charge.created_at = day(1)),
        (Reason::OtherCurrency, |p| p.charge.settlement = None),
        (Reason::AwaitingRate, |p| *p = p.clone().in_currency("eur", None)),
    ];
    for (reason, mend) in mends {
        assert_eq!(payment.excluded(&settled_rule(), REGISTERED), Some(reason));
        mend(&mut payment);
    }
    assert_eq!(payment.excluded(&settled_rule(), REGISTERED), None);
}

#[test]
fn a_charge_of_which_nothing_is_left_says_by_what() {
    let lost = DisputeStatus::Lost;
    for (payment, reason) in [
        (payment(day(1), 100), None),
        (payment(day(1), 100).refunded(day(2), 99), None),
        (payment(day(1), 100).disputed(day(2), 99, lost), None),
        (payment(day(1), 100).refunded(day(2), 100), Some(Reason::Refunded)),
        (payment(day(1), 100).refunded(day(2), 100).disputed(day(3), 100, lost), Some(Reason::Refunded)),
        (payment(day(1), 100).disputed(day(2), 100, lost), Some(Reason::Disputed)),
        (payment(day(1), 100).refunded(day(2), 40).disputed(day(3), 60, lost), Some(Reason::Disputed)),
    ] {
        assert_eq!(net_of(&payment).reason(), reason, "{payment:?}");
    }
}

#[test]
fn the_window_begins_with_its_first_second_and_ends_before_its_last() {
    let prior = Rule { count_prior_days: 2, ..rule() };
    for (rule, at, outside) in [
        (rule(), REGISTERED.plus_seconds(-1), true),
        (rule(), REGISTERED, false),
        (rule(), day(30).plus_seconds(-1), false),
        (rule(), day(30), true),
        (prior.clone(), day(-2).plus_seconds(-1), true),
        (prior, day(-2), false),
    ] {
        let reason = payment(at, 1).excluded(&rule, REGISTERED);
        assert_eq!(reason, outside.then_some(Reason::OutsideWindow), "{at:?}");
    }
}

#[test]
fn the_release_of_an_uncaptured_rest_is_no_refund() {
    let captured = payment(day(1), 20_300).released(day(1), 375);
    assert_eq!(captured.charge.amount_minor, 20_675);
    assert_eq!(net_of(&captured), Net { net_minor: 20_300, refunded_minor: 0, disputed_minor: 0 });
    for (name, later, net_minor) in [
        ("its refund object", captured.clone().refunded(day(1), 375), 20_300),
        ("a refund that only a snapshot told of", captured.clone().shown(day(2), 475), 20_200),
        ("a refund object", captured.clone().shown(day(2), 475).refunded(day(1), 375).refunded(day(2), 100), 20_200),
        ("a refund of everything", captured.clone().shown(day(2), 20_675), 0),
    ] {
        assert_eq!(left(&later), net_minor, "{name}");
    }
}

#[test]
fn refund_objects_and_cumulative_snapshots_tell_of_the_same_refunds() {
    use RefundStatus::{Failed, Pending};
    let paid = || payment(day(1), 1_000);
    for (name, payment, net_minor) in [
        ("only objects", paid().refunded(day(2), 100).refunded(day(3), 50), 850),
        ("only snapshots", paid().shown(day(2), 100).shown(day(3), 150), 850),
        ("both", paid().refunded(day(2), 100).shown(day(2), 100), 900),
        (
            "an object that no snapshot shows yet",
            paid().refunded(day(2), 100).refunded(day(3), 50).shown(day(2), 100),
            850,
        ),
        ("a snapshot whose second object is missing", paid().refunded(day(2), 100).shown(day(3), 150), 850),
        ("a pending one counts", paid().refund(day(2), 100, Pending), 900),
        ("a failed one never was", paid().refund(day(2), 100, Failed), 1_000),
        ("nor where a snapshot showed it", paid().refund(day(2), 100, Failed).shown(day(2), 100), 1_000),
        ("failed, then another", paid().refund(day(2), 100, Failed).shown(day(2), 100).refunded(day(3), 60), 940),
        ("another, then failed", paid().shown(day(2), 60).refund(day(3), 100, Failed).shown(day(3), 160), 940),
        ("more than the charge", paid().refunded(day(2), 1_001), 0),
    ] {
        assert_eq!(left(&payment), net_minor, "{name}");
    }
}

#[test]
fn a_failed_refund_does_not_hide_another_while_no_snapshot_shows_it_yet() {
    let payment = payment(day(1), 1_000)
        .shown(day(2), 50)
        .refund(day(3), 100, RefundStatus::Failed)
        .shown(day(3).plus_seconds(1), 150);
    for at in [day(2), day(3), day(3).plus_seconds(1), FOREVER] {
        assert_eq!(payment.net(&rule(), at, FOREVER).net_minor, 950, "{at:?}");
    }
    assert_eq!(payment.net(&rule(), FOREVER, day(3).plus_seconds(1)).net_minor, 950, "the window ends in between");
}

#[test]
fn what_followed_a_failed_refund_is_known_only_once_its_object_is() {
    let ambiguous =
        payment(day(1), 1_000).refund(day(2), 100, RefundStatus::Failed).shown(day(2), 100).shown(day(4), 60);
    assert_eq!(left(&ambiguous), 1_000, "a snapshot made after a failed refund is taken to have it in");
    assert_eq!(left(&ambiguous.refunded(day(4), 60)), 940);
}

#[test]
fn a_refund_that_only_snapshots_told_of_has_the_time_of_the_earliest() {
    let payment = payment(day(1), 1_000).shown(day(2), 100).shown(day(4), 250);
    for (at, net_minor) in [(day(1), 1_000), (day(2), 900), (day(3), 900), (day(4), 750)] {
        assert_eq!(payment.net(&rule(), at, FOREVER).net_minor, net_minor, "{at:?}");
    }
}

#[test]
fn refunds_from_the_cut_on_are_not_looked_at() {
    let objects = payment(day(1), 1_000).refunded(day(2), 100).refunded(day(3), 50);
    let snapshots = payment(day(1), 1_000).shown(day(2), 100).shown(day(3), 150);
    for payment in [objects, snapshots] {
        for (cut, net_minor) in [(day(2), 1_000), (day(3), 900), (day(3).plus_seconds(1), 850)] {
            assert_eq!(payment.net(&rule(), FOREVER, cut).net_minor, net_minor, "{payment:?} {cut:?}");
        }
    }
}

#[test]
fn disputes_add_up_and_never_take_more_than_is_left() {
    use DisputeStatus::{Lost, NeedsResponse, Won};
    let paid = || payment(day(1), 1_000);
    for (name, payment, left, contested) in [
        ("two", paid().disputed(day(2), 300, Lost).disputed(day(3), 200, NeedsResponse), 500, 500),
        ("one was won", paid().disputed(day(2), 300, Won).disputed(day(3), 200, NeedsResponse), 800, 200),
        ("more than the charge", paid().disputed(day(2), 1_500, Lost), 0, 1_000),
        ("after a refund", paid().refunded(day(2), 400).disputed(day(3), 1_000, Lost), 0, 600),
        ("before a refund", paid().disputed(day(2), 1_000, Lost).refunded(day(3), 400), 0, 600),
    ] {
        let net = net_of(&payment);
        assert_eq!((net.net_minor, net.disputed_minor), (left, contested), "{name}");
    }
}

#[test]
fn the_policy_says_which_disputes_count() {
    use DisputePolicy::{Ignore, LostCountsAgainst, OpenCountsAgainst};
    use DisputeStatus::*;
    for (status, open, lost) in [
        (WarningNeedsResponse, false, false),
        (WarningUnderReview, false, false),
        (WarningClosed, false, false),
        (NeedsResponse, true, false),
        (UnderReview, true, false),
        (Lost, true, true),
        (Won, false, false),
        (Prevented, false, false),
    ] {
        let payment = payment(day(1), 1_000).disputed(day(2), 1_000, status);
        for (dispute_policy, counts) in [(OpenCountsAgainst, open), (LostCountsAgainst, lost), (Ignore, false)] {
            let net = payment.net(&Rule { dispute_policy, ..rule() }, FOREVER, FOREVER);
            assert_eq!(net.net_minor, if counts { 0 } else { 1_000 }, "{status:?} {dispute_policy:?}");
        }
    }
}

#[test]
fn a_failed_charge_has_nothing_left() {
    let mut payment = payment(day(1), 1_000);
    payment.charge.status = ChargeStatus::Failed;
    assert_eq!(net_of(&payment), Net::default());
}

#[test]
fn another_currency_counts_by_the_policy() {
    use Reason::{AwaitingRate, OtherCurrency};
    for (name, payment, same_only, settlement) in [
        ("the campaign's own", payment(day(1), 10), None, None),
        ("its own, settled in another", payment(day(1), 10).in_currency("eur", Some((9, "usd"))), None, None),
        ("another, not settled", payment(day(1), 10).in_currency("usd", None), Some(OtherCurrency), Some(AwaitingRate)),
        (
            "settled at nothing",
            payment(day(1), 10).in_currency("usd", Some((0, "eur"))),
            Some(OtherCurrency),
            Some(AwaitingRate),
        ),
        ("settled in it", payment(day(1), 10).in_currency("usd", Some((9, "eur"))), Some(OtherCurrency), None),
        (
            "settled in a third",
            payment(day(1), 10).in_currency("usd", Some((9, "gbp"))),
            Some(OtherCurrency),
            Some(OtherCurrency),
        ),
    ] {
        assert_eq!(payment.excluded(&rule(), REGISTERED), same_only, "{name}");
        assert_eq!(payment.excluded(&settled_rule(), REGISTERED), settlement, "{name}");
    }
}

#[test]
fn a_settled_charge_counts_its_share_of_the_settlement_rounded_down() {
    let payment = payment(day(1), 1_000).in_currency("usd", Some((917, "eur")));
    for (minor, counted) in [(1_000, 917), (999, 916), (500, 458), (1, 0), (0, 0)] {
        assert_eq!(payment.convert(&settled_rule(), minor), counted, "{minor}");
    }
}

#[test]
fn the_largest_amounts_are_converted_without_overflow() {
    const MAX: i64 = 999_999_999_999;
    let payment = payment(day(1), MAX).in_currency("vnd", Some((MAX, "eur")));
    assert_eq!(payment.convert(&settled_rule(), MAX), MAX);
}

#[test]
fn a_charge_in_the_campaigns_currency_is_never_converted() {
    let payment = payment(day(1), 1_000).in_currency("eur", Some((900, "usd")));
    assert_eq!(payment.convert(&settled_rule(), 1_000), 1_000);
}
