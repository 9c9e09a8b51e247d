//! Customers and their balance.

use serde_json::{Value, json};

use super::form::Form;
use super::shop::{Refusal, Said, Shop, was_made_between};
use crate::domain::time::Time;
use crate::stripe::sample;

impl Shop {
    /// A customer; of a deleted one no more than that.
    pub(super) fn customer(&mut self, id: &str) -> Said {
        let customer = self.found("customer", "customers", id)?;
        if customer["deleted"] == true {
            return Ok(json!({ "id": id, "object": "customer", "deleted": true }));
        }
        Ok(customer)
    }

    /// A page of those who are not deleted. Behind one who is there no more there is none.
    pub(super) fn customers(&mut self, form: &Form) -> Said {
        if let Some(id) = form.get("starting_after")
            && self.live_customer(id).is_err()
        {
            return Err(Refusal::missing("customer", id, Some("starting_after")));
        }
        let email = form.get("email");
        Ok(self.page("customers", form, |one| {
            one["deleted"] != true && email.is_none_or(|it| one["email"] == it) && was_made_between(form, one)
        }))
    }

    pub(super) fn create_customer(&mut self, form: &Form, now: Time) -> Said {
        check_email(form)?;
        let mut customer = sample::customer(&self.id("cus"), "", "", now);
        for field in ["name", "email"] {
            customer[field] = Value::Null;
        }
        fill(&mut customer, form);
        Ok(self.add("customers", customer))
    }

    pub(super) fn update_customer(&mut self, id: &str, form: &Form) -> Said {
        check_email(form)?;
        let customer = self.live_customer(id)?;
        fill(customer, form);
        Ok(customer.clone())
    }

    fn live_customer(&mut self, id: &str) -> Result<&mut Value, Refusal> {
        let customer = self.object("customers", id).filter(|customer| customer["deleted"] != true);
        customer.ok_or_else(|| Refusal::missing("customer", id, None))
    }

    /// Moves a balance on the merchant's word.
    pub(super) fn move_balance(&mut self, customer_id: &str, form: &Form, now: Time) -> Said {
        let amount = form.number("amount").ok_or_else(|| Refusal::of("amount", "Invalid integer: amount"))?;
        let currency =
            form.get("currency").ok_or_else(|| Refusal::of("currency", "Missing required param: currency."))?;
        let mut moved = self.moved(customer_id, amount, currency, "adjustment", now)?;
        moved["description"] = form.get("description").into();
        moved["metadata"] = json!(form.map("metadata"));
        Ok(self.add("customer_balance_transactions", moved))
    }

    /// What a movement of a balance looks like once the balance has moved.
    pub(super) fn moved(&mut self, customer_id: &str, amount: i64, currency: &str, kind: &str, now: Time) -> Said {
        let id = self.id("cbtxn");
        let customer = self.live_customer(customer_id)?;
        if !customer["currency"].is_null() && customer["currency"] != currency {
            let own = customer["currency"].as_str().unwrap_or_default();
            let message =
                format!("You cannot combine currencies on a single customer. This customer has currency {own}.");
            return Err(Refusal::of("currency", message));
        }
        let ending_balance = customer["balance"].as_i64().unwrap_or_default().saturating_add(amount);
        customer["balance"] = ending_balance.into();
        customer["currency"] = currency.into();
        Ok(json!({
            "id": id, "object": "customer_balance_transaction",
            "amount": amount, "checkout_session": null, "created": now.seconds(), "credit_note": null,
            "currency": currency, "customer": customer_id, "customer_account": null, "description": null,
            "ending_balance": ending_balance, "invoice": null, "livemode": false, "metadata": {}, "type": kind,
        }))
    }
}

fn check_email(form: &Form) -> Result<(), Refusal> {
    match form.get("email") {
        Some(email) if !email.contains('@') => {
            let refusal = Refusal::of("email", format!("Invalid email address: {email}"));
            Err(Refusal { code: Some("email_invalid"), ..refusal })
        }
        _ => Ok(()),
    }
}

/// Takes what a form says, and leaves the rest.
fn fill(customer: &mut Value, form: &Form) {
    for field in ["name", "email", "phone", "description"] {
        if let Some(value) = form.get(field) {
            customer[field] = value.into();
        }
    }
    for (key, value) in form.map("metadata") {
        customer["metadata"][key] = value.into();
    }
}
