//! Promotion codes and webhook endpoints.

use serde_json::{Value, json};

use super::form::Form;
use super::shop::{Refusal, Said, Shop};
use crate::domain::time::Time;

/// As many endpoints as Stripe allows an account.
const ENDPOINTS_MAX: usize = 16;

impl Shop {
    pub(super) fn create_promotion_code(&mut self, form: &Form, now: Time) -> Said {
        let (code, customer) = (form.get("code").unwrap_or_default(), form.get("customer"));
        let coupon = form.get("promotion[coupon]").unwrap_or_default();
        self.check_coupon(coupon)?;
        self.check_code(code)?;
        if let Some(id) = customer {
            self.customer(id).map_err(|_| Refusal::missing("customer", id, Some("customer")))?;
        }
        let made = json!({
            "id": self.id("promo"), "object": "promotion_code",
            "active": true, "code": code, "created": now.seconds(), "customer": customer, "customer_account": null,
            "expires_at": form.number("expires_at"), "livemode": false,
            "max_redemptions": form.number("max_redemptions"), "metadata": form.map("metadata"),
            "promotion": { "coupon": coupon, "type": "coupon" },
            "restrictions": { "first_time_transaction": false, "minimum_amount": null, "minimum_amount_currency": null },
            "times_redeemed": 0,
        });
        Ok(self.add("promotion_codes", made))
    }

    fn check_coupon(&mut self, id: &str) -> Result<(), Refusal> {
        match self.object("coupons", id) {
            None => Err(Refusal::missing("coupon", id, Some("promotion[coupon]"))),
            Some(coupon) if coupon["valid"] != true => {
                Err(Refusal::of("promotion[coupon]", format!("Coupon expired: {id}")))
            }
            Some(_) => Ok(()),
        }
    }

    fn check_code(&self, code: &str) -> Result<(), Refusal> {
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Refusal::of("code", "Promotion codes can only have letters, digits and dashes."));
        }
        let same =
            |one: &Value| one["active"] == true && one["code"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(code));
        if self.all("promotion_codes").iter().any(same) {
            let message = format!("An active promotion code with `code: {code}` already exists.");
            return Err(Refusal { status: 400, code: None, param: None, message });
        }
        Ok(())
    }

    pub(super) fn update_promotion_code(&mut self, id: &str, form: &Form) -> Said {
        let code = self.object("promotion_codes", id).ok_or_else(|| Refusal::missing("promotion code", id, None))?;
        if let Some(active) = form.get("active") {
            code["active"] = (active == "true").into();
        }
        Ok(code.clone())
    }

    pub(super) fn create_endpoint(&mut self, form: &Form, now: Time) -> Said {
        if self.all("webhook_endpoints").len() >= ENDPOINTS_MAX {
            return Err(Refusal::of(
                "url",
                format!("You have reached the maximum of {ENDPOINTS_MAX} webhook endpoints."),
            ));
        }
        let id = self.id("we");
        let made = json!({
            "id": id, "object": "webhook_endpoint",
            "api_version": form.get("api_version"), "application": null, "created": now.seconds(), "description": null,
            "enabled_events": form.list("enabled_events"), "livemode": false, "metadata": {}, "status": "enabled",
            "url": form.get("url"),
        });
        let mut shown = self.add("webhook_endpoints", made);
        // Only this answer has it.
        shown["secret"] = format!("whsec_{id}").into();
        Ok(shown)
    }

    pub(super) fn update_endpoint(&mut self, id: &str, form: &Form) -> Said {
        let endpoint =
            self.object("webhook_endpoints", id).ok_or_else(|| Refusal::missing("webhook endpoint", id, None))?;
        if !form.list("enabled_events").is_empty() {
            endpoint["enabled_events"] = json!(form.list("enabled_events"));
        }
        if let Some(disabled) = form.get("disabled") {
            endpoint["status"] = if disabled == "true" { "disabled" } else { "enabled" }.into();
        }
        Ok(endpoint.clone())
    }
}
