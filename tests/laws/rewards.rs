//! What holds for every rule and whatever people did: what is earned, and what becomes of a reward.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use referrald::domain::id::{CampaignId, ReferralId, ReferrerId, RewardId, RewardRuleId};
use referrald::domain::money::Currency;
use referrald::domain::reward::{
    Amount, Cause, Earning, Issue, Kind, Merits, Outcome, Pattern, Reason, Recipient, Reward, RewardRule, Role, State,
    Terms, Trigger, earned,
};
use referrald::domain::time::Time;

use crate::random::Random;

fn day(day: i64) -> Time {
    Time::from_seconds(1_767_225_600).plus_days(day)
}

fn referral(n: u8) -> ReferralId {
    ReferralId::new(day(0), [n; 10])
}

fn rule(random: &mut Random) -> RewardRule {
    let payment =
        Trigger::Payment { payments_max: random.pick(&[1, 2, 3]), payment_days: random.pick(&[None, Some(4)]) };
    let trigger = random.pick(&[Trigger::Qualified, Trigger::Qualified, payment]);
    let every_first = trigger != Trigger::Qualified || random.percent(50);
    let pattern = match every_first {
        true => Pattern::Every(1),
        false if random.percent(50) => Pattern::Every(random.pick(&[2, 3])),
        false => Pattern::Milestones([1, 3, 4].into()),
    };
    let kind = Kind::Credit(Amount::Fixed(500));
    let limit_per_recipient = random.pick(&[None, Some(1), Some(3)]);
    RewardRule {
        id: RewardRuleId::new(day(0), [1; 10]),
        display_name: None,
        terms: Terms { role: Role::Referrer, trigger, pattern, kind, limit_per_recipient, hold_days: 0 },
        auto_issue: random.percent(50),
        currency: Currency::parse("eur").expect("three letters"),
        effective_from: random.pick(&[None, None, Some(day(2))]),
        retired_at: random.pick(&[None, None, Some(day(7))]),
    }
}

fn merits(random: &mut Random) -> Merits {
    let mut merits = Merits::default();
    for n in 1..=u8::try_from(random.below(8)).expect("few") {
        merits.qualified.insert(referral(n), day(random.between(0, 9)));
        let paid = (0..random.below(5)).map(|p| (day(random.between(0, 9)), format!("ch_{n}_{p}"))).collect();
        merits.payments.insert(referral(n), paid);
    }
    merits
}

/// A part of the causes, and some that never were.
fn some(causes: &BTreeSet<Cause>, random: &mut Random) -> BTreeSet<Cause> {
    let mut some: BTreeSet<Cause> = causes.iter().filter(|_| random.percent(40)).cloned().collect();
    some.insert(Cause::Charge("ch_gone".to_owned()));
    some
}

fn without_limit(rule: &RewardRule) -> RewardRule {
    RewardRule { terms: Terms { limit_per_recipient: None, ..rule.terms.clone() }, ..rule.clone() }
}

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn nobody_earns_more_than_the_limits_allow(seed: u64) {
        let mut random = Random::new(seed);
        let (rule, merits) = (rule(&mut random), merits(&mut random));
        let all = earned(&without_limit(&rule), &merits, &BTreeSet::new());
        let earned = earned(&rule, &merits, &some(&all, &mut random));
        prop_assert!(earned.len() <= rule.terms.limit_per_recipient.unwrap_or(u32::MAX) as usize);
        if let Trigger::Payment { payments_max, .. } = rule.terms.trigger {
            let mut of_each: BTreeMap<&str, u32> = BTreeMap::new();
            for cause in &earned {
                let Cause::Charge(charge) = cause else { panic!("a payment has a charge") };
                *of_each.entry(charge.rsplit_once('_').expect("two parts").0).or_default() += 1;
            }
            prop_assert!(of_each.values().all(|number| *number <= payments_max));
        }
    }

    #[test]
    fn what_was_issued_and_still_holds_stands_before_all_else(seed: u64) {
        let mut random = Random::new(seed);
        let (rule, merits) = (rule(&mut random), merits(&mut random));
        let first = earned(&rule, &merits, &BTreeSet::new());
        let issued = some(&first, &mut random);
        let later = Merits { qualified: merits.qualified.iter().map(|(id, at)| (*id, *at)).chain([(referral(9), day(0))]).collect(), ..merits };
        let now = earned(&rule, &later, &issued);
        for cause in issued.intersection(&first) {
            prop_assert!(now.contains(cause), "{:?} {:?}", cause, rule);
        }
        prop_assert!(now.iter().all(|cause| *cause != Cause::Charge("ch_gone".to_owned())), "what never was is not kept");
    }

    #[test]
    fn one_more_merit_never_earns_less(seed: u64) {
        let mut random = Random::new(seed);
        let (rule, merits) = (rule(&mut random), merits(&mut random));
        let before = earned(&rule, &merits, &BTreeSet::new()).len();
        let mut more = merits;
        let id = referral(9);
        more.qualified.insert(id, day(random.between(0, 9)));
        more.payments.insert(id, [(day(random.between(0, 9)), "ch_9_0".to_owned())].into());
        prop_assert!(earned(&rule, &more, &BTreeSet::new()).len() >= before);
    }

    #[test]
    fn what_is_earned_stays_so_once_it_is_issued(seed: u64) {
        let mut random = Random::new(seed);
        let (rule, merits) = (rule(&mut random), merits(&mut random));
        let all = earned(&without_limit(&rule), &merits, &BTreeSet::new());
        let first = earned(&rule, &merits, &some(&all, &mut random));
        prop_assert_eq!(earned(&rule, &merits, &first), first);
    }

    #[test]
    fn however_it_comes_about_what_is_out_is_what_was_given_less_what_was_taken(seed: u64) {
        let mut random = Random::new(seed);
        let rule = rule(&mut random);
        let mut reward = new(&rule);
        let mut stripe = Balance { holds: 0 };
        for step in 0..40 {
            let before = reward.clone();
            reward = stripe.step(&before, &rule, &mut random, day(step));
            prop_assert_eq!(reward.given_minor, stripe.holds, "{:?} after {:?}", reward, before);
            prop_assert!((0..=500).contains(&reward.given_minor));
            prop_assert!(reward.round >= before.round && reward.revision >= before.revision);
            prop_assert_eq!(reward == before, reward.revision == before.revision);
            prop_assert!(reward.round == before.round || before.state != State::Issuing, "one attempt is one round");
            let gone = before.reason == Some(Reason::Operator);
            prop_assert!(!gone || reward.reason == Some(Reason::Operator), "what an operator called off stays so");
        }
    }
}

fn new(rule: &RewardRule) -> Reward {
    let earning = Earning {
        recipient: Recipient::Referrer(ReferrerId::new(day(0), [3; 10])),
        cause: Cause::Slot(1),
        paid_at: None,
        referral_id: None,
        spent_in: rule.currency,
    };
    Reward::new(RewardId::new(day(0), [4; 10]), CampaignId::new(day(0), [5; 10]), rule, earning, day(0))
}

/// What the recipient has at Stripe of one reward.
struct Balance {
    holds: i64,
}

impl Balance {
    /// Something happens to a reward: to its cause, by hand, or at Stripe.
    fn step(&mut self, reward: &Reward, rule: &RewardRule, random: &mut Random, now: Time) -> Reward {
        match random.below(8) {
            0 | 1 => settled(reward, rule, true, now),
            2 => settled(reward, rule, false, now),
            3 => reward.approve(rule, now).unwrap_or_else(|_| reward.clone()),
            4 if random.percent(20) => {
                let taken = matches!(reward.state, State::ReversalDue)
                    || reward.state == State::Failed && reward.reason.is_some();
                let canceled = reward.cancel(rule, "by hand".to_owned(), now);
                if taken && canceled.is_ok() {
                    self.holds = 0;
                }
                canceled.unwrap_or_else(|_| reward.clone())
            }
            5 => reward.retry(rule, now).unwrap_or_else(|_| reward.clone()),
            _ => self.answered(reward, rule, random, now),
        }
    }

    /// What is under way at Stripe comes to an end, one way or another.
    fn answered(&mut self, reward: &Reward, rule: &RewardRule, random: &mut Random, now: Time) -> Reward {
        let outcome = match reward.state {
            State::Issuing if random.percent(60) => {
                let amount_minor = reward.rest_minor();
                self.holds += amount_minor.expect("a credit");
                Outcome::Issued(Issue { amount_minor, ..Issue::default() })
            }
            State::Issuing if random.percent(50) => Outcome::AwaitingCustomer { email: "ada@example.com".to_owned() },
            State::Reversing if random.percent(60) => {
                let taken_minor = std::mem::take(&mut self.holds);
                Outcome::Reversed { taken_minor }
            }
            State::Reversing if random.percent(60) => {
                let taken_minor = random.between(0, self.holds);
                self.holds -= taken_minor;
                Outcome::ReversalDue { taken_minor, detail: "it was spent".to_owned() }
            }
            State::Issuing | State::Reversing => Outcome::Failed { detail: "no".to_owned(), sent: random.percent(50) },
            _ => return reward.look_again(now),
        };
        let done = reward.finished(outcome, now).expect("it is under way");
        settled(&done, rule, done.unearned_at.is_none(), now)
    }
}

/// The reward once it is known whether its cause holds, and on its way where nothing stops it.
fn settled(reward: &Reward, rule: &RewardRule, earned: bool, now: Time) -> Reward {
    let settled = reward.settle(rule, earned, now);
    settled.released(rule, now).unwrap_or(settled)
}
