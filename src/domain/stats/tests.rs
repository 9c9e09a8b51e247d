//! What changes add to the counts, and what periods are made of.

use super::super::examples::{REGISTERED, currency};
use super::super::qualification::{Setback, UNDECIDED, Unqualified};
use super::super::referral::Referral;
use super::super::referral::tests::referral;
use super::super::rule::tests::rule;
use super::*;

fn enrolled(state: State, spend_minor: i64) -> Enrolled {
    let referral = referral();
    let decision = super::super::qualification::Decision { state, spend_minor, ..UNDECIDED };
    Enrolled { referral: Referral { decision, ..referral }, rule: rule(), decides: true }
}

fn quarters(seconds: i64) -> Time {
    Time::from_seconds(seconds * QUARTER_SECONDS)
}

#[test]
fn a_new_referral_is_counted_in_its_quarter_its_hour_its_quarter_of_a_day_and_its_day() {
    let mut counter = Counter::default();
    let at = REGISTERED.plus_seconds(3 * 3_600 + 1_799);
    let mut new = enrolled(State::Pending, 0);
    new.referral.registered_at = at;
    counter.referral(None, &new);
    let counted: Vec<_> =
        counter.referrals().map(|(stretch, _, counts)| (stretch.seconds, stretch.starts_at, counts.pending)).collect();
    let hour = REGISTERED.plus_seconds(3 * 3_600);
    assert_eq!(
        counted,
        [(900, hour.plus_seconds(900), 1), (3_600, hour, 1), (21_600, REGISTERED, 1), (86_400, REGISTERED, 1)]
    );
}

#[test]
fn a_change_takes_away_what_was_and_adds_what_is() {
    let mut counter = Counter::default();
    let before = enrolled(State::Qualified, 100);
    let mut after = enrolled(State::Expired, 40);
    after.referral.decision.unqualified = Some(Unqualified { at: REGISTERED, cause: Setback::Refund });
    counter.referral(Some(&before), &after);
    let (_, _, counts) = counter.referrals().next().expect("counted");
    let wanted =
        ReferralCounts { qualified: -1, expired: 1, unqualified: 1, spend_minor: -60, ..ReferralCounts::default() };
    assert_eq!(counts, wanted);
    assert_eq!(counts.registered(), 0, "nobody is new");
}

#[test]
fn there_and_back_again_leaves_nothing_to_write() {
    let mut counter = Counter::default();
    let (one, two) = (enrolled(State::Pending, 0), enrolled(State::Qualified, 100));
    for (before, after) in [(&one, &two), (&two, &one), (&one, &one)] {
        counter.referral(Some(before), after);
    }
    assert_eq!(counter.referrals().count(), 0);
}

#[test]
fn a_referral_under_a_rule_in_another_currency_is_counted_in_that() {
    let mut counter = Counter::default();
    let before = enrolled(State::Pending, 100);
    let mut after = enrolled(State::Pending, 7);
    after.rule.currency = currency("jpy");
    counter.referral(Some(&before), &after);
    let counted: BTreeMap<_, _> = counter
        .referrals()
        .filter(|(stretch, ..)| stretch.seconds == QUARTER_SECONDS)
        .map(|(_, currency, counts)| (currency, (counts.pending, counts.spend_minor)))
        .collect();
    assert_eq!(counted, [(currency("eur"), (-1, -100)), (currency("jpy"), (1, 7))].into());
}

#[test]
fn each_reason_to_be_disqualified_is_counted_for_itself() {
    use Disqualification::{ExistingCustomer, Manual, SelfReferral};
    let mut counter = Counter::default();
    for (reason, times) in [(Manual, 1), (SelfReferral, 2), (ExistingCustomer, 3)] {
        for _ in 0..times {
            counter.referral(None, &enrolled(State::Disqualified(reason), 0));
        }
    }
    let (_, _, counts) = counter.referrals().next().expect("counted");
    assert_eq!((counts.manual, counts.self_referral, counts.existing_customer), (1, 2, 3));
    assert_eq!((counts.disqualified(), counts.registered()), (6, 6));
}

#[test]
fn a_period_is_made_of_the_nearest_days_and_of_shorter_stretches_more_or_less_at_its_ends() {
    let runs = |from, to| Period { starts_at: quarters(from), ends_at: quarters(to) }.runs();
    let run = |times, seconds, from, to| Run { times, seconds, starts_at: quarters(from), ends_at: quarters(to) };
    assert_eq!(runs(96, 3 * 96), [run(1, 86_400, 96, 3 * 96)], "whole days");
    assert_eq!(runs(1, 2), [run(1, 900, 1, 2)], "within an hour");
    let wanted = [run(-1, 3_600, 0, 8), run(1, 3_600, 96, 104), run(1, 86_400, 0, 96)];
    assert_eq!(runs(8, 104), wanted, "a day that begins two hours after midnight");
    // A day of Kolkata, which begins at 18:30 of UTC.
    let wanted = [
        run(-1, 900, 72, 74),
        run(1, 900, 96 + 72, 96 + 74),
        run(1, 21_600, 72, 96),
        run(-1, 21_600, 96 + 72, 2 * 96),
        run(1, 86_400, 96, 2 * 96),
    ];
    assert_eq!(runs(74, 96 + 74), wanted);
}

#[test]
fn the_stretches_of_a_period_come_to_the_period_wherever_it_lies() {
    for (from, to) in (0..200).flat_map(|from| (from + 1..from + 300).step_by(7).map(move |to| (from, to))) {
        let runs = Period { starts_at: quarters(from), ends_at: quarters(to) }.runs();
        let mut times = BTreeMap::new();
        for run in &runs {
            let (starts_at, ends_at) = (run.starts_at.seconds(), run.ends_at.seconds());
            assert!(starts_at < ends_at && starts_at % run.seconds == 0 && ends_at % run.seconds == 0, "{run:?}");
            for quarter in starts_at / QUARTER_SECONDS..ends_at / QUARTER_SECONDS {
                *times.entry(quarter).or_insert(0) += run.times;
            }
        }
        times.retain(|_, times| *times != 0);
        assert_eq!(times, (from..to).map(|quarter| (quarter, 1)).collect(), "each quarter once: {runs:?}");
    }
}

#[test]
fn what_is_counted_begins_and_ends_on_a_quarter_of_an_hour() {
    for on in [None, Some(REGISTERED), Some(REGISTERED.plus_seconds(900))] {
        assert_eq!(on_a_quarter(on), Ok(on));
    }
    for within in [REGISTERED.plus_seconds(1), Time::from_micros(REGISTERED.micros() - 1)] {
        let refused = on_a_quarter(Some(within)).expect_err("within");
        assert!(refused.0.contains("10:15:00"), "{}", refused.0);
        assert_eq!(quarter_end(within).plus_seconds(-900), quarter_start(within));
    }
    assert_eq!(quarter_end(REGISTERED), REGISTERED.plus_seconds(900), "its own quarter has just begun");
}

#[test]
fn the_total_is_the_sum_of_the_periods_whatever_is_in_them() {
    let period = Period { starts_at: REGISTERED, ends_at: REGISTERED.plus_days(1) };
    let (usd, eur) = (currency("usd"), currency("eur"));
    let mut one = Stats::new(period);
    one.add_referrals(usd, &ReferralCounts { pending: 1, spend_minor: 5, ..ReferralCounts::default() });
    one.add_rewards(RewardState::Due, usd, &RewardCounts { rewards: 1, amount_minor: 9, given_minor: 0 });
    let mut two = Stats::new(period);
    two.add_referrals(eur, &ReferralCounts { qualified: 2, spend_minor: 6, ..ReferralCounts::default() });
    two.add_referrals(usd, &ReferralCounts { qualified: 1, spend_minor: 7, ..ReferralCounts::default() });
    two.add_referrals(currency("jpy"), &ReferralCounts::default());
    two.add_rewards(RewardState::Due, usd, &RewardCounts { rewards: 2, amount_minor: 1, given_minor: 1 });
    let total = Stats::total(period, &[one, two]);
    assert_eq!((total.referrals.registered(), total.referrals.qualified, total.referrals.pending), (4, 3, 1));
    assert_eq!(total.spend_minor, [(usd, 12), (eur, 6)].into(), "zeros that are left of yen are nothing");
    let due = RewardCounts { rewards: 3, amount_minor: 10, given_minor: 1 };
    assert_eq!(total.rewards, [((RewardState::Due, usd), due)].into());
}
