//! The words of the stories, on the side of Stripe: whole bodies, signed, posted to the real sidecar.

use http::Method;
use referrald::domain::campaign::Mode;
use referrald::domain::time::Time;
use referrald::stripe::{sample, signature};
use serde_json::{Value, json};

use super::http::{Answer, send};
use super::server::Server;

/// A payment to be made.
#[derive(Clone, Debug)]
pub struct Payment {
    pub email: Option<String>,
    pub minor: i64,
    pub currency: &'static str,
    pub at: Option<Time>,
    pub customer_id: Option<String>,
    pub referral_id: Option<String>,
}

/// A payment that was made, as Stripe tells of it.
#[derive(Clone, Debug)]
pub struct Charge {
    pub id: String,
    pub payment_intent_id: String,
    pub body: Value,
}

/// A refund that was made.
#[derive(Clone, Debug)]
pub struct Refund {
    pub id: String,
    pub charge_id: String,
    pub minor: i64,
    pub at: Time,
}

impl Payment {
    /// A guest's payment in dollars, now.
    pub fn of(email: &str, minor: i64) -> Self {
        let email = Some(email.to_owned()).filter(|email| !email.is_empty());
        Self { email, minor, currency: "usd", at: None, customer_id: None, referral_id: None }
    }

    pub fn at(self, at: Time) -> Self {
        Self { at: Some(at), ..self }
    }

    pub fn by(self, customer_id: &str) -> Self {
        Self { customer_id: Some(customer_id.to_owned()), ..self }
    }

    pub fn naming(self, referral_id: &str) -> Self {
        Self { referral_id: Some(referral_id.to_owned()), ..self }
    }

    pub fn in_currency(self, currency: &'static str) -> Self {
        Self { currency, ..self }
    }
}

impl Server {
    /// Somebody pays as a guest, now, and Stripe says so.
    pub async fn pay(&self, email: &str, minor: i64) -> Charge {
        self.take(Payment::of(email, minor)).await
    }

    /// Somebody pays, and Stripe says so.
    pub async fn take(&self, payment: Payment) -> Charge {
        let charge = self.charge(payment);
        self.deliver("charge.succeeded", charge.body.clone()).await;
        charge
    }

    /// A charge of which Stripe has not told yet.
    pub fn charge(&self, payment: Payment) -> Charge {
        let number = self.number();
        let (id, intent) = (format!("ch_it_{number}"), format!("pi_it_{number}"));
        let mut body = sample::charge(sample::Charge {
            id: &id,
            amount_minor: payment.minor,
            currency: payment.currency,
            created_at: payment.at.unwrap_or_else(|| self.now()),
            customer_id: payment.customer_id.as_deref(),
            payment_intent_id: Some(&intent),
            email: payment.email.as_deref(),
            captured_minor: payment.minor,
            refunded_minor: 0,
        });
        if let Some(referral_id) = payment.referral_id {
            body["metadata"] = json!({ "referral_id": referral_id });
        }
        Charge { id, payment_intent_id: intent, body }
    }

    /// Money goes back, and Stripe says so.
    pub async fn refund(&self, charge: &Charge, minor: i64) -> Refund {
        let refund =
            Refund { id: format!("re_it_{}", self.number()), charge_id: charge.id.clone(), minor, at: self.now() };
        self.deliver("refund.created", refund.body("succeeded")).await;
        refund
    }

    /// A refund does not come through, and Stripe says so.
    pub async fn fail(&self, refund: &Refund) {
        self.deliver("refund.failed", refund.body("failed")).await;
    }

    /// A payer contests a payment, or a dispute goes on; `status` is Stripe's word.
    pub async fn dispute(&self, charge: &Charge, minor: i64, opened_at: Time, status: &str) {
        let id = format!("dp_of_{}", charge.id);
        let dispute = sample::dispute(&id, &charge.id, minor, "usd", opened_at, status);
        self.deliver("charge.dispute.updated", dispute).await;
    }

    /// A customer comes into being, and Stripe says so.
    pub async fn customer(&self, id: &str, email: &str, created_at: Time) {
        self.deliver("customer.created", sample::customer(id, email, "Ada", created_at)).await;
    }

    /// A checkout is completed that paid a charge, and Stripe says so.
    pub async fn checkout(&self, charge: &Charge, email: &str, customer_id: Option<&str>, reference: Option<&str>) {
        let checkout = sample::checkout(sample::Checkout {
            id: &format!("cs_of_{}", charge.id),
            email,
            amount_minor: charge.body["amount"].as_i64().expect("an amount"),
            currency: "usd",
            created_at: self.now(),
            customer_id,
            payment_intent_id: Some(&charge.payment_intent_id),
            client_reference_id: reference,
        });
        self.deliver("checkout.session.completed", checkout).await;
    }

    /// Stripe tells of an object in a new event of the default account in test mode, and is told that it is recorded.
    pub async fn deliver(&self, kind: &str, object: Value) {
        let event = self.event(kind, false, object);
        let answer = self.post_event("default", Mode::Test, &event).await;
        assert_eq!((answer.status, answer.word()), (200, "recorded"), "{kind}: {answer:?}");
    }

    /// An event that this server has not seen.
    pub fn event(&self, kind: &str, livemode: bool, object: Value) -> Value {
        sample::event(&format!("evt_it_{}", self.number()), kind, self.now(), livemode, object)
    }

    /// Posts an event to the URL of an account, signed with the secret of its mode.
    pub async fn post_event(&self, account: &str, mode: Mode, event: &Value) -> Answer {
        let secret = Self::secret_of(account, mode);
        self.post_signed(&format!("/webhooks/stripe/accounts/{account}"), event.to_string().into_bytes(), &secret).await
    }

    /// Posts a body as Stripe does, signed now with a secret.
    pub async fn post_signed(&self, path: &str, body: Vec<u8>, secret: &str) -> Answer {
        let signature = signature::sign(&body, secret, self.now());
        self.post(path, &[("stripe-signature", &signature)], body).await
    }

    /// Posts a body with these headers.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut all = vec![("content-type", "application/json; charset=utf-8")];
        all.extend(headers);
        send(self.sidecar_at, Method::POST, path, &all, body).await
    }

    /// Asks the sidecar.
    pub async fn get(&self, path: &str) -> Answer {
        send(self.sidecar_at, Method::GET, path, &[], vec![]).await
    }
}

impl Refund {
    pub fn body(&self, status: &str) -> Value {
        sample::refund(&self.id, &self.charge_id, self.minor, "usd", self.at, status)
    }
}
