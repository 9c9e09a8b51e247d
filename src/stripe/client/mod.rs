//! The calls to Stripe: one attempt each, within a deadline, with an answer or a [`Failure`] that says what may be done.
//!
//! Requests are async-stripe's types, so that a parameter that Stripe does not have cannot be written. Answers are read
//! by ourselves, field by field: what is not needed may be missing, new or of another version.

mod customers;
mod failure;
mod lookups;
mod pace;
mod promotions;
#[cfg(test)]
mod tests;
mod transport;
mod webhooks;

pub use customers::{BalanceTransaction, Credit, Customer, CustomersPage, ListedCustomer};
pub use failure::{Failure, Kind};
pub use lookups::{Account, REFUNDS_MAX, Settlement};
pub use promotions::{Coupon, PromotionCode, PromotionCodeFields};
pub use transport::{CALL_MAX, NoTls, STRIPE_URL, Transport};
pub use webhooks::WebhookEndpoint;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::Full;
use serde_json::Value;
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};

use self::pace::Pace;
use super::key::SecretKey;
use super::object::{Object, Unreadable};

/// The version of Stripe's API that our requests are written for; endpoints that we create send events of it.
pub const API_VERSION: &str = "2026-09-30.endive";
/// How many objects a page of a list has; Stripe gives no more.
const PAGE: i64 = 100;

/// How an answer is read.
type Reader<T> = fn(&Object) -> Result<T, Unreadable>;

/// One account in one mode.
#[derive(Clone, Debug)]
pub struct Stripe {
    transport: Transport,
    key: SecretKey,
    pace: Arc<Pace>,
}

impl Stripe {
    /// Calls with this key, so many times a second at most.
    pub fn new(transport: Transport, key: SecretKey, calls_per_second: u32) -> Self {
        Self { transport, key, pace: Arc::new(Pace::new(calls_per_second)) }
    }

    /// Sends a request and reads the answer. With an idempotency key it has something done, at most once for each.
    async fn call<T>(
        &self,
        request: &impl StripeRequest,
        idempotency_key: Option<&str>,
        read: Reader<T>,
    ) -> Result<T, Failure> {
        read_answer(&self.send(request.build(), idempotency_key).await?, read)
    }

    /// Asks for something that may not be there.
    async fn find<T>(&self, request: &impl StripeRequest, read: Reader<T>) -> Result<Option<T>, Failure> {
        match self.call(request, None, read).await {
            Err(failure) if failure.is_missing() => Ok(None),
            found => found.map(Some),
        }
    }

    /// Asks for a list, page by page, up to so many objects.
    async fn list<T>(&self, request: &impl StripeRequest, max: usize, read: Reader<T>) -> Result<Vec<T>, Failure> {
        let RequestBuilder { path, query, .. } = request.build();
        let query = query.unwrap_or_default();
        let (mut found, mut cursor) = (Vec::new(), String::new());
        while found.len() < max {
            let mut page = RequestBuilder::new(StripeMethod::Get, &path);
            page.query = Some(format!("{query}{cursor}"));
            let (items, last) = read_answer(&self.send(page, None).await?, |list| page_of(list, read))?;
            found.extend(items);
            let Some(last) = last else { break };
            cursor = format!("&starting_after={}", escaped(&last));
        }
        found.truncate(max);
        Ok(found)
    }

    async fn send(&self, request: RequestBuilder, idempotency_key: Option<&str>) -> Result<Bytes, Failure> {
        let request = self.written(request, idempotency_key)?;
        self.pace.turn().await;
        self.transport.send(request).await
    }

    fn written(&self, request: RequestBuilder, idempotency_key: Option<&str>) -> Result<Request<Full<Bytes>>, Failure> {
        let RequestBuilder { method, path, query, body } = request;
        let query = query.filter(|query| !query.is_empty()).map(|query| format!("?{query}"));
        let mut head = Request::builder()
            .method(if matches!(method, StripeMethod::Get) { Method::GET } else { Method::POST })
            .uri(self.transport.url(&path) + &query.unwrap_or_default())
            .header(header::AUTHORIZATION, self.key.authorization())
            .header(header::USER_AGENT, concat!("referrald/", env!("CARGO_PKG_VERSION")))
            .header("stripe-version", API_VERSION);
        if body.is_some() {
            head = head.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(key) = idempotency_key {
            head = head.header("idempotency-key", key);
        }
        let body = Full::new(Bytes::from(sorted(&body.unwrap_or_default())));
        head.body(body).map_err(|error| Failure::unfit(&error))
    }
}

fn read_answer<T>(body: &[u8], read: impl FnOnce(&Object) -> Result<T, Unreadable>) -> Result<T, Failure> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|problem| Failure::unknown(&format!("Stripe's answer is no JSON: {problem}")))?;
    read(&Object::new(&body, ""))
        .map_err(|Unreadable(problem)| Failure::unknown(&format!("Stripe's answer cannot be read: {problem}")))
}

/// The objects of a page, and the id after which the next one begins.
fn page_of<T>(list: &Object, read: Reader<T>) -> Result<(Vec<T>, Option<String>), Unreadable> {
    let objects = list.list("data");
    let last = objects.last().filter(|_| list.optional_flag("has_more") == Ok(Some(true)));
    let last = last.map(Object::id).transpose()?;
    Ok((objects.iter().map(read).collect::<Result<_, _>>()?, last))
}

/// Metadata as async-stripe takes it.
fn metadata(metadata: &BTreeMap<String, String>) -> HashMap<String, String> {
    metadata.clone().into_iter().collect()
}

/// The same form in an order that does not change: async-stripe keeps metadata in a map whose order is another each
/// time, and a request that is made again should be the same to the byte. An empty map is left out: it is written as an
/// empty value, by which Stripe would erase what is there.
fn sorted(form: &str) -> String {
    let mut pairs: Vec<&str> = form.split('&').filter(|pair| *pair != "metadata=").collect();
    pairs.sort_by_key(|pair| pair.split('=').next());
    pairs.join("&")
}

/// A text as it may stand in a path or a query: an id that somebody made up leads nowhere else.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
