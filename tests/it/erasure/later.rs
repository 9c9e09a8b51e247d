//! What comes of a person after they were erased: it is recorded, and counts for nobody.

use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use referrald::proto::v1::ReferralState;
use referrald::stripe::sample;
use serde_json::Value;

use super::dump::Dump;
use super::{EMAIL, Life, TELLING, erase, life};
use crate::harness::{Payment, Server, both_databases};

/// Everything that Stripe may still tell of Grace, as events of this moment.
fn told_later(server: &Server, life: &Life) -> Vec<(&'static str, Value)> {
    let by_customer = server.charge(Payment::of(EMAIL, 20_000).by("cus_g"));
    let as_guest = server.charge(Payment::of(EMAIL, 20_000));
    let named = server.charge(Payment::of(EMAIL, 20_000).naming(&life.referred[1].id));
    let by_another = server.charge(Payment::of("", 20_000).by("cus_h"));
    let checkout = sample::checkout(sample::Checkout {
        id: "cs_later",
        email: EMAIL,
        amount_minor: 20_000,
        currency: "usd",
        created_at: server.now(),
        customer_id: Some("cus_h"),
        payment_intent_id: Some(&as_guest.payment_intent_id),
        client_reference_id: Some(&life.referred[1].id),
    });
    vec![
        ("charge.succeeded", by_customer.body),
        ("charge.succeeded", as_guest.body),
        ("charge.succeeded", named.body),
        ("charge.succeeded", by_another.body),
        ("customer.updated", sample::customer("cus_g", EMAIL, "Gracia Hopperova", server.now())),
        ("customer.created", sample::customer("cus_h", EMAIL, "Gracia Hopperova", server.now())),
        ("checkout.session.completed", checkout),
        // What was known is told again, in a new event.
        ("charge.updated", life.guest.body.clone()),
        ("charge.updated", life.charge.body.clone()),
    ]
}

async fn deliver_in(server: &Server, life: &Life, reversed: bool) {
    let mut told = told_later(server, life);
    if reversed {
        told.reverse();
    }
    for (kind, object) in told {
        server.deliver(kind, object).await;
    }
}

/// Nobody counts anything new, and nothing tells of Grace.
async fn assert_nothing_new(server: &Server, life: &Life, events: usize) {
    assert_eq!(server.stands(&life.referred[0].id).await, (ReferralState::Disqualified, 11_500));
    assert_eq!(server.stands(&life.referred[1].id).await, (ReferralState::Qualified, 11_500));
    assert_eq!(server.explain(&life.referred[1].id).await.payments.len(), 2);
    assert_eq!(server.events("default", "TEST").await.len(), events, "nothing changed");
    let dump = Dump::of(server).await;
    for telling in TELLING {
        assert_eq!(dump.places_of(telling), Vec::<String>::new(), "{telling}");
    }
}

/// In the second of the erasure and after it, in one order and in the other.
macro_rules! later {
    ($story:ident, $seconds:literal, $reversed:literal) => {
        both_databases!($story);
        async fn $story(server: &Server) {
            let life = life(server).await;
            server.erase(erase()).await;
            let events = server.events("default", "TEST").await.len();
            server.clock.advance_seconds($seconds);
            deliver_in(server, &life, $reversed).await;
            assert_nothing_new(server, &life, events).await;
            let rows = server.app.store.rows("select id from charges where amount_minor = 20000", vec![]).await;
            assert_eq!(rows.expect("charges").len(), 4, "the money is on record");
        }
    };
}
later!(what_comes_in_the_second_of_the_erasure_counts_for_nobody, 0, false);
later!(what_comes_after_the_erasure_counts_for_nobody, 86_400, false);
later!(what_comes_after_the_erasure_counts_for_nobody_in_another_order, 86_400, true);

both_databases!(what_is_replayed_or_called_in_tells_nothing_either);
async fn what_is_replayed_or_called_in_tells_nothing_either(server: &Server) {
    let life = life(server).await;
    let late = server.event("charge.succeeded", false, server.charge(Payment::of(EMAIL, 7_000)).body);
    let known = server.event("charge.succeeded", false, server.charge(Payment::of(EMAIL, 100)).body);
    assert_eq!(server.post_event("default", Mode::Test, &known).await.word(), "recorded");
    let spent = server.stands(&life.referred[1].id).await;
    server.erase(erase()).await;
    let events = server.events("default", "TEST").await.len();
    server.clock.advance_seconds(60);
    assert_eq!(server.post_event("default", Mode::Test, &known).await.word(), "duplicate");
    assert_eq!(server.post_event("default", Mode::Test, &late).await.word(), "recorded");
    let customer = v1::Customer { id: "cus_called".to_owned(), email: EMAIL.to_owned(), ..v1::Customer::default() };
    let fact = v1::Fact { fact: Some(v1::fact::Fact::Customer(customer)) };
    let mut request = crate::errors::facts("default", "evt_called");
    request.deliveries[0].ignored_reason = 0;
    request.deliveries[0].facts = vec![fact];
    let results = server.caller.qualifications().record_facts(request).await.expect("recorded").into_inner().results;
    assert_eq!(results[0].changed_referral_ids, Vec::<String>::new());
    assert_eq!(server.stands(&life.referred[1].id).await, spent, "what was made before and told after does not count");
    assert_eq!(server.events("default", "TEST").await.len(), events);
    let dump = Dump::of(server).await;
    assert!(TELLING.iter().all(|telling| dump.places_of(telling).is_empty()));
}

both_databases!(what_is_taken_from_a_payment_that_counted_still_counts);
async fn what_is_taken_from_a_payment_that_counted_still_counts(server: &Server) {
    let life = life(server).await;
    server.erase(erase()).await;
    server.advance_days(1);
    let refund = server.refund(&life.charge, 2_000).await;
    assert_eq!(server.stands(&life.referred[1].id).await, (ReferralState::Pending, 9_500));
    server.fail(&refund).await;
    assert_eq!(server.stands(&life.referred[1].id).await, (ReferralState::Qualified, 11_500));
    server.dispute(&life.guest, 4_000, server.now(), "needs_response").await;
    assert_eq!(server.stands(&life.referred[1].id).await, (ReferralState::Pending, 7_500));
    let why = server.explain(&life.referred[1].id).await;
    assert!(why.payments.iter().all(|payment| !payment.charge_id.is_empty()), "{why:?}");
    assert_eq!(server.stands(&life.ben.id).await.0, ReferralState::Qualified, "others are as they were");
    let ben = server.pay("ben@example.com", 1_000).await;
    assert!(ben.id.starts_with("ch_"));
    assert_eq!(server.stands(&life.ben.id).await.1, 11_000);
}

both_databases!(an_email_that_nothing_is_known_of_is_not_taken_in_either);
async fn an_email_that_nothing_is_known_of_is_not_taken_in_either(server: &Server) {
    let campaign = server.campaign(crate::harness::RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let receipt = server.erase(erase()).await;
    assert_eq!((receipt.referrals, receipt.customers, receipt.events), (0, 0, 0));
    server.customer("cus_g", EMAIL, server.now()).await;
    server.pay(EMAIL, 1_000).await;
    assert_eq!(Dump::of(server).await.places_of(EMAIL), Vec::<String>::new());
    let ida = server.register(&campaign, &maya, "ida@example.com").await;
    server.pay("ida@example.com", 10_000).await;
    assert_eq!(server.stands(&ida.id).await, (ReferralState::Qualified, 10_000), "nobody else is concerned");
}
