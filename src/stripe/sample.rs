//! Whole event bodies as Stripe sends them in its newest API version, made from a few values: for the demonstration,
//! for trying an installation out, and for tests.

use serde_json::{Value, json};

use crate::domain::time::Time;

/// The API version that these bodies are written in.
pub const API_VERSION: &str = "2026-10-28.endive";

/// The values that tell one charge from another.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// `ch_…`.
    pub id: &'a str,
    /// In minor units.
    pub amount_minor: i64,
    /// Three letters.
    pub currency: &'a str,
    /// When it was made.
    pub created_at: Time,
    /// `cus_…`; none for a guest.
    pub customer_id: Option<&'a str>,
    /// `pi_…`.
    pub payment_intent_id: Option<&'a str>,
    /// What the payer typed in.
    pub email: Option<&'a str>,
    /// What was taken of it; 0 for an authorisation.
    pub captured_minor: i64,
    /// What was given back of it.
    pub refunded_minor: i64,
}

/// A charge of a card.
pub fn charge(charge: Charge) -> Value {
    let captured = charge.captured_minor > 0;
    let said = json!({
        "id": charge.id,
        "amount": charge.amount_minor,
        "amount_captured": charge.captured_minor,
        "amount_refunded": charge.refunded_minor,
        "billing_details": {
            "address": address(), "email": charge.email, "name": null, "phone": null, "tax_id": null,
        },
        "captured": captured,
        "created": charge.created_at.seconds(),
        "currency": charge.currency,
        "customer": charge.customer_id,
        "payment_intent": charge.payment_intent_id,
        "payment_method_details": card_details(charge.amount_minor),
        "receipt_url": format!("https://pay.stripe.com/receipts/payment/{}", charge.id),
        "refunded": captured && charge.refunded_minor == charge.captured_minor,
    });
    joined(charge_rest(), said)
}

/// What is alike in all of these charges.
fn charge_rest() -> Value {
    json!({
        "object": "charge",
        "application": null, "application_fee": null, "application_fee_amount": null, "balance_transaction": null,
        "calculated_statement_descriptor": "EXAMPLE SHOP", "description": null, "disputed": false,
        "failure_balance_transaction": null, "failure_code": null, "failure_message": null, "fraud_details": {},
        "livemode": false, "metadata": {}, "on_behalf_of": null,
        "outcome": {
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal", "risk_score": 12,
            "seller_message": "Payment complete.", "type": "authorized",
        },
        "paid": true, "payment_method": "pm_0Referrald000000000000001", "presentment_details": null,
        "radar_options": {}, "receipt_email": null, "receipt_number": null, "review": null, "shipping": null,
        "source": null, "source_transfer": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
        "status": "succeeded", "transfer_data": null, "transfer_group": null,
    })
}

fn joined(mut rest: Value, said: Value) -> Value {
    if let (Value::Object(rest), Value::Object(said)) = (&mut rest, said) {
        rest.extend(said);
    }
    rest
}

fn card_details(amount_minor: i64) -> Value {
    json!({
        "card": {
            "amount_authorized": amount_minor, "authorization_code": "123456", "brand": "visa",
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
            "country": "DE", "exp_month": 4, "exp_year": 2031,
            "extended_authorization": { "status": "disabled" },
            "fingerprint": "Rf3rra1dExamp1e0", "funding": "credit",
            "incremental_authorization": { "status": "unavailable" },
            "installments": null, "last4": "4242", "mandate": null,
            "multicapture": { "status": "unavailable" },
            "network": "visa", "network_token": { "used": false },
            "network_transaction_id": "104557651805572",
            "overcapture": { "maximum_amount_capturable": amount_minor, "status": "unavailable" },
            "regulated_status": "unregulated", "three_d_secure": null, "transaction_link_id": null, "wallet": null,
        },
        "type": "card",
    })
}

fn address() -> Value {
    json!({ "city": null, "country": "DE", "line1": null, "line2": null, "postal_code": null, "state": null })
}

/// A refund of a charge; `status` is Stripe's word.
pub fn refund(id: &str, charge_id: &str, minor: i64, currency: &str, created_at: Time, status: &str) -> Value {
    json!({
        "id": id, "object": "refund",
        "amount": minor,
        "balance_transaction": null,
        "charge": charge_id,
        "created": created_at.seconds(),
        "currency": currency,
        "customer": null, "customer_account": null,
        "destination_details": {
            "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
            "type": "card",
        },
        "metadata": {}, "payment_intent": null, "payment_method": null,
        "reason": "requested_by_customer", "receipt_number": null, "source_transfer_reversal": null,
        "status": status,
        "transfer_reversal": null,
    })
}

/// A dispute of a charge; `status` is Stripe's word.
pub fn dispute(id: &str, charge_id: &str, minor: i64, currency: &str, created_at: Time, status: &str) -> Value {
    json!({
        "id": id, "object": "dispute",
        "amount": minor,
        "balance_transactions": [],
        "charge": charge_id,
        "created": created_at.seconds(),
        "currency": currency,
        "enhanced_eligibility_types": [],
        "evidence": evidence(),
        "evidence_details": {
            "due_by": created_at.plus_days(10).seconds(), "enhanced_eligibility": {}, "has_evidence": false,
            "past_due": false, "submission_count": 0,
        },
        "is_charge_refundable": status.starts_with("warning"),
        "livemode": false, "metadata": {}, "payment_intent": null,
        "payment_method_details": {
            "card": { "brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4" },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": status,
    })
}

fn evidence() -> Value {
    json!({
        "access_activity_log": null, "billing_address": null, "cancellation_policy": null,
        "cancellation_policy_disclosure": null, "cancellation_rebuttal": null, "customer_communication": null,
        "customer_email_address": null, "customer_name": null, "customer_purchase_ip": null,
        "customer_signature": null, "duplicate_charge_documentation": null, "duplicate_charge_explanation": null,
        "duplicate_charge_id": null, "enhanced_evidence": {}, "product_description": null, "receipt": null,
        "refund_policy": null, "refund_policy_disclosure": null, "refund_refusal_explanation": null,
        "service_date": null, "service_documentation": null, "shipping_address": null, "shipping_carrier": null,
        "shipping_date": null, "shipping_documentation": null, "shipping_tracking_number": null,
        "uncategorized_file": null, "uncategorized_text": null,
    })
}

/// A customer.
pub fn customer(id: &str, email: &str, name: &str, created_at: Time) -> Value {
    json!({
        "id": id, "object": "customer",
        "address": null, "balance": 0,
        "created": created_at.seconds(),
        "currency": null, "customer_account": null, "default_source": null, "delinquent": false,
        "description": null, "discount": null,
        "email": email,
        "invoice_prefix": "R3FERR4L",
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
        },
        "livemode": false, "metadata": {},
        "name": name,
        "next_invoice_sequence": 1, "phone": null, "preferred_locales": [], "shipping": null,
        "tax_exempt": "none", "test_clock": null,
    })
}

/// The values that tell one completed checkout from another.
#[derive(Clone, Copy, Debug)]
pub struct Checkout<'a> {
    /// `cs_…`.
    pub id: &'a str,
    /// What the payer typed in.
    pub email: &'a str,
    /// What was paid, in minor units.
    pub amount_minor: i64,
    /// Three letters.
    pub currency: &'a str,
    /// When it was begun.
    pub created_at: Time,
    /// `cus_…`; none for a guest.
    pub customer_id: Option<&'a str>,
    /// `pi_…`.
    pub payment_intent_id: Option<&'a str>,
    /// The merchant's own reference.
    pub client_reference_id: Option<&'a str>,
}

/// A completed, paid checkout session.
pub fn checkout(checkout: Checkout) -> Value {
    let said = json!({
        "id": checkout.id,
        "amount_subtotal": checkout.amount_minor,
        "amount_total": checkout.amount_minor,
        "client_reference_id": checkout.client_reference_id,
        "created": checkout.created_at.seconds(),
        "currency": checkout.currency,
        "customer": checkout.customer_id,
        "customer_creation": if checkout.customer_id.is_some() { "always" } else { "if_required" },
        "customer_details": {
            "address": address(), "business_name": null, "email": checkout.email, "individual_name": null,
            "name": null, "phone": null, "tax_exempt": "none", "tax_ids": [],
        },
        "expires_at": checkout.created_at.plus_days(1).seconds(),
        "payment_intent": checkout.payment_intent_id,
    });
    joined(joined(checkout_pages(), checkout_rest()), said)
}

/// The same checkout where it began a subscription: the money is its first invoice's.
pub fn subscription(checkout: Value, subscription_id: &str, invoice_id: &str) -> Value {
    let said = json!({
        "customer_creation": "always",
        "invoice": invoice_id,
        "invoice_creation": null,
        "mode": "subscription",
        "payment_intent": null,
        "payment_method_collection": "always",
        "saved_payment_method_options": { "allow_redisplay_filters": ["always"], "payment_method_remove": "disabled",
            "payment_method_save": null },
        "subscription": subscription_id,
    });
    joined(checkout, said)
}

fn checkout_pages() -> Value {
    json!({
        "adaptive_pricing": { "enabled": true }, "after_expiration": null, "allow_promotion_codes": null,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "billing_address_collection": null, "cancel_url": "https://shop.example/cart", "client_secret": null,
        "collected_information": { "business_name": null, "individual_name": null, "shipping_details": null },
        "consent": null, "consent_collection": null, "currency_conversion": null, "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
        },
    })
}

fn checkout_rest() -> Value {
    json!({
        "object": "checkout.session",
        "customer_account": null, "customer_email": null, "discounts": [], "integration_identifier": null,
        "invoice": null,
        "invoice_creation": {
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
                "metadata": {}, "rendering_options": null,
            },
        },
        "livemode": false, "locale": null, "managed_payments": { "enabled": false }, "metadata": {},
        "mode": "payment", "origin_context": null, "payment_link": null,
        "payment_method_collection": "if_required", "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
        "payment_method_types": ["card"], "payment_status": "paid", "permissions": null,
        "phone_number_collection": { "enabled": false }, "recovered_from": null,
        "saved_payment_method_options": null, "setup_intent": null, "shipping_address_collection": null,
        "shipping_cost": null, "shipping_options": [], "status": "complete", "submit_type": null,
        "subscription": null, "success_url": "https://shop.example/thanks",
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "ui_mode": "hosted_page", "url": null, "wallet_options": null,
    })
}

/// The event that brings an object; its livemode is the object's too.
pub fn event(id: &str, kind: &str, created_at: Time, livemode: bool, mut object: Value) -> Value {
    if let Some(mode) = object.get_mut("livemode") {
        *mode = livemode.into();
    }
    json!({
        "id": id, "object": "event",
        "api_version": API_VERSION,
        "created": created_at.seconds(),
        "data": { "object": object },
        "livemode": livemode,
        "pending_webhooks": 1,
        "request": { "id": "req_Referrald00001", "idempotency_key": null },
        "type": kind,
    })
}
