//! The sidecar: HTTP in, calls of the service out. It is a client like any other, in the same process or alone.
//!
//! It keeps nothing but signing secrets, for seconds. A webhook is answered 2xx only after the service has answered,
//! which it does after its commit.

mod answer;
mod secrets;
mod upstream;
mod webhook;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http_body_util::LengthLimitError;
use serde_json::json;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::domain::Invalid;
use answer::Answer;
use secrets::{Cache, Owner};
use upstream::Client;
pub use upstream::{Upstream, keyed, upstream};
use webhook::Known;

/// The largest body that is taken, in bytes. Stripe names no limit; its events have some kilobytes.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// How long a body may take to come in, in seconds.
pub const BODY_SECONDS_MAX: u64 = 10;
/// How long a webhook may take once its body is there, in seconds. Stripe waits longer.
pub const WEBHOOK_SECONDS_MAX: u64 = 10;
/// How long the service may take to say that it serves, in seconds.
pub const READY_SECONDS_MAX: u64 = 2;

struct Sidecar {
    client: Client,
    secrets: Cache,
    clock: Clock,
}

/// The routes. `key` is an API key of scope `ingest`; empty where the service asks for none.
///
/// # Errors
/// A key that cannot stand in a header.
pub fn router(upstream: Upstream, key: &str, clock: Clock) -> Result<Router, Invalid> {
    let sidecar = Sidecar { client: Client::new(upstream, key)?, secrets: Cache::default(), clock };
    Ok(Router::new()
        .route("/webhooks/stripe/{campaign_id}", post(by_campaign))
        .route("/webhooks/stripe/accounts/{alias}", post(by_account))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .with_state(Arc::new(sidecar)))
}

type Segment = Result<Path<String>, PathRejection>;

async fn by_campaign(State(sidecar): State<Arc<Sidecar>>, id: Segment, request: Request) -> Answer {
    let owner = id.ok().and_then(|Path(id)| Owner::campaign(&id));
    sidecar.answer(owner, request).await
}

async fn by_account(State(sidecar): State<Arc<Sidecar>>, alias: Segment, request: Request) -> Answer {
    let owner = alias.ok().and_then(|Path(alias)| Owner::account(&alias));
    sidecar.answer(owner, request).await
}

async fn healthz() -> Response {
    Json(json!({ "status": "alive" })).into_response()
}

async fn readyz(State(sidecar): State<Arc<Sidecar>>) -> Response {
    match timeout(Duration::from_secs(READY_SECONDS_MAX), sidecar.client.is_serving()).await {
        Ok(true) => Json(json!({ "status": "ready" })).into_response(),
        Ok(false) | Err(_) => Answer::unavailable("UPSTREAM_UNAVAILABLE", None).into_response(),
    }
}

async fn no_route() -> Answer {
    let routes = "there is nothing here: webhooks go to /webhooks/stripe/{campaign_id} or \
                  /webhooks/stripe/accounts/{alias}, as GetWebhookSetup says";
    Answer::refused(StatusCode::NOT_FOUND, "NOT_FOUND", routes)
}

async fn no_method() -> Answer {
    let methods = "webhooks are sent with POST; /healthz and /readyz are asked with GET";
    Answer::refused(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", methods)
}

impl Sidecar {
    /// Answers a webhook and says so in one line of the log: never its body, its signature or a secret.
    async fn answer(&self, owner: Option<Owner>, request: Request) -> Answer {
        let (head, body) = request.into_parts();
        let mut known = Known::default();
        let answer = match read_whole(body).await {
            Ok(body) => self.within_time(owner, &head.headers, &body, &mut known).await,
            Err(refused) => refused,
        };
        let (status, result) = (answer.status().as_u16(), answer.word());
        let reason = if let Answer::Taken { reason, .. } = &answer { reason } else { "" };
        tracing::info!(delivery = known.id, r#type = known.kind, status, result, reason, "webhook");
        answer
    }

    async fn within_time(&self, owner: Option<Owner>, headers: &HeaderMap, body: &Bytes, known: &mut Known) -> Answer {
        let answer = self.receive(owner, headers, body, known);
        match timeout(Duration::from_secs(WEBHOOK_SECONDS_MAX), answer).await {
            Ok(Ok(answer) | Err(answer)) => answer,
            Err(_) => Answer::unavailable("UPSTREAM_TIMEOUT", None),
        }
    }
}

async fn read_whole(body: axum::body::Body) -> Result<Bytes, Answer> {
    match timeout(Duration::from_secs(BODY_SECONDS_MAX), to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(problem)) if is_too_large(&problem) => {
            let message = format!("the body has more than {BODY_BYTES_MAX} bytes, the most that is taken");
            Err(Answer::refused(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message))
        }
        Ok(Err(_)) => {
            let message = "the body ended before its end: send it again";
            Err(Answer::refused(StatusCode::BAD_REQUEST, "BODY_INCOMPLETE", message))
        }
        Err(_) => {
            let message = format!("the body took more than {BODY_SECONDS_MAX} seconds: send it again");
            Err(Answer::refused(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", message))
        }
    }
}

fn is_too_large(problem: &axum::Error) -> bool {
    problem.source().is_some_and(<dyn Error>::is::<LengthLimitError>)
}

#[cfg(test)]
mod tests;
