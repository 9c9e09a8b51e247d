//! Joining is commutative, associative and idempotent, for each kind of fact and for every field of it.

use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use referrald::domain::fact::{
    Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Refund, RefundStatus, Seen,
};
use referrald::domain::id::ReferralId;
use referrald::domain::money::Currency;
use referrald::domain::time::Time;

/// Few values each, so that facts agree and clash often.
fn amount() -> impl Strategy<Value = i64> {
    0..4_i64
}

fn time() -> impl Strategy<Value = Time> {
    (0..4_i64).prop_map(Time::from_seconds)
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["eur", "usd"]).prop_map(|code| Currency::known(code).expect(code))
}

fn referrals() -> impl Strategy<Value = Seen<ReferralId>> {
    let id = (0..3_u8).prop_map(|n| ReferralId::new(Time::from_seconds(1), [n; 10]));
    btree_map(id, time(), 0..3)
}

fn emails() -> impl Strategy<Value = Seen<String>> {
    btree_map(name(), time(), 0..3)
}

fn charge() -> impl Strategy<Value = Charge> {
    use ChargeStatus::{Failed, Pending, Succeeded};
    let status = prop::sample::select(vec![Pending, Succeeded, Failed]);
    let settled = (option::of((amount(), currency())), option::of(name()), option::of(time()));
    let ids = (option::of(name()), option::of(name()), settled);
    let amounts = (amount(), amount(), amount(), btree_map(amount(), time(), 0..3));
    (currency(), time(), status, ids, amounts, emails(), referrals()).prop_map(
        |(currency, created_at, status, ids, amounts, emails, referrals)| Charge {
            id: "ch_1".into(),
            currency,
            created_at,
            customer_id: ids.0,
            payment_intent_id: ids.1,
            status,
            amount_minor: amounts.0,
            captured_minor: amounts.1,
            released_minor: amounts.2,
            refunded: amounts.3,
            settlement: ids.2.0,
            balance_transaction_id: ids.2.1,
            refunds_known_at: ids.2.2,
            emails,
            referrals,
        },
    )
}

fn refund() -> impl Strategy<Value = Refund> {
    use RefundStatus::{Failed, Pending, Succeeded};
    let status = prop::sample::select(vec![Pending, Succeeded, Failed]);
    (option::of(name()), amount(), time(), status).prop_map(|(charge_id, amount_minor, created_at, status)| Refund {
        id: "re_1".into(),
        charge_id,
        amount_minor,
        created_at,
        status,
    })
}

fn dispute() -> impl Strategy<Value = Dispute> {
    use DisputeStatus::*;
    let status = prop::sample::select(vec![
        WarningNeedsResponse,
        WarningUnderReview,
        WarningClosed,
        NeedsResponse,
        UnderReview,
        Lost,
        Won,
        Prevented,
    ]);
    (option::of(name()), amount(), time(), status).prop_map(|(charge_id, amount_minor, created_at, status)| Dispute {
        id: "dp_1".into(),
        charge_id,
        amount_minor,
        created_at,
        status,
    })
}

fn customer() -> impl Strategy<Value = Customer> {
    let ids = || (referrals(), referrals(), referrals());
    (option::of(time()), any::<bool>(), emails(), ids()).prop_map(|(created_at, deleted, emails, ids)| {
        let (referrals, linked, created_for) = ids;
        Customer { id: "cus_1".into(), created_at, deleted, emails, referrals, linked, created_for }
    })
}

fn checkout() -> impl Strategy<Value = Checkout> {
    (option::of(name()), option::of(name()), emails(), referrals(), referrals()).prop_map(
        |(customer_id, payment_intent_id, emails, referrals, references)| Checkout {
            id: "cs_1".into(),
            customer_id,
            payment_intent_id,
            emails,
            referrals,
            references,
        },
    )
}

fn joins<F: Clone + PartialEq + std::fmt::Debug>([a, b, c]: [F; 3], merge: fn(&mut F, &F)) {
    let join = |mut mine: F, other: &F| {
        merge(&mut mine, other);
        mine
    };
    let ab = join(a.clone(), &b);
    assert_eq!(ab, join(b.clone(), &a), "commutative");
    assert_eq!(join(ab.clone(), &c), join(a.clone(), &join(b.clone(), &c)), "associative");
    assert_eq!(join(a.clone(), &a), a, "idempotent");
    assert_eq!(join(join(ab.clone(), &a), &b), ab, "and so a known one changes nothing");
}

proptest! {
    #![proptest_config(crate::cases(500))]

    #[test]
    fn charges_join(three in [charge(), charge(), charge()]) {
        joins(three, Charge::merge);
    }

    #[test]
    fn refunds_join(three in [refund(), refund(), refund()]) {
        joins(three, Refund::merge);
    }

    #[test]
    fn disputes_join(three in [dispute(), dispute(), dispute()]) {
        joins(three, Dispute::merge);
    }

    #[test]
    fn customers_join(three in [customer(), customer(), customer()]) {
        joins(three, Customer::merge);
    }

    #[test]
    fn checkouts_join(three in [checkout(), checkout(), checkout()]) {
        joins(three, Checkout::merge);
    }
}
