//! One pooled HTTPS client for all accounts: connections are used again, and headers are seen.

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;

use super::failure::Failure;
use crate::domain::time::Time;

/// Where Stripe is.
pub const STRIPE_URL: &str = "https://api.stripe.com";
/// How long a call may take, from its first byte to the last of its answer.
pub const CALL_MAX: Duration = Duration::from_secs(20);
/// How long a connection may take to come about.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long a connection waits for its next call, and how many do.
const IDLE_MAX: Duration = Duration::from_secs(55);
const IDLE_CONNECTIONS_MAX: usize = 16;
/// The largest answer: a page of a hundred customers with all the metadata that Stripe allows fits in.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// An answer as it came.
type Answer = (StatusCode, HeaderMap, Bytes);

/// What reaches Stripe. Copies share their connections.
#[derive(Clone, Debug)]
pub struct Transport {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: String,
    call_max: Duration,
}

/// Why there can be no transport.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct NoTls(rustls::Error);

impl Transport {
    /// Reaches Stripe at this URL, which has no slash at its end.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(url: &str) -> Result<Self, NoTls> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_MAX));
        // The provider is named: where two are compiled in, guessing panics.
        let tls =
            HttpsConnectorBuilder::new().with_provider_and_webpki_roots(ring::default_provider()).map_err(NoTls)?;
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .build(tls.https_or_http().enable_http1().wrap_connector(tcp));
        Ok(Self { http, url: url.to_owned(), call_max: CALL_MAX })
    }

    /// The same with another limit on a call's time.
    #[must_use]
    pub fn with_call_max(self, call_max: Duration) -> Self {
        Self { call_max, ..self }
    }

    /// Whether nobody on the way can read along.
    pub fn is_encrypted(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// The whole URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/v1{path}", self.url)
    }

    /// Sends a request once; the body of an answer that says yes.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Bytes, Failure> {
        let (status, headers, body) = self.answer(request).await?;
        if status.is_success() { Ok(body) } else { Err(Failure::answered(status.as_u16(), &headers, &body)) }
    }

    /// Sends a request once; the date of its answer, whatever else that says.
    pub(super) async fn date(&self, request: Request<Full<Bytes>>) -> Result<Option<Time>, Failure> {
        let (_, headers, _) = self.answer(request).await?;
        Ok(headers.get(DATE).and_then(|date| time(date.to_str().ok()?)))
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let answer = tokio::time::timeout(self.call_max, self.exchange(request)).await;
        let late = || Failure::unknown(&format!("Stripe has not answered within {:?}", self.call_max));
        answer.unwrap_or_else(|_| Err(late()))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let response = self.http.request(request).await.map_err(|error| underway(&error))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|error| unread(&*error))?;
        Ok((head.status, head.headers, body.to_bytes()))
    }
}

/// The time that a header says.
fn time(date: &str) -> Option<Time> {
    let since = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Time::from_seconds)
}

fn underway(error: &legacy::Error) -> Failure {
    if error.is_connect() {
        return Failure::unreached(&format!("Stripe is not reached: {}", cause(error)));
    }
    Failure::unknown(&format!("the connection to Stripe broke: {}", cause(error)))
}

fn unread(error: &(dyn Error + Send + Sync + 'static)) -> Failure {
    if error.is::<LengthLimitError>() {
        return Failure::unknown(&format!("Stripe's answer has more than {ANSWER_BYTES_MAX} bytes"));
    }
    Failure::unknown(&format!("Stripe's answer was cut short: {}", cause(error)))
}

/// The innermost reason, which says more than what wraps it.
fn cause(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
