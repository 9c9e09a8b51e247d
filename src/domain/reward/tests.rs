//! What somebody is entitled to, rule by rule.

mod cost;
mod events;
mod moves;
mod revision;

use std::collections::BTreeSet;

use super::super::examples::{REGISTERED, currency, day};
use super::super::id::{CampaignId, ReferralId, ReferrerId, RewardId, RewardRuleId};
use super::*;

/// The nth referral.
fn referral(n: u8) -> ReferralId {
    ReferralId::new(REGISTERED, [n; 10])
}

/// 5.00 EUR for the referrer of each referral that qualifies, due at once and to be approved.
fn terms() -> Terms {
    Terms {
        role: Role::Referrer,
        trigger: Trigger::Qualified,
        pattern: Pattern::Every(1),
        kind: Kind::Credit(Amount::Fixed(500)),
        limit_per_recipient: None,
        hold_days: 0,
    }
}

fn custom() -> Kind {
    Kind::Custom { payload: "{\"points\": 5}".into() }
}

fn share(points: u32, cap_minor: Option<i64>) -> Kind {
    Kind::Credit(Amount::BasisPoints { points, cap_minor })
}

fn rule(terms: Terms) -> RewardRule {
    RewardRule {
        id: RewardRuleId::new(REGISTERED, [7; 10]),
        display_name: None,
        terms,
        auto_issue: false,
        currency: currency("eur"),
        effective_from: None,
        retired_at: None,
    }
}

fn reward(rule: &RewardRule) -> Reward {
    let earning = Earning {
        recipient: Recipient::Referrer(ReferrerId::new(REGISTERED, [3; 10])),
        cause: Cause::Referral(referral(1)),
        paid_at: None,
        referral_id: Some(referral(1)),
        spent_in: currency("usd"),
    };
    Reward::new(RewardId::new(REGISTERED, [9; 10]), CampaignId::new(REGISTERED, [2; 10]), rule, earning, REGISTERED)
}

/// The first n referrals, qualified a day after the other.
fn qualified(n: u8) -> Merits {
    Merits { qualified: (1..=n).map(|n| (referral(n), day(i64::from(n)))).collect(), ..Merits::default() }
}

fn referrals(numbers: &[u8]) -> BTreeSet<Cause> {
    numbers.iter().map(|n| Cause::Referral(referral(*n))).collect()
}

fn charges(numbers: &[u8]) -> BTreeSet<Cause> {
    numbers.iter().map(|n| Cause::Charge(format!("ch_{n}"))).collect()
}

fn nothing() -> BTreeSet<Cause> {
    BTreeSet::new()
}

#[test]
fn each_referral_that_qualifies_earns_one() {
    assert_eq!(earned(&rule(terms()), &qualified(3), &nothing()), referrals(&[1, 2, 3]));
    assert_eq!(earned(&rule(terms()), &Merits::default(), &nothing()), nothing());
}

#[test]
fn every_nth_and_milestones_earn_slots_by_the_count_alone() {
    let milestones = |at: &[u32]| milestones(at).expect("valid");
    for (pattern, count, slots) in [
        (Pattern::Every(3), 2, 0),
        (Pattern::Every(3), 3, 1),
        (Pattern::Every(3), 8, 2),
        (Pattern::Every(3), 9, 3),
        (milestones(&[1, 3, 5]), 0, 0),
        (milestones(&[5, 1, 3]), 1, 1),
        (milestones(&[1, 3, 5]), 4, 2),
        (milestones(&[1, 3, 5]), 99, 3),
    ] {
        let of = |limit| rule(Terms { pattern: pattern.clone(), limit_per_recipient: limit, ..terms() });
        let expected = |slots| (1..=slots).map(Cause::Slot).collect::<BTreeSet<_>>();
        assert_eq!(earned(&of(None), &qualified(count), &nothing()), expected(slots), "{pattern:?} {count}");
        assert_eq!(earned(&of(Some(1)), &qualified(count), &nothing()), expected(slots.min(1)), "{pattern:?} {count}");
    }
}

#[test]
fn a_limit_keeps_those_that_were_issued_and_then_the_earliest() {
    let limited = rule(Terms { limit_per_recipient: Some(2), ..terms() });
    assert_eq!(earned(&limited, &qualified(4), &nothing()), referrals(&[1, 2]));
    assert_eq!(earned(&limited, &qualified(4), &referrals(&[4])), referrals(&[1, 4]));
    assert_eq!(earned(&limited, &qualified(2), &referrals(&[4])), referrals(&[1, 2]), "what does not hold is not kept");
    let mut late = qualified(3);
    late.qualified.insert(referral(1), day(9));
    assert_eq!(earned(&limited, &late, &nothing()), referrals(&[2, 3]), "the time counts, not the number");
    let at_once = Merits { qualified: [2, 1, 3].map(|n| (referral(n), day(1))).into(), ..Merits::default() };
    assert_eq!(earned(&limited, &at_once, &nothing()), referrals(&[1, 2]), "and at the same time the smaller id");
}

#[test]
fn a_rule_covers_what_happens_from_its_start_to_its_end() {
    let between = RewardRule { effective_from: Some(day(2)), retired_at: Some(day(4)), ..rule(terms()) };
    assert_eq!(earned(&between, &qualified(5), &nothing()), referrals(&[2, 3]));
    let every_2nd = RewardRule { terms: Terms { pattern: Pattern::Every(2), ..terms() }, ..between };
    assert_eq!(earned(&every_2nd, &qualified(5), &nothing()), [Cause::Slot(1)].into(), "only these are counted");
}

#[test]
fn a_registration_earns_the_person_something_whether_they_qualify_or_not() {
    let welcome = rule(Terms { role: Role::Referred, trigger: Trigger::Registered, ..terms() });
    let merits = Merits { registered: [(referral(1), day(0))].into(), ..Merits::default() };
    assert_eq!(earned(&welcome, &merits, &nothing()), referrals(&[1]));
    assert_eq!(earned(&welcome, &qualified(1), &nothing()), nothing());
    let later = RewardRule { effective_from: Some(day(1)), ..welcome };
    assert_eq!(earned(&later, &merits, &nothing()), nothing());
}

/// A referral that qualified on day 1 and paid on each of these days.
fn payers(days: &[u8]) -> Merits {
    let paid = days.iter().map(|n| (day(i64::from(*n)), format!("ch_{n}"))).collect();
    Merits { payments: [(referral(1), paid)].into(), ..qualified(1) }
}

#[test]
fn payments_earn_from_the_qualification_on_up_to_a_number_and_for_some_days() {
    let of = |payments_max, payment_days| {
        rule(Terms { trigger: Trigger::Payment { payments_max, payment_days }, ..terms() })
    };
    let paid = payers(&[0, 1, 2, 3, 9]);
    for (payments_max, payment_days, expected) in [
        (10, None, vec![1, 2, 3, 9]),
        (2, None, vec![1, 2]),
        (10, Some(8), vec![1, 2, 3]),
        (10, Some(9), vec![1, 2, 3, 9]),
        (10, Some(1), vec![1]),
    ] {
        let earned = earned(&of(payments_max, payment_days), &paid, &nothing());
        assert_eq!(earned, charges(&expected), "{payments_max} {payment_days:?}");
    }
    assert_eq!(earned(&of(2, None), &paid, &charges(&[3])), charges(&[1, 3]), "what was issued stands");
    let unqualified = Merits { qualified: [].into(), ..paid };
    assert_eq!(earned(&of(2, None), &unqualified, &nothing()), nothing());
}

#[test]
fn a_limit_on_payments_holds_over_all_referrals_of_a_referrer() {
    let trigger = Trigger::Payment { payments_max: 2, payment_days: None };
    let limited = rule(Terms { trigger, limit_per_recipient: Some(3), ..terms() });
    let mut merits = payers(&[1, 2, 3]);
    merits.qualified.insert(referral(2), day(1));
    merits.payments.insert(referral(2), [(day(2), "ch_20".to_owned()), (day(4), "ch_40".to_owned())].into());
    let causes = ["ch_1", "ch_2", "ch_20"].map(|id| Cause::Charge(id.to_owned()));
    assert_eq!(earned(&limited, &merits, &nothing()), causes.into());
    let causes = ["ch_1", "ch_2", "ch_40"].map(|id| Cause::Charge(id.to_owned()));
    assert_eq!(earned(&limited, &merits, &charges(&[40])), causes.into());
}

#[test]
fn a_share_is_rounded_down_and_stays_within_its_cap() {
    for (points, cap, net, given, expected) in [
        (1_000, None, 10_000, 0, 1_000),
        (1, None, 9_999, 0, 0),
        (333, None, 10_000, 0, 333),
        (333, None, 9_999, 0, 332),
        (10_000, None, 777, 0, 777),
        (1_000, Some(600), 10_000, 0, 600),
        (1_000, Some(600), 5_000, 200, 400),
        (1_000, Some(600), 10_000, 600, 0),
        (1_000, Some(600), 10_000, 900, 0),
        (1_000, None, -5, 0, 0),
        (10_000, None, i64::MAX, 0, i64::MAX),
    ] {
        let rule = rule(Terms { kind: share(points, cap), ..terms() });
        assert_eq!(rule.share_minor(net, given), Some(expected), "{points} {cap:?} {net} {given}");
    }
    assert_eq!(rule(terms()).share_minor(10_000, 0), None);
}
