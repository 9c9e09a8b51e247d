//! What Stripe's list calls return and exports keep: events, and objects with no event around them.

use serde_json::Value;

use super::super::object::{Object, Unreadable};
use super::{Event, envelope, identity, money};
use crate::domain::delivery::{Content, Delivery, Ignored, Route};
use crate::domain::time::Time;

/// Reads an object of a list. What is no event has none to say when it was seen: what an object shows counts as seen when
/// the object was made, its delivery has the object's id, and its type is the kind of object.
///
/// # Errors
/// What cannot be read, and a charge that does not tell all of its refunds: it would count for more than was kept.
pub fn listed(value: &Value) -> Result<Event, String> {
    let object = Object::new(value, "");
    let kind = object.text("object").unwrap_or_default();
    let read = if kind == "event" { readable(&object) } else { bare(&object, kind) };
    read.map_err(|Unreadable(problem)| problem)
}

/// An event that may be of a type that does not count, but can be read if it does.
fn readable(object: &Object) -> Result<Event, Unreadable> {
    let event = envelope(object)?;
    match event.delivery.content {
        Content::Ignored(Ignored::Unreadable, problem) => Err(Unreadable(problem)),
        _ => Ok(event),
    }
}

fn bare(object: &Object, kind: String) -> Result<Event, Unreadable> {
    let read: fn(&Object, Time) -> Result<Content, Unreadable> = match kind.as_str() {
        "charge" => |object, at| money::charge_and_all_refunds(object, at).map(Content::Facts),
        "refund" => |object, _| money::refund(object).map(Content::Facts),
        "dispute" => |object, _| money::dispute(object).map(Content::Facts),
        "customer" => |object, at| identity::customer(object, "", at).map(Content::Facts),
        "checkout.session" => completed_checkout,
        "" => return Err(object.problem("object", format_args!("is missing, and {KNOWN}"))),
        _ => return Err(object.problem("object", format_args!("is {kind}, and {KNOWN}"))),
    };
    let (id, created_at) = (object.id()?, object.time("created")?);
    let content = read(object, created_at)?;
    let delivery = Delivery { id, kind, api_version: None, created_at, route: Route::Import, content };
    Ok(Event { delivery, livemode: object.optional_flag("livemode")?, account: None })
}

const KNOWN: &str = "must be one of event, charge, refund, dispute, customer and checkout.session";

/// Events tell of completed checkouts only: an open one has no payer yet.
fn completed_checkout(object: &Object, created_at: Time) -> Result<Content, Unreadable> {
    if object.text("status").is_some_and(|status| status != "complete") {
        return Ok(Content::Ignored(Ignored::Type, "the checkout was not completed".to_owned()));
    }
    identity::checkout(object, created_at).map(Content::Facts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::sample;
    use super::*;
    use crate::domain::fact::{Charge, Fact, ObjectKind};

    const MADE: Time = Time::from_seconds(1_795_000_000);

    fn charge(refunded_minor: i64) -> Value {
        sample::charge(sample::Charge {
            id: "ch_1",
            amount_minor: 5000,
            currency: "eur",
            created_at: MADE,
            customer_id: None,
            payment_intent_id: None,
            email: Some("ada@example.com"),
            captured_minor: 5000,
            refunded_minor,
        })
    }

    fn refund(minor: i64, status: &str) -> Value {
        sample::refund(&format!("re_{minor}"), "ch_1", minor, "eur", MADE.plus_days(1), status)
    }

    fn with_refunds(refunded_minor: i64, refunds: &[Value], has_more: bool) -> Value {
        let mut charge = charge(refunded_minor);
        charge["refunds"] = json!({ "object": "list", "data": refunds, "has_more": has_more });
        charge
    }

    fn facts(value: &Value) -> Vec<Fact> {
        match listed(value).expect("it can be read").delivery.content {
            Content::Facts(facts) => facts,
            Content::Ignored(_, why) => panic!("it is ignored: {why}"),
        }
    }

    #[test]
    fn an_object_was_seen_when_it_was_made() {
        let event = listed(&charge(0)).expect("a charge");
        let Delivery { id, kind, created_at, route, content, .. } = event.delivery;
        assert_eq!((id.as_str(), kind.as_str(), created_at, route), ("ch_1", "charge", MADE, Route::Import));
        let Content::Facts(facts) = content else { panic!("facts") };
        let Fact::Charge(Charge { emails, .. }) = &facts[0] else { panic!("a charge") };
        assert_eq!(emails.get("ada@example.com"), Some(&MADE));
        assert_eq!(event.livemode, Some(false));
    }

    #[test]
    fn a_refunded_charge_must_bring_all_its_refunds() {
        let whole = with_refunds(300, &[refund(100, "succeeded"), refund(200, "pending")], false);
        let read = facts(&whole);
        let Fact::Charge(Charge { refunded, .. }) = &read[0] else { panic!("a charge") };
        assert!(refunded.is_empty(), "no event says since when so much was refunded");
        assert_eq!(read.iter().map(Fact::id).collect::<Vec<_>>(), ["ch_1", "re_100", "re_200"]);
        // One that failed may still be in the amount.
        assert_eq!(facts(&with_refunds(300, &[refund(300, "failed")], false)).len(), 2);
        for (lacking, word) in [
            (charge(300), "expand[]=data.refunds"),
            (with_refunds(300, &[refund(100, "succeeded")], false), "expand[]=data.refunds"),
            (with_refunds(300, &[refund(300, "failed")], true), "charge=ch_1"),
        ] {
            let problem = listed(&lacking).expect_err("refused");
            assert!(problem.contains("refunds") && problem.contains(word), "{problem}");
        }
        let mut authorised = charge(0);
        authorised["captured"] = false.into();
        authorised["amount_refunded"] = 5000.into();
        assert_eq!(facts(&authorised).len(), 1, "what was never taken was not given back");
    }

    #[test]
    fn the_other_objects_are_read_as_their_events_show_them() {
        let customer = sample::customer("cus_1", "ada@example.com", "Ada", MADE);
        let checkout = sample::checkout(sample::Checkout {
            id: "cs_1",
            email: "ada@example.com",
            amount_minor: 5000,
            currency: "eur",
            created_at: MADE,
            customer_id: None,
            payment_intent_id: Some("pi_1"),
            client_reference_id: None,
        });
        let dispute = sample::dispute("dp_1", "ch_1", 5000, "eur", MADE, "lost");
        for (object, kind) in [
            (&customer, ObjectKind::Customer),
            (&checkout, ObjectKind::Checkout),
            (&dispute, ObjectKind::Dispute),
            (&refund(100, "succeeded"), ObjectKind::Refund),
        ] {
            assert_eq!(facts(object)[0].kind(), kind);
        }
        let mut open = checkout;
        open["status"] = "open".into();
        assert!(matches!(listed(&open).expect("read").delivery.content, Content::Ignored(Ignored::Type, _)));
    }

    #[test]
    fn an_event_is_read_as_a_webhook_brings_it() {
        let body = sample::event("evt_1", "charge.refunded", MADE, false, charge(300));
        let event = listed(&body).expect("an event");
        assert_eq!(event, super::super::read(body.to_string().as_bytes()).expect("an event"));
        let mut broken = body;
        broken["data"]["object"]["currency"] = "euro".into();
        assert!(listed(&broken).expect_err("refused").starts_with("data.object.currency"));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for (value, word) in [
            (json!({ "id": "pi_1", "object": "payment_intent", "created": 1 }), "and must be one of event"),
            (json!({ "id": "ch_1" }), "and must be one of event"),
            (json!("ch_1"), "and must be one of event"),
            (json!({ "object": "refund", "created": 1 }), "id is missing"),
            (json!({ "object": "customer", "id": "cus_1" }), "created is missing"),
        ] {
            let problem = listed(&value).expect_err("refused");
            assert!(problem.contains(word), "{problem}");
        }
    }
}
