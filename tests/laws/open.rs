//! What events of old API versions leave open about refunds: wherever it is not said to be open, what counts is the truth.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use referrald::domain::attribution::Claim;
use referrald::domain::fact::{Charge, ChargeStatus, Refund, RefundStatus, Seen};
use referrald::domain::money::Currency;
use referrald::domain::rule::Rule;
use referrald::domain::spend::{FOREVER, Ownership, Payment};
use referrald::domain::time::Time;

/// A refund as it truly was: how long after the one before, how much, after how long it failed, if it did, and whether
/// its object is told. Of one that fails it always is.
#[derive(Clone, Debug)]
struct Truth {
    after: i64,
    minor: i64,
    fails_after: Option<i64>,
    told: bool,
}

fn truth() -> impl Strategy<Value = Truth> {
    let amount = prop::sample::select(vec![100, 200, 300]);
    (0..3_i64, amount, option::of(0..6_i64), any::<bool>()).prop_map(|(after, minor, fails_after, told)| Truth {
        after,
        minor,
        fails_after,
        told,
    })
}

fn currency() -> Currency {
    Currency::known("eur").expect("euros")
}

/// When each was made.
fn made(truths: &[Truth]) -> Vec<i64> {
    let mut at = 10;
    let later = |truth: &Truth| {
        at += truth.after;
        at
    };
    truths.iter().map(later).collect()
}

/// The charge as its events show it. The amount has a failed refund in until it fails, or, where `keeps` says so, for ever.
fn charge(truths: &[Truth], keeps: bool) -> Charge {
    let (made, mut refunded) = (made(truths), Seen::new());
    for (position, at) in made.iter().enumerate() {
        let stands = |(truth, made_at): (&Truth, &i64)| {
            let failed = truth.fails_after.is_some_and(|after| made_at + after <= *at);
            if failed && !keeps { 0 } else { truth.minor }
        };
        let shown: i64 = truths[..=position].iter().zip(&made).map(stands).sum();
        if shown > 0 {
            refunded.entry(shown).or_insert(Time::from_seconds(*at));
        }
    }
    Charge {
        id: "ch_1".into(),
        currency: currency(),
        created_at: Time::from_seconds(1),
        customer_id: None,
        payment_intent_id: None,
        status: ChargeStatus::Succeeded,
        amount_minor: 10_000,
        captured_minor: 10_000,
        released_minor: 0,
        refunded,
        settlement: None,
        balance_transaction_id: None,
        refunds_known_at: None,
        emails: Seen::new(),
        referrals: Seen::new(),
    }
}

fn payment(charge: Charge, truths: &[Truth], is_told: impl Fn(&Truth) -> bool) -> Payment {
    let object = |(position, (truth, at)): (usize, (&Truth, i64))| Refund {
        id: format!("re_{position}"),
        charge_id: Some("ch_1".into()),
        amount_minor: truth.minor,
        created_at: Time::from_seconds(at),
        status: if truth.fails_after.is_some() { RefundStatus::Failed } else { RefundStatus::Succeeded },
    };
    let objects = truths.iter().zip(made(truths)).enumerate().filter(|(_, (truth, _))| is_told(truth)).map(object);
    let (claim, ownership) = (Claim::ChargeMetadata, Ownership::Own);
    Payment { charge, refunds: objects.collect(), disputes: vec![], claim, ownership }
}

fn counted(payment: &Payment) -> i64 {
    payment.net(&Rule::new(currency(), 1, 1), FOREVER, FOREVER).refunded_minor
}

proptest! {
    #![proptest_config(super::cases(20_000))]

    #[test]
    fn what_is_not_open_is_the_truth_and_nothing_is_open_once_the_source_was_asked(
        truths in vec(truth(), 0..5),
        keeps in any::<bool>(),
    ) {
        let given_back: i64 =
            truths.iter().filter(|truth| truth.fails_after.is_none()).map(|truth| truth.minor).sum();
        let charge = charge(&truths, keeps);
        let told = payment(charge.clone(), &truths, |truth| truth.told || truth.fails_after.is_some());
        prop_assert!(counted(&told) <= given_back, "never too much");
        prop_assert!(told.is_ambiguous() || counted(&told) == given_back, "{told:?}");
        let failed = truths.iter().any(|truth| truth.fails_after.is_some());
        prop_assert!(failed || !told.is_ambiguous(), "only a failed refund leaves something open");

        let asked = Charge { refunds_known_at: Some(Time::from_seconds(100)), ..charge };
        let known = payment(asked, &truths, |_| true);
        prop_assert_eq!((known.is_ambiguous(), counted(&known)), (false, given_back));
    }
}
