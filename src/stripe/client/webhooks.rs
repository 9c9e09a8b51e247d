//! The endpoints to which Stripe sends its events.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use stripe_misc::webhook_endpoint::{CreateWebhookEndpoint, ListWebhookEndpoint, UpdateWebhookEndpoint};

use super::{Failure, PAGE, Stripe, escaped};
use crate::stripe::object::{Object, Unreadable};

/// Far more endpoints than an account may have.
const ENDPOINTS_MAX: usize = 200;

/// An endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// `we_…`.
    pub id: String,
    /// Where events are sent.
    pub url: String,
    /// Which types are; `*` stands for all.
    pub events: Vec<String>,
    /// Whether any are sent.
    pub enabled: bool,
    /// The version in which they are; none follows the account's own.
    pub api_version: Option<String>,
    /// What signs them. Only the answer that made the endpoint has it.
    pub secret: Option<String>,
}

impl fmt::Debug for WebhookEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookEndpoint").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

impl Stripe {
    /// All endpoints of the account.
    pub async fn webhook_endpoints(&self) -> Result<Vec<WebhookEndpoint>, Failure> {
        self.list(&ListWebhookEndpoint::new().limit(PAGE), ENDPOINTS_MAX, endpoint).await
    }

    /// Makes an endpoint that is sent events of [`super::API_VERSION`]; its secret is in the answer.
    pub async fn create_webhook_endpoint(
        &self,
        url: &str,
        events: &[&str],
        key: &str,
    ) -> Result<WebhookEndpoint, Failure> {
        let request = CreateWebhookEndpoint::new(types(events), url).api_version(stripe_client_core::VERSION);
        self.call(&request, Some(key), endpoint).await
    }

    /// Says which events an endpoint is sent, and whether it is. There is no idempotency key: to repeat it changes
    /// nothing, and a later repair must not get the answer of an earlier one.
    pub async fn update_webhook_endpoint(
        &self,
        id: &str,
        events: &[&str],
        enabled: bool,
    ) -> Result<WebhookEndpoint, Failure> {
        let request = UpdateWebhookEndpoint::new(escaped(id)).enabled_events(types(events)).disabled(!enabled);
        self.call(&request, None, endpoint).await
    }
}

/// Event types as async-stripe names them; those that it does not know go as they are.
fn types<T: FromStr<Err = Infallible>>(events: &[&str]) -> Vec<T> {
    events.iter().map(|event| event.parse().unwrap_or_else(|never| match never {})).collect()
}

fn endpoint(object: &Object) -> Result<WebhookEndpoint, Unreadable> {
    Ok(WebhookEndpoint {
        id: object.id()?,
        url: object.word("url")?,
        events: object.words("enabled_events"),
        enabled: object.word("status")? == "enabled",
        api_version: object.text("api_version"),
        secret: object.text("secret"),
    })
}
