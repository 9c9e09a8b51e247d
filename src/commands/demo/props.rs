//! The events of the story, whole as Stripe sends them, each with the name of its file.

use referrald::domain::time::Time;
use referrald::stripe::sample::{self, Charge, Checkout};
use serde_json::{Value, json};

/// The address that Carol's bakery pays with: not the one she was invited by.
const BAKERY: &str = "office@bakery.example";
const CAROLS_CUSTOMER: &str = "cus_Carol";

/// An event, and the name of the file with its body.
pub struct Prop {
    /// The name.
    pub name: &'static str,
    /// The event.
    pub event: Value,
}

fn prop(name: &'static str, kind: &str, at: Time, object: Value) -> Prop {
    let id = format!("evt_{}", name.replace('-', "_"));
    Prop { name, event: sample::event(&id, kind, at, false, object) }
}

/// Somebody without a customer record.
fn guest<'a>(id: &'a str, email: &'a str, amount_minor: i64, at: Time) -> Charge<'a> {
    Charge {
        id,
        amount_minor,
        currency: "eur",
        created_at: at,
        customer_id: None,
        payment_intent_id: None,
        email: Some(email),
        captured_minor: amount_minor,
        refunded_minor: 0,
    }
}

fn carols(id: &str, at: Time) -> Charge<'_> {
    Charge { customer_id: Some(CAROLS_CUSTOMER), ..guest(id, BAKERY, 6_000, at) }
}

/// Bob pays without an account, and writes his address in his own way.
pub fn bob_pays(email: &str, at: Time) -> Prop {
    let email = email.replace("bob", "Bob").replace("example.com", "Example.COM");
    prop("bob-pays", "charge.succeeded", at, sample::charge(guest("ch_Bob1", &email, 4_900, at)))
}

/// Bob pays again, if the reader likes.
pub fn bob_again(email: &str, at: Time) -> Prop {
    prop("bob-again", "charge.succeeded", at, sample::charge(guest("ch_Bob2", email, 5_100, at)))
}

/// The first charge of Carol's subscription.
pub fn carol_pays(at: Time) -> Prop {
    prop("carol-pays", "charge.succeeded", at, sample::charge(carols("ch_Carol1", at)))
}

/// The checkout that began it; it carries the referral's id.
pub fn carol_checks_out(referral: &str, at: Time) -> Prop {
    let checkout = sample::checkout(Checkout {
        id: "cs_test_Carol",
        email: BAKERY,
        amount_minor: 6_000,
        currency: "eur",
        created_at: at,
        customer_id: Some(CAROLS_CUSTOMER),
        payment_intent_id: None,
        client_reference_id: Some(referral),
    });
    prop(
        "checkout",
        "checkout.session.completed",
        at.plus_seconds(30),
        sample::subscription(checkout, "sub_Carol", "in_Carol1"),
    )
}

/// A renewal: nobody checks out, and nothing names the referral.
pub fn carol_renews(at: Time) -> Prop {
    prop("renewal", "charge.succeeded", at, sample::charge(carols("ch_Carol2", at)))
}

/// The refund, as its own event says it.
pub fn refund(status: &str, made_at: Time, at: Time) -> Prop {
    let refund = sample::refund("re_Carol2", "ch_Carol2", 6_000, "eur", made_at, status);
    let (name, kind) =
        if status == "failed" { ("refund-fails", "refund.failed") } else { ("refund", "refund.created") };
    prop(name, kind, at, refund)
}

/// The same refund, as the charge tells it.
pub fn charge_refunded(made_at: Time, at: Time) -> Prop {
    let charge = Charge { refunded_minor: 6_000, ..carols("ch_Carol2", made_at) };
    prop("refunded-charge", "charge.refunded", at, sample::charge(charge))
}

/// The charge as Stripe has it in the end: of its refunds, all of which it tells, one failed.
pub fn charge_with_failed_refund(made_at: Time, refunded_at: Time) -> Value {
    let mut charge = sample::charge(carols("ch_Carol2", made_at));
    let refund = sample::refund("re_Carol2", "ch_Carol2", 6_000, "eur", refunded_at, "failed");
    charge["refunds"] = json!({ "object": "list", "data": [refund], "has_more": false });
    charge
}

/// Dave pays before anybody has said that he was invited.
pub fn dave_pays(email: &str, at: Time) -> Prop {
    prop("dave-pays", "charge.succeeded", at, sample::charge(guest("ch_Dave1", email, 12_000, at)))
}
