//! Customers and checkouts: who pays.

use super::super::object::{Object, Unreadable};
use crate::domain::fact::{Checkout, Customer, Fact, Seen};
use crate::domain::time::Time;

/// The customer of a customer event.
pub fn customer(object: &Object, kind: &str, seen_at: Time) -> Result<Vec<Fact>, Unreadable> {
    object.expect("customer")?;
    Ok(vec![Fact::Customer(Customer {
        created_at: object.optional_time("created")?,
        deleted: kind == "customer.deleted" || object.optional_flag("deleted")?.unwrap_or(false),
        emails: seen(object.email("email"), seen_at),
        referrals: object.tagged(seen_at),
        ..Customer::unknown(object.id()?)
    })])
}

/// The session of a checkout event. Its money is not read: the charge is the money.
pub fn checkout(object: &Object, seen_at: Time) -> Result<Vec<Fact>, Unreadable> {
    object.expect("checkout.session")?;
    let details = object.object("customer_details").and_then(|details| details.email("email"));
    let emails = [details, object.email("customer_email")].into_iter().flatten();
    Ok(vec![Fact::Checkout(Checkout {
        id: object.id()?,
        customer_id: object.reference("customer")?,
        payment_intent_id: object.reference("payment_intent")?,
        emails: seen(emails, seen_at),
        referrals: object.tagged(seen_at),
        references: seen(object.referral_id("client_reference_id"), seen_at),
    })])
}

fn seen<V: Ord>(values: impl IntoIterator<Item = V>, seen_at: Time) -> Seen<V> {
    values.into_iter().map(|value| (value, seen_at)).collect()
}
