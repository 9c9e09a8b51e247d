//! A small Stripe on the loopback, in memory: what the demo issues rewards against where no key is given, and what tests
//! make go wrong.
//!
//! It has the objects that we call, balances, codes that are taken, and idempotency keys as Stripe keeps them: the first
//! answer is given again, faults included. A test holds each of its answers against Stripe's own specification. It knows
//! one account, takes any key, and checks no parameters that Stripe's specification checks.

mod customers;
mod door;
mod fault;
mod form;
mod offers;
mod shop;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::clock::Clock;
pub use door::Heard;
use door::State;
pub use fault::{Fault, How};
pub use form::Form;

/// A running fake. It ends when it is dropped.
pub struct FakeStripe {
    url: String,
    inner: Arc<Inner>,
    server: JoinHandle<()>,
}

struct Inner {
    clock: Clock,
    state: Mutex<State>,
    /// What is held waits for a permit of it.
    released: Semaphore,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FakeStripe {
    /// Starts on a free port.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = Arc::new(Inner { clock, state: Mutex::default(), released: Semaphore::new(0) });
        let router = Router::new().fallback(door::hear).with_state(inner.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let fake = Self { url, inner, server };
        fake.add("accounts", json!({ "id": "acct_Fake00000001", "object": "account", "default_currency": "usd" }));
        Ok(fake)
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes the next so many requests go wrong whose method and path begin like this, such as `POST /v1/customers`.
    pub fn plan(&self, line: &str, times: usize, fault: Fault) {
        self.inner.lock().plan(line, times, fault);
    }

    /// Lets go of one request that is [`How::Held`].
    pub fn release(&self) {
        self.inner.released.add_permits(1);
    }

    /// Lets go well whatever was planned to go wrong.
    pub fn mend(&self) {
        self.inner.lock().mend();
    }

    /// Every request so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.inner.lock().heard.clone()
    }

    /// The objects of a kind, the oldest first: `accounts`, `customers`, `customer_balance_transactions`, `coupons`,
    /// `promotion_codes`, `webhook_endpoints`, `charges`, `balance_transactions`, `events`.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        self.inner.lock().shop.all(kind).to_vec()
    }

    /// Takes up an object as it is.
    pub fn add(&self, kind: &str, object: Value) {
        self.inner.lock().shop.add(kind, object);
    }

    /// Changes an object, if it is there.
    pub fn change(&self, kind: &str, id: &str, change: impl FnOnce(&mut Value)) {
        self.inner.lock().shop.object(kind, id).map(change);
    }

    /// Forgets an object, as if somebody had deleted it in the dashboard.
    pub fn forget(&self, kind: &str, id: &str) {
        self.inner.lock().shop.forget(kind, id);
    }

    /// Takes up a coupon of a tenth off.
    pub fn add_coupon(&self, id: &str) {
        let created = self.inner.clock.now().seconds();
        self.add(
            "coupons",
            json!({
                "id": id, "object": "coupon", "amount_off": null, "created": created, "currency": null,
                "duration": "once", "duration_in_months": null, "livemode": false, "max_redemptions": null,
                "metadata": {}, "name": null, "percent_off": 10.0, "redeem_by": null, "times_redeemed": 0, "valid": true,
            }),
        );
    }

    /// Deletes a customer.
    pub fn delete_customer(&self, id: &str) {
        self.change("customers", id, |customer| customer["deleted"] = true.into());
    }

    /// Has a promotion code redeemed; one that may be once is over then.
    pub fn redeem(&self, id: &str) {
        self.change("promotion_codes", id, |code| {
            let times = code["times_redeemed"].as_i64().unwrap_or_default() + 1;
            code["times_redeemed"] = times.into();
            code["active"] = code["max_redemptions"].as_i64().is_none_or(|max| times < max).into();
        });
    }

    /// Has an invoice use up so much of a customer's credit; gives whether the customer could be charged so.
    pub fn use_credit(&self, customer_id: &str, amount_minor: i64, currency: &str) -> bool {
        let now = self.inner.clock.now();
        let shop = &mut self.inner.lock().shop;
        let moved = shop.moved(customer_id, amount_minor, currency, "applied_to_invoice", now);
        moved.map(|moved| shop.add("customer_balance_transactions", moved)).is_ok()
    }
}

impl Drop for FakeStripe {
    fn drop(&mut self) {
        self.server.abort();
    }
}
