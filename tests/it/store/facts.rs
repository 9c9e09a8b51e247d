//! Facts, who stands behind them, and deliveries.

use std::collections::BTreeMap;

use referrald::domain::delivery::{Content, Delivery, Ignored, Route};
use referrald::domain::fact::{
    Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Fact, Refund, RefundStatus, Seen,
};
use referrald::domain::id::ReferralId;
use referrald::domain::money::Currency;
use referrald::domain::spend::FOREVER;
use referrald::domain::time::Time;
use referrald::store::{By, Object, Store, Tx};

use super::{AT, locked, on_both};

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("three letters")
}

fn tag(number: u8) -> ReferralId {
    ReferralId::new(AT, [number; 10])
}

fn seen<V: Ord>(values: impl IntoIterator<Item = V>) -> Seen<V> {
    values.into_iter().zip((0..).map(|second| AT.plus_seconds(second))).collect()
}

/// A charge that says all there is to say.
fn charge(id: &str) -> Charge {
    Charge {
        id: id.to_owned(),
        currency: currency("usd"),
        created_at: AT,
        customer_id: Some("cus_1".to_owned()),
        payment_intent_id: Some("pi_1".to_owned()),
        status: ChargeStatus::Failed,
        amount_minor: 999_999_999_999,
        captured_minor: 500,
        released_minor: 20,
        refunded: seen([20, 120]),
        settlement: Some((480, currency("eur"))),
        balance_transaction_id: Some("txn_1".into()),
        refunds_known_at: Some(AT),
        emails: seen(["ann@example.com".to_owned(), "bén+'\"\\@example.com".to_owned()]),
        referrals: seen([tag(1), tag(2)]),
    }
}

/// One that says as little as can be.
fn bare(id: &str) -> Charge {
    Charge {
        customer_id: None,
        payment_intent_id: None,
        status: ChargeStatus::Pending,
        refunded: Seen::new(),
        settlement: None,
        balance_transaction_id: None,
        refunds_known_at: None,
        emails: Seen::new(),
        referrals: Seen::new(),
        ..charge(id)
    }
}

fn refund(id: &str, charge_id: Option<&str>, status: RefundStatus) -> Refund {
    Refund { id: id.to_owned(), charge_id: charge_id.map(str::to_owned), amount_minor: 7, created_at: AT, status }
}

fn dispute(id: &str, charge_id: Option<&str>, status: DisputeStatus) -> Dispute {
    Dispute { id: id.to_owned(), charge_id: charge_id.map(str::to_owned), amount_minor: 7, created_at: AT, status }
}

fn customer(id: &str) -> Customer {
    let emails = seen(["ann@example.com".to_owned()]);
    let (referrals, linked, created_for) = (seen([tag(3)]), seen([tag(4)]), seen([tag(5)]));
    Customer { id: id.to_owned(), created_at: Some(AT), deleted: true, emails, referrals, linked, created_for }
}

fn checkout(id: &str) -> Checkout {
    Checkout {
        id: id.to_owned(),
        customer_id: Some("cus_1".to_owned()),
        payment_intent_id: Some("pi_1".to_owned()),
        emails: seen(["ann@example.com".to_owned()]),
        referrals: seen([tag(4)]),
        references: seen([tag(4), tag(5)]),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn sorted(mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.sort_by(|a, b| a.id().cmp(b.id()));
    facts
}

/// Everything with these ids, whole.
async fn load(tx: &mut Tx, ledger: i64, ids: &[&str]) -> Vec<Fact> {
    let ids = names(ids);
    let mut facts = tx.charges(ledger, By::Id, &ids, FOREVER).await.expect("loaded");
    facts.extend(tx.refunds(ledger, By::Id, &ids).await.expect("loaded"));
    facts.extend(tx.disputes(ledger, By::Id, &ids).await.expect("loaded"));
    facts.extend(tx.customers(ledger, &ids).await.expect("loaded"));
    facts.extend(tx.checkouts(ledger, By::Id, &ids).await.expect("loaded"));
    for identity in tx.identities_of(ledger, &ids).await.expect("loaded") {
        let of = |fact: &&mut Fact| match fact {
            Fact::Charge(charge) => identity.object == Object::Charge && charge.id == identity.object_id,
            Fact::Customer(customer) => identity.object == Object::Customer && customer.id == identity.object_id,
            Fact::Checkout(checkout) => identity.object == Object::Checkout && checkout.id == identity.object_id,
            Fact::Refund(_) | Fact::Dispute(_) => false,
        };
        if let Some(fact) = facts.iter_mut().find(of) {
            identity.clone().attach(fact);
        }
    }
    sorted(facts)
}

on_both!(a_fact_comes_back_as_it_was_saved_with_every_field_and_with_none);
async fn a_fact_comes_back_as_it_was_saved_with_every_field_and_with_none(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    let facts = vec![
        Fact::Charge(charge("ch_1")),
        Fact::Charge(bare("ch_2")),
        Fact::Checkout(checkout("cs_1")),
        Fact::Checkout(Checkout {
            customer_id: None,
            payment_intent_id: None,
            emails: Seen::new(),
            referrals: Seen::new(),
            references: Seen::new(),
            ..checkout("cs_2")
        }),
        Fact::Customer(customer("cus_1")),
        Fact::Customer(Customer::unknown("cus_2")),
        Fact::Dispute(dispute("dp_1", Some("ch_1"), DisputeStatus::Prevented)),
        Fact::Dispute(dispute("dp_2", None, DisputeStatus::WarningNeedsResponse)),
        Fact::Refund(refund("re_1", Some("ch_1"), RefundStatus::Failed)),
        Fact::Refund(refund("re_2", None, RefundStatus::Pending)),
    ];
    tx.save_facts(row.id, &facts).await.expect("saved");
    tx.commit().await.expect("committed");
    let (mut tx, row) = locked(&store, "shop").await;
    let ids: Vec<&str> = facts.iter().map(Fact::id).collect();
    assert_eq!(load(&mut tx, row.id, &ids).await, facts);
    let (mut tx, other) = {
        drop(tx);
        locked(&store, "other").await
    };
    assert_eq!(load(&mut tx, other.id, &ids).await, [], "another ledger has none of it");
}

on_both!(a_fact_saved_again_is_as_it_was_saved_last);
async fn a_fact_saved_again_is_as_it_was_saved_last(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    tx.save_facts(row.id, &[Fact::Charge(bare("ch_1")), Fact::Refund(refund("re_1", None, RefundStatus::Pending))])
        .await
        .expect("saved");
    let later = [Fact::Charge(charge("ch_1")), Fact::Refund(refund("re_1", Some("ch_1"), RefundStatus::Failed))];
    tx.save_facts(row.id, &later).await.expect("saved");
    assert_eq!(load(&mut tx, row.id, &["ch_1", "re_1"]).await, later);
    let mut earlier = charge("ch_1");
    earlier.emails.values_mut().for_each(|at| *at = Time::from_seconds(1));
    tx.save_facts(row.id, &[Fact::Charge(earlier.clone())]).await.expect("saved");
    assert_eq!(load(&mut tx, row.id, &["ch_1"]).await, [Fact::Charge(earlier)], "the earliest sighting");
}

on_both!(objects_of_two_kinds_may_have_one_id);
async fn objects_of_two_kinds_may_have_one_id(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    let same = [Fact::Charge(charge("x")), Fact::Customer(customer("x")), Fact::Checkout(checkout("x"))];
    tx.save_facts(row.id, &same).await.expect("saved");
    assert_eq!(load(&mut tx, row.id, &["x"]).await, same);
}

on_both!(payments_are_found_by_what_leads_to_them_and_before_a_time);
async fn payments_are_found_by_what_leads_to_them_and_before_a_time(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    let late = Charge { created_at: AT.plus_seconds(1), ..charge("ch_2") };
    let facts = [
        Fact::Charge(charge("ch_1")),
        Fact::Charge(late),
        Fact::Charge(bare("ch_3")),
        Fact::Refund(refund("re_1", Some("ch_1"), RefundStatus::Pending)),
        Fact::Dispute(dispute("dp_1", Some("ch_1"), DisputeStatus::Lost)),
        Fact::Checkout(checkout("cs_1")),
    ];
    tx.save_facts(row.id, &facts).await.expect("saved");
    let found = |facts: Vec<Fact>| sorted(facts).iter().map(|fact| fact.id().to_owned()).collect::<Vec<_>>();
    let (customers, intents, charges) = (names(&["cus_1", "cus_9"]), names(&["pi_1"]), names(&["ch_1", "ch_3"]));
    for (by, list) in [(By::Customer, &customers), (By::Intent, &intents)] {
        assert_eq!(found(tx.charges(row.id, by, list, FOREVER).await.expect("loaded")), ["ch_1", "ch_2"]);
        assert_eq!(found(tx.charges(row.id, by, list, AT.plus_seconds(1)).await.expect("loaded")), ["ch_1"]);
        assert_eq!(found(tx.checkouts(row.id, by, list).await.expect("loaded")), ["cs_1"]);
    }
    assert_eq!(found(tx.refunds(row.id, By::Charge, &charges).await.expect("loaded")), ["re_1"]);
    assert_eq!(found(tx.disputes(row.id, By::Charge, &charges).await.expect("loaded")), ["dp_1"]);
    assert_eq!(tx.charges(row.id, By::Id, &[], FOREVER).await.expect("loaded"), []);
}

on_both!(objects_are_found_by_the_emails_and_referrals_they_were_seen_with);
async fn objects_are_found_by_the_emails_and_referrals_they_were_seen_with(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    let facts = [Fact::Charge(charge("ch_1")), Fact::Customer(customer("cus_1")), Fact::Checkout(checkout("cs_1"))];
    tx.save_facts(row.id, &facts).await.expect("saved");
    for (value, objects) in [
        ("ann@example.com".to_owned(), vec!["ch_1", "cs_1", "cus_1"]),
        (tag(4).to_string(), vec!["cs_1", "cs_1", "cus_1"]),
        (tag(1).to_string(), vec!["ch_1"]),
        ("nobody@example.com".to_owned(), vec![]),
    ] {
        let found = tx.identities_with(row.id, [&value]).await.expect("loaded");
        let mut found: Vec<String> = found.into_iter().map(|identity| identity.object_id).collect();
        found.sort();
        assert_eq!(found, objects, "{value}");
    }
}

on_both!(thousands_are_saved_and_found_in_one_call);
async fn thousands_are_saved_and_found_in_one_call(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    let facts: Vec<Fact> = (0..2_000).map(|number| Fact::Charge(charge(&format!("ch_{number:04}")))).collect();
    tx.save_facts(row.id, &facts).await.expect("saved");
    let ids: Vec<&str> = facts.iter().map(Fact::id).collect();
    assert_eq!(load(&mut tx, row.id, &ids).await, facts);
}

on_both!(a_delivery_is_known_and_recorded_once_it_could_be_read);
async fn a_delivery_is_known_and_recorded_once_it_could_be_read(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    let read = |id: &str, version: Option<&str>| Delivery {
        id: id.to_owned(),
        kind: "charge.succeeded".to_owned(),
        api_version: version.map(str::to_owned),
        created_at: AT,
        route: Route::Call,
        content: Content::Facts(vec![]),
    };
    let ignored = |id: &str| Delivery { content: Content::Ignored(Ignored::Type, "why".to_owned()), ..read(id, None) };
    let ids = names(&["evt_1", "evt_2", "evt_3"]);
    let known =
        |pairs: &[(&str, bool)]| pairs.iter().map(|(id, it)| ((*id).to_owned(), *it)).collect::<BTreeMap<_, _>>();
    tx.save_deliveries(row.id, [(&read("evt_1", Some("2020-08-27")), 1), (&ignored("evt_2"), 2)].into_iter(), AT)
        .await
        .expect("saved");
    assert_eq!(tx.known_deliveries(row.id, &ids).await.expect("asked"), known(&[("evt_1", true), ("evt_2", false)]));
    tx.save_deliveries(row.id, [(&ignored("evt_1"), 3), (&read("evt_2", None), 1)].into_iter(), AT.plus_days(1))
        .await
        .expect("saved");
    assert_eq!(tx.known_deliveries(row.id, &ids).await.expect("asked"), known(&[("evt_1", true), ("evt_2", true)]));
    let rows = tx.rows("select received_at from deliveries", vec![]).await.expect("listed");
    assert!(rows.iter().all(|row| row.time("received_at").expect("a time") == AT), "when it first reached us");
}
