//! What holds for the decision of every history, whatever happened in it.

use proptest::prelude::*;
use referrald::domain::qualification::{Crossing, State};
use referrald::domain::spend::{FOREVER, Net, Payment};
use referrald::domain::time::Time;

use crate::random::Random;
use crate::snapshots;
use crate::truth::{Found, delivered, found};
use crate::world::{DAY, REGISTERED, World};

fn history(seed: u64) -> (World, Found, Random) {
    let mut random = Random::new(seed);
    let world = World::random(&mut random);
    let found = found(&world, &snapshots::facts(&world));
    (world, found, random)
}

/// The net of a payment at the moments around each change, in and out of scope.
fn nets<'a>(world: &'a World, payment: &'a Payment) -> impl Iterator<Item = Net> + 'a {
    let cuts = [Time::from_seconds(REGISTERED + DAY), FOREVER];
    let moments = payment.change_times().flat_map(|at| [at.plus_seconds(-1), at]).chain([FOREVER]);
    moments.flat_map(move |at| cuts.map(|cut| payment.net(&world.rule, at, cut)))
}

proptest! {
    #![proptest_config(crate::cases(1_000))]

    #[test]
    fn the_order_and_the_number_of_deliveries_change_nothing(seed: u64) {
        let (world, first, mut random) = history(seed);
        let facts = snapshots::facts(&world);
        for _ in 0..3 {
            let again = found(&world, delivered(&facts, &mut random));
            prop_assert_eq!(again.decision, first.decision);
            prop_assert_eq!(&again.contributions, &first.contributions);
            prop_assert_eq!(&again.payments, &first.payments, "the facts themselves are the same");
        }
    }

    #[test]
    fn what_is_left_of_a_charge_lies_between_nothing_and_what_was_captured(seed: u64) {
        let (world, found, _) = history(seed);
        for payment in &found.payments {
            for net in nets(&world, payment) {
                let parts = [net.net_minor, net.refunded_minor, net.disputed_minor];
                prop_assert!(parts.iter().all(|part| (0..=payment.charge.captured_minor).contains(part)));
                prop_assert!(net == Net::default() || parts.iter().sum::<i64>() == payment.charge.captured_minor);
            }
        }
    }

    #[test]
    fn contributions_add_up_to_the_spend_and_each_counts_or_says_why_not(seed: u64) {
        let (_, found, _) = history(seed);
        let counted: i64 = found.contributions.iter().map(|contribution| contribution.counted_minor).sum();
        prop_assert_eq!(counted, found.decision.spend_minor);
        prop_assert_eq!(found.contributions.len(), found.payments.len());
        for contribution in &found.contributions {
            prop_assert_eq!(contribution.counted_minor == 0, contribution.reason.is_some());
        }
    }

    #[test]
    fn the_steps_lead_to_the_spend_and_cross_the_target_when_the_decision_says(seed: u64) {
        let (world, found, _) = history(seed);
        let decision = found.decision;
        prop_assert_eq!(found.steps.last().map_or(0, |(step, _)| step.spend_minor), decision.spend_minor);
        prop_assert!(found.steps.is_sorted_by_key(|(step, _)| step.effect.at));
        for pair in found.steps.windows(2) {
            let [(step, counted), (next, _)] = pair else { unreachable!("two") };
            prop_assert_eq!(next.spend_minor - step.spend_minor, next.effect.change_minor);
            prop_assert!(step.effect.at == next.effect.at || step.spend_minor == *counted, "{:?}: {}", step, counted);
        }
        for (step, _) in &found.steps {
            prop_assert_eq!(step.effect.change_minor == 0, step.effect.idle.is_some());
        }
        let crossed = found.steps.iter().rev().find_map(|(step, _)| Some((step.effect.at, step.crossing?)));
        let crossed = crossed.map(|(at, crossing)| (at.max(Time::from_seconds(REGISTERED)), crossing));
        if world.manual.is_none() && !matches!(decision.state, State::Disqualified(_)) && !world.check_outstanding {
            let reached = decision.qualified_at.map(|at| (at, Crossing::Reached));
            let lost = decision.unqualified.map(|lost| (lost.at, Crossing::Lost));
            prop_assert_eq!(crossed, reached.or(lost));
        }
    }

    #[test]
    fn a_qualified_referral_has_reached_the_target_and_has_a_time(seed: u64) {
        let (world, found, _) = history(seed);
        let decision = found.decision;
        let qualified = decision.state == State::Qualified;
        prop_assert_eq!(qualified, decision.qualified_at.is_some());
        prop_assert!(!qualified || decision.unqualified.is_none());
        prop_assert!(!qualified || world.manual.is_some() || world.rule.is_met_by(decision.spend_minor));
        prop_assert!(decision.qualified_at >= qualified.then_some(Time::from_seconds(REGISTERED)));
    }
}
