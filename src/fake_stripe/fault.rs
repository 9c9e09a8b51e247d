//! What can go wrong with a request, and what is sent then.

use std::io;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio_stream::{StreamExt, iter};

use crate::domain::time::Time;

/// What goes wrong with a request, and whether it is carried out all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Whether what was asked for is done before it goes wrong.
    pub done: bool,
    /// How it goes wrong.
    pub how: How,
}

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// This status.
    Status(u16),
    /// 429, and so many seconds to wait.
    RetryAfter(u32),
    /// No answer ever comes.
    Hang,
    /// The answer ends in its middle.
    CutShort,
    /// The answer is a page for people.
    NotJson,
    /// All is well, but not before the test lets go: until then the idempotency key is in use.
    Held,
}

impl Fault {
    /// Goes wrong, and nothing is done.
    pub const fn before(how: How) -> Self {
        Self { done: false, how }
    }

    /// Goes wrong once it is done.
    pub const fn after(how: How) -> Self {
        Self { done: true, how }
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub header: Option<(&'static str, String)>,
}

/// What leaves the fake.
#[derive(Clone, Debug)]
pub enum Sent {
    Answer(Answer),
    Half(Answer),
    Page,
    Nothing,
}

impl Answer {
    pub fn new(status: u16, body: Value) -> Self {
        Self { status, body, header: None }
    }

    /// An answer to a request that says no, as Stripe words it.
    fn no(status: u16, line: &str) -> Self {
        let forbidden = format!(
            "The provided key 'rk_test_****************fake' does not have the required permissions for this \
             endpoint. Having the '{}' permission would allow this request to continue.",
            permission(line)
        );
        let (kind, message) = match status {
            401 => ("invalid_request_error", "Invalid API Key provided: sk_test_****************fake"),
            402 => ("card_error", "Your card was declined."),
            403 => ("invalid_request_error", forbidden.as_str()),
            409 => ("idempotency_error", "There is currently another in-progress request using this key."),
            429 => ("invalid_request_error", "Request rate limit exceeded."),
            _ => ("api_error", "An unknown error occurred."),
        };
        Self::new(status, json!({ "error": { "type": kind, "message": message } }))
    }
}

/// Stripe's name of the permission that a request needs.
fn permission(line: &str) -> String {
    let (method, path) = line.split_once(" /v1/").unwrap_or_default();
    let resource = match path.split('/').next().unwrap_or_default() {
        "account" => "accounts_kyc_basic",
        "webhook_endpoints" => "webhook",
        "balance_transactions" => "balance_transaction_source",
        other => other.trim_end_matches('s'),
    };
    format!("rak_{resource}_{}", if method == "GET" { "read" } else { "write" })
}

impl How {
    /// What is sent in place of the answer to a request.
    pub fn spoilt(self, line: &str, answer: Answer) -> Sent {
        match self {
            Self::Status(status) => Sent::Answer(Answer::no(status, line)),
            Self::RetryAfter(seconds) => {
                Sent::Answer(Answer { header: Some(("retry-after", seconds.to_string())), ..Answer::no(429, line) })
            }
            Self::Hang => Sent::Nothing,
            Self::CutShort => Sent::Half(answer),
            Self::NotJson => Sent::Page,
            Self::Held => Sent::Answer(answer),
        }
    }
}

impl Sent {
    /// The status that the client sees.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(answer) | Self::Half(answer) => Some(answer.status),
            Self::Page => Some(200),
            Self::Nothing => None,
        }
    }

    /// The response at a time, with the number of the request; of one that never comes the end is not reached.
    pub async fn response(self, number: usize, now: Time) -> Response {
        let (status, header, body) = match self {
            Self::Nothing => std::future::pending().await,
            Self::Page => (200, None, Body::from("<html>Bad gateway</html>")),
            Self::Answer(answer) => (answer.status, answer.header, Body::from(answer.body.to_string())),
            Self::Half(answer) => (answer.status, answer.header, half(&answer.body.to_string())),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let number = ("request-id", format!("req_Fake{number:08}"));
        let since = Duration::from_secs(u64::try_from(now.seconds()).unwrap_or_default());
        let date = ("date", httpdate::fmt_http_date(UNIX_EPOCH + since));
        let headers: Vec<_> = [Some(number), Some(date), header].into_iter().flatten().collect();
        let mut response = (status, body).into_response();
        for (name, value) in headers {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// The first half of a body, and then the end of the connection.
fn half(body: &str) -> Body {
    let first = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
    let parts = iter([Ok(first), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    // What came before is sent before the next part is asked for.
    Body::from_stream(parts.then(async |part| {
        tokio::task::yield_now().await;
        part
    }))
}
