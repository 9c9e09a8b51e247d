//! What rules come to, referrer by referrer.

use std::sync::Arc;

use super::*;

/// The nth referral of a referrer: qualified on that day with so much, and these payments since then.
fn earner(referrer: u8, n: u8, qualified: Option<i64>, spent_minor: i64, left: &[i64]) -> Earner {
    let charge = |position: usize| format!("ch_{n}_{position}");
    let paid = |position: usize| (day(i64::from(n) + i64::try_from(position).expect("few")), charge(position));
    Earner {
        standing: Standing {
            referral_id: referral(n),
            campaign_id: CampaignId::new(REGISTERED, [2; 10]),
            referrer_id: ReferrerId::new(REGISTERED, [referrer; 10]),
            currency: currency("usd"),
            registered_at: Some(REGISTERED),
            qualified_at: qualified.map(day),
            payments: (0..left.len()).map(paid).collect(),
            is_erased: false,
            is_referrer_erased: false,
        },
        spent_minor,
        left_minor: left.iter().enumerate().map(|(position, minor)| (charge(position), *minor)).collect(),
    }
}

/// Number and amount of the rewards under one rule.
fn cost(terms: Terms, earners: &[Earner]) -> (u64, i64) {
    let mut costs = Costs::new(Arc::new([rule(terms)]));
    for earner in earners {
        costs.add(earner);
    }
    let sums = costs.sums();
    assert!(sums.len() <= 1, "one rule and one currency: {sums:?}");
    sums.into_values().next().map_or((0, 0), |owed| (owed.count, owed.amount_minor))
}

/// Two referrers, with three and two who qualified, and one who did not.
fn earners() -> Vec<Earner> {
    vec![
        earner(1, 1, Some(1), 10_000, &[5_000, 5_000]),
        earner(1, 2, None, 900, &[]),
        earner(1, 3, Some(3), 20_000, &[100]),
        earner(1, 4, Some(4), 30_000, &[40_000]),
        earner(2, 5, Some(5), 10_001, &[10_001]),
        earner(2, 6, Some(6), 10_000, &[]),
    ]
}

#[test]
fn what_each_referral_earns_is_added_up() {
    assert_eq!(cost(terms(), &earners()), (5, 2_500));
    assert_eq!(cost(Terms { kind: custom(), ..terms() }, &earners()), (5, 0));
    let share = Terms { kind: share(1_000, Some(1_500)), ..terms() };
    assert_eq!(cost(share, &earners()), (5, 1_000 + 1_500 + 1_500 + 1_000 + 1_000), "each rounded down, in its cap");
    let referred = Terms { role: Role::Referred, trigger: Trigger::Registered, ..terms() };
    assert_eq!(cost(referred, &earners()), (6, 3_000), "who has not qualified is registered too");
}

#[test]
fn who_was_erased_costs_nothing_more() {
    let mut erased = earners();
    for earner in &mut erased[..4] {
        earner.standing.is_referrer_erased = true;
    }
    assert_eq!(cost(terms(), &erased), (2, 1_000));
    assert_eq!(cost(Terms { role: Role::Referred, ..terms() }, &erased), (5, 2_500), "the others are still there");
}

#[test]
fn numbers_are_counted_for_each_referrer() {
    let every = |n| Terms { pattern: Pattern::Every(n), ..terms() };
    assert_eq!(cost(every(2), &earners()), (2, 1_000), "three and two make one each");
    assert_eq!(cost(every(3), &earners()), (1, 500));
    let milestones = Terms { pattern: Pattern::Milestones([1, 3].into()), ..terms() };
    assert_eq!(cost(milestones.clone(), &earners()), (3, 1_500));
    assert_eq!(cost(Terms { limit_per_recipient: Some(1), ..milestones }, &earners()), (2, 1_000));
}

#[test]
fn a_limit_leaves_the_earliest() {
    let limited = |kind| Terms { kind, limit_per_recipient: Some(2), ..terms() };
    assert_eq!(cost(limited(custom()), &earners()), (4, 0));
    assert_eq!(cost(limited(share(1_000, None)), &earners()), (4, 1_000 + 2_000 + 1_000 + 1_000));
}

#[test]
fn payments_take_their_part_of_a_cap_in_their_order() {
    let paid = |payments_max, limit_per_recipient, kind| {
        let trigger = Trigger::Payment { payments_max, payment_days: None };
        cost(Terms { trigger, kind, limit_per_recipient, ..terms() }, &earners())
    };
    assert_eq!(paid(9, None, share(1_000, None)), (5, 500 + 500 + 10 + 4_000 + 1_000));
    assert_eq!(paid(1, None, share(1_000, None)), (4, 500 + 10 + 4_000 + 1_000));
    assert_eq!(paid(9, None, share(1_000, Some(700))), (5, 500 + 200 + 10 + 700 + 700));
    assert_eq!(paid(9, Some(2), share(1_000, Some(700))), (3, 500 + 200 + 700), "two of the first referrer");
}

#[test]
fn the_sums_are_those_of_what_is_earned() {
    let all = earners();
    let of = |referrer: u8| {
        all.iter().filter(move |earner| {
            earner.standing.referrer_id.to_string().contains(&format!("{referrer:02x}").repeat(10))
        })
    };
    for terms in [
        Terms { limit_per_recipient: Some(2), ..terms() },
        Terms { pattern: Pattern::Every(2), ..terms() },
        Terms {
            trigger: Trigger::Payment { payments_max: 1, payment_days: None },
            limit_per_recipient: Some(2),
            ..terms()
        },
    ] {
        let mut wanted = 0;
        for referrer in [1, 2] {
            let mut merits = Merits::default();
            for Earner { standing, .. } in of(referrer) {
                let one = Merits::of(standing);
                merits.qualified.extend(one.qualified);
                merits.registered.extend(one.registered);
                merits.payments.extend(one.payments);
            }
            wanted += earned(&rule(terms.clone()), &merits, &BTreeSet::new()).len() as u64;
        }
        assert_eq!(cost(terms.clone(), &all).0, wanted, "{terms:?}");
    }
}
