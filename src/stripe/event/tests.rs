//! What events say, by a table of bodies that differ from a whole one in a field or two.

use serde_json::{Value, json};

use super::super::{EVENT_TYPES, sample};
use super::*;
use crate::domain::fact::{Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Refund, RefundStatus};
use crate::domain::id::ReferralId;
use crate::domain::money::Currency;

const MADE: Time = Time::from_seconds(1_795_000_000);
const SEEN: Time = Time::from_seconds(1_795_000_060);

fn charge_body() -> Value {
    sample::charge(sample::Charge {
        id: "ch_1",
        amount_minor: 5000,
        currency: "eur",
        created_at: MADE,
        customer_id: Some("cus_1"),
        payment_intent_id: Some("pi_1"),
        email: Some("Ada@Example.com"),
        captured_minor: 5000,
        refunded_minor: 0,
    })
}

fn delivered(kind: &str, object: Value) -> Delivery {
    let body = sample::event("evt_1", kind, SEEN, false, object).to_string();
    read(body.as_bytes()).expect("an event").delivery
}

fn facts_of(kind: &str, object: Value) -> Vec<Fact> {
    match delivered(kind, object).content {
        Content::Facts(facts) => facts,
        Content::Ignored(why, detail) => panic!("{kind} is ignored: {why:?} {detail}"),
    }
}

fn charge_of(kind: &str, object: Value) -> Charge {
    match facts_of(kind, object).swap_remove(0) {
        Fact::Charge(charge) => charge,
        other => panic!("no charge: {other:?}"),
    }
}

fn unreadable(kind: &str, object: Value) -> String {
    match delivered(kind, object).content {
        Content::Ignored(Ignored::Unreadable, detail) => detail,
        other => panic!("{kind} is read: {other:?}"),
    }
}

fn with(mut object: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("fields") };
    for (field, value) in changes {
        object[field] = value;
    }
    object
}

fn without(mut object: Value, field: &str) -> Value {
    object.as_object_mut().expect("an object").remove(field);
    object
}

fn referral_id() -> ReferralId {
    ReferralId::new(MADE, [9; 10])
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

#[test]
fn a_charge_says_who_paid_how_much_and_when() {
    let body = with(charge_body(), json!({ "metadata": { "referral_id": referral_id().to_string() } }));
    let charge = charge_of("charge.succeeded", with(body, json!({ "receipt_email": "billing@example.com" })));
    let emails = [("ada@example.com".into(), SEEN), ("billing@example.com".into(), SEEN)].into();
    let expected = Charge {
        id: "ch_1".into(),
        currency: currency("eur"),
        created_at: MADE,
        customer_id: Some("cus_1".into()),
        payment_intent_id: Some("pi_1".into()),
        status: ChargeStatus::Succeeded,
        amount_minor: 5000,
        captured_minor: 5000,
        released_minor: 0,
        refunded: [].into(),
        settlement: None,
        balance_transaction_id: None,
        refunds_known_at: None,
        emails,
        referrals: [(referral_id(), SEEN)].into(),
    };
    assert_eq!(charge, expected);
}

#[test]
fn an_envelope_says_what_it_is_and_whose() {
    let event = sample::event("evt_1", "charge.succeeded", SEEN, true, charge_body());
    let event = read(with(event, json!({ "account": "acct_1" })).to_string().as_bytes()).expect("an event");
    let delivery = &event.delivery;
    assert_eq!((delivery.id.as_str(), delivery.kind.as_str()), ("evt_1", "charge.succeeded"));
    assert_eq!((delivery.api_version.as_deref(), delivery.created_at), (Some(sample::API_VERSION), SEEN));
    assert_eq!((event.livemode, event.account.as_deref()), (Some(true), Some("acct_1")));
}

#[test]
fn only_captured_money_counts_as_captured_and_as_given_back() {
    for (changes, captured, refunded) in [
        (json!({}), 5000, None),
        (json!({ "amount_captured": 3000 }), 3000, None),
        (json!({ "amount_captured": null }), 5000, None),
        (json!({ "amount_refunded": 1500 }), 5000, Some(1500)),
        (json!({ "captured": false, "amount_captured": 0 }), 0, None),
        (json!({ "captured": false, "amount_captured": null, "amount_refunded": 5000 }), 0, None),
    ] {
        let charge = charge_of("charge.refunded", with(charge_body(), changes.clone()));
        let shown = refunded.map(|minor| (minor, SEEN)).into_iter().collect();
        assert_eq!((charge.captured_minor, charge.refunded), (captured, shown), "{changes}");
        assert_eq!(charge.released_minor, 0, "only a capture releases");
    }
    let old = charge_of("charge.succeeded", without(charge_body(), "amount_captured"));
    assert_eq!(old.captured_minor, 5000, "before amount_captured there was");
    let partial = without(with(charge_body(), json!({ "amount_refunded": 2000 })), "amount_captured");
    let partial = charge_of("charge.captured", partial);
    assert_eq!((partial.captured_minor, partial.released_minor), (5000, 0), "the rest was given back, and 3000 count");
}

#[test]
fn what_a_capture_gives_back_is_a_release() {
    let partial = with(charge_body(), json!({ "amount_captured": 3000, "amount_refunded": 2000 }));
    assert_eq!(charge_of("charge.captured", partial).released_minor, 2000);
}

#[test]
fn refunds_within_a_charge_are_facts_of_their_own() {
    let refund = |id: &str| without(sample::refund(id, "ch_1", 700, "eur", MADE, "succeeded"), "charge");
    let list = json!({ "object": "list", "data": [refund("re_1"), refund("re_2")] });
    for refunds in [list, json!([refund("re_1"), refund("re_2")])] {
        let facts = facts_of("charge.refunded", with(charge_body(), json!({ "refunds": refunds })));
        assert_eq!(facts.iter().map(Fact::id).collect::<Vec<_>>(), ["ch_1", "re_1", "re_2"]);
        assert!(matches!(&facts[2], Fact::Refund(Refund { charge_id: Some(charge), .. }) if charge == "ch_1"));
    }
    let many = json!({ "data": vec![refund("re_1"); 500] });
    assert_eq!(facts_of("charge.refunded", with(charge_body(), json!({ "refunds": many }))).len(), 100);
}

#[test]
fn an_id_may_be_the_object_itself() {
    let expanded = json!({
        "customer": { "id": "cus_9", "object": "customer" },
        "payment_intent": { "id": "pi_9" },
        "balance_transaction": { "id": "txn_9", "amount": 5300, "currency": "usd" },
    });
    let charge = charge_of("charge.updated", with(charge_body(), expanded));
    assert_eq!((charge.customer_id.as_deref(), charge.payment_intent_id.as_deref()), (Some("cus_9"), Some("pi_9")));
    assert_eq!(charge.settlement, Some((5300, currency("usd"))));
    assert_eq!(charge.balance_transaction_id.as_deref(), Some("txn_9"));
    let told = charge_of("charge.updated", with(charge_body(), json!({ "balance_transaction": "txn_9" })));
    assert_eq!((told.settlement, told.balance_transaction_id.as_deref()), (None, Some("txn_9")));
}

#[test]
fn every_documented_status_is_known() {
    use DisputeStatus as D;
    use RefundStatus as R;
    for (word, status) in [
        ("pending", ChargeStatus::Pending),
        ("succeeded", ChargeStatus::Succeeded),
        ("paid", ChargeStatus::Succeeded),
        ("failed", ChargeStatus::Failed),
    ] {
        assert_eq!(charge_of("charge.updated", with(charge_body(), json!({ "status": word }))).status, status);
    }
    for (word, status) in [
        ("pending", R::Pending),
        ("requires_action", R::Pending),
        ("succeeded", R::Succeeded),
        ("failed", R::Failed),
        ("canceled", R::Failed),
    ] {
        let facts = facts_of("refund.updated", sample::refund("re_1", "ch_1", 1, "eur", MADE, word));
        assert!(matches!(&facts[..], [Fact::Refund(refund)] if refund.status == status), "{word}");
    }
    for (word, status) in [
        ("warning_needs_response", D::WarningNeedsResponse),
        ("warning_under_review", D::WarningUnderReview),
        ("warning_closed", D::WarningClosed),
        ("needs_response", D::NeedsResponse),
        ("under_review", D::UnderReview),
        ("lost", D::Lost),
        ("won", D::Won),
        ("charge_refunded", D::Won),
        ("prevented", D::Prevented),
    ] {
        let facts = facts_of("charge.dispute.updated", sample::dispute("du_1", "ch_1", 1, "eur", MADE, word));
        assert!(matches!(&facts[..], [Fact::Dispute(dispute)] if dispute.status == status), "{word}");
    }
}

#[test]
fn refund_and_dispute_events_name_their_charge() {
    let refund = sample::refund("re_1", "ch_1", 700, "eur", MADE, "pending");
    let charge_id = Some("ch_1".to_owned());
    for kind in ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"] {
        let (charge_id, status) = (charge_id.clone(), RefundStatus::Pending);
        let fact = Refund { id: "re_1".into(), charge_id, amount_minor: 700, created_at: MADE, status };
        assert_eq!(facts_of(kind, refund.clone()), [Fact::Refund(fact)], "{kind}");
    }
    let dispute = sample::dispute("du_1", "ch_1", 9000, "eur", MADE, "lost");
    let status = DisputeStatus::Lost;
    let fact = Dispute { id: "du_1".into(), charge_id, amount_minor: 9000, created_at: MADE, status };
    assert_eq!(facts_of("charge.dispute.closed", dispute), [Fact::Dispute(fact)]);
}

#[test]
fn a_customer_is_known_by_its_email_and_a_deleted_one_by_its_id() {
    let body = sample::customer("cus_1", "Ada@Example.com", "Ada", MADE);
    let known = Customer {
        created_at: Some(MADE),
        emails: [("ada@example.com".into(), SEEN)].into(),
        ..Customer::unknown("cus_1")
    };
    assert_eq!(facts_of("customer.updated", body), [Fact::Customer(known.clone())]);
    let gone = Customer { created_at: None, deleted: true, emails: [].into(), ..known };
    let note = json!({ "id": "cus_1", "object": "customer", "deleted": true });
    assert_eq!(facts_of("customer.deleted", note), [Fact::Customer(gone)]);
}

#[test]
fn a_checkout_says_who_paid() {
    let reference = referral_id().to_string();
    let checkout = |reference| {
        sample::checkout(sample::Checkout {
            id: "cs_1",
            email: "Grace@Example.com",
            amount_minor: 5000,
            currency: "eur",
            created_at: MADE,
            customer_id: None,
            payment_intent_id: Some("pi_1"),
            client_reference_id: reference,
        })
    };
    let expected = Checkout {
        id: "cs_1".into(),
        customer_id: None,
        payment_intent_id: Some("pi_1".into()),
        emails: [("grace@example.com".into(), SEEN), ("given@example.com".into(), SEEN)].into(),
        referrals: [].into(),
        references: [(referral_id(), SEEN)].into(),
    };
    let given = json!({ "customer_email": "given@example.com" });
    let body = with(checkout(Some(reference.as_str())), given);
    assert_eq!(facts_of("checkout.session.completed", body), [Fact::Checkout(expected)]);
    let own = facts_of("checkout.session.async_payment_succeeded", checkout(Some("order-7")));
    assert!(matches!(&own[..], [Fact::Checkout(checkout)] if checkout.references.is_empty()), "the merchant's own");
}

#[test]
fn a_field_that_cannot_be_read_is_named() {
    let refund = sample::refund("re_1", "ch_1", -7, "eur", MADE, "succeeded");
    for (changes, problem) in [
        (json!({ "id": null }), "data.object.id is missing"),
        (json!({ "id": "i".repeat(256) }), "data.object.id has 256 characters"),
        (json!({ "object": "invoice" }), "data.object.object is \"invoice\" where \"charge\" was expected"),
        (json!({ "amount": null }), "data.object.amount is missing"),
        (json!({ "amount": -1 }), "data.object.amount is -1"),
        (json!({ "amount": 1_000_000_000_000_i64 }), "data.object.amount is 1000000000000"),
        (json!({ "amount": 12_345_678_901_234_567_890_u64 }), "data.object.amount is no amount"),
        (json!({ "amount": 49.5 }), "data.object.amount is no amount"),
        (json!({ "amount": "4900" }), "data.object.amount is no amount"),
        (json!({ "amount_captured": -1 }), "data.object.amount_captured is -1"),
        (json!({ "amount_refunded": [] }), "data.object.amount_refunded is no amount"),
        (json!({ "captured": null }), "data.object.captured is missing"),
        (json!({ "captured": "yes" }), "data.object.captured is neither"),
        (json!({ "created": null }), "data.object.created is missing"),
        (json!({ "created": -1 }), "data.object.created is no time"),
        (json!({ "created": 253_402_300_800_i64 }), "data.object.created is no time"),
        (json!({ "currency": "euro" }), "data.object.currency must be"),
        (json!({ "currency": null }), "data.object.currency is missing"),
        (json!({ "customer": 7 }), "data.object.customer is neither"),
        (json!({ "status": "lost" }), "data.object.status is \"lost\""),
        (json!({ "status": null }), "data.object.status is missing"),
        (json!({ "balance_transaction": { "amount": 1 } }), "data.object.balance_transaction.currency is missing"),
        (json!({ "refunds": { "data": [refund] } }), "data.object.refunds.data[0].amount is -7"),
    ] {
        let detail = unreadable("charge.succeeded", with(charge_body(), changes.clone()));
        assert!(detail.starts_with(problem), "{changes}: {detail}");
    }
    assert_eq!(unreadable("charge.succeeded", Value::Null), "data.object is missing");
    let status = sample::dispute("du_1", "ch_1", 1, "eur", MADE, "odd");
    assert!(unreadable("charge.dispute.created", status).starts_with("data.object.status is \"odd\""));
}

#[test]
fn twenty_digits_are_no_amount() {
    let body = sample::event("evt_1", "charge.succeeded", SEEN, false, charge_body()).to_string();
    let body = body.replace("\"amount\":5000", "\"amount\":99999999999999999999");
    let content = read(body.as_bytes()).expect("an event").delivery.content;
    assert!(matches!(content, Content::Ignored(Ignored::Unreadable, _)), "{content:?}");
}

#[test]
fn a_currency_that_is_new_to_us_is_kept() {
    assert_eq!(charge_of("charge.succeeded", with(charge_body(), json!({ "currency": "zzz" }))).currency.code(), "zzz");
}

#[test]
fn control_characters_are_stripped_and_an_email_that_is_none_is_left_out() {
    let dirty = json!({ "id": "ch\u{0}_1\n", "customer": "cus\u{7}_1", "receipt_email": "Bo\u{0}@example.com" });
    let charge = charge_of("charge.succeeded", with(charge_body(), dirty));
    assert_eq!((charge.id.as_str(), charge.customer_id.as_deref()), ("ch_1", Some("cus_1")));
    assert!(charge.emails.contains_key("bo@example.com"));
    let none = json!({ "receipt_email": format!("{}@example.com", "a".repeat(300)), "billing_details": "nobody" });
    assert!(charge_of("charge.succeeded", with(charge_body(), none)).emails.is_empty());
}

#[test]
fn a_type_that_tells_of_no_payment_is_ignored_with_the_reason() {
    for (kind, said) in [
        ("payment_intent.succeeded", "names money"),
        ("invoice.paid", "names money"),
        ("product.created", "tells of no payment"),
        ("charge.dispute.odd", "tells of no payment"),
        ("charge", "tells of no payment"),
    ] {
        let content = delivered(kind, json!({ "id": "x" })).content;
        assert!(matches!(&content, Content::Ignored(Ignored::Type, detail) if detail.contains(said)), "{content:?}");
    }
    let long = delivered(&"k".repeat(1000), Value::Null);
    assert_eq!(long.kind.len(), TYPE_MAX);
}

#[test]
fn every_type_to_subscribe_to_is_read() {
    for kind in EVENT_TYPES {
        assert_eq!(unreadable(kind, json!({})), "data.object.id is missing", "{kind}");
    }
}

#[test]
fn what_is_no_event_is_refused() {
    let event = || sample::event("evt_1", "charge.succeeded", SEEN, false, charge_body());
    for (body, word) in [
        (String::new(), "NOT_JSON"),
        ("{".into(), "NOT_JSON"),
        ("[".repeat(10_000) + &"]".repeat(10_000), "NOT_JSON"),
        (r#"{"a":"#.repeat(10_000), "NOT_JSON"),
        ("[]".into(), "NOT_AN_EVENT"),
        ("7".into(), "NOT_AN_EVENT"),
        (charge_body().to_string(), "NOT_AN_EVENT"),
        (without(event(), "id").to_string(), "NOT_AN_EVENT"),
        (without(event(), "type").to_string(), "NOT_AN_EVENT"),
        (without(event(), "created").to_string(), "NOT_AN_EVENT"),
        (with(event(), json!({ "id": "e".repeat(256) })).to_string(), "NOT_AN_EVENT"),
        (with(event(), json!({ "livemode": "yes" })).to_string(), "NOT_AN_EVENT"),
        (
            json!({ "id": "evt_1", "object": "v2.core.event", "created": "2026-11-20T09:46:40Z" }).to_string(),
            "THIN_EVENT",
        ),
    ] {
        let refusal = read(body.as_bytes()).expect_err(&body);
        assert_eq!(refusal.word(), word, "{refusal:?}");
        assert!(refusal.message().len() < 500 && !refusal.message().is_empty());
    }
    assert!(read(&[0xff, 0xfe]).is_err(), "no UTF-8");
    assert!(Refusal::Thin.message().contains("snapshot"));
}
