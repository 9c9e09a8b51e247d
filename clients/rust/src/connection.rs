//! What stands before each call: its key, its deadline, its request id, and its repetitions.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use prost::Message;
use tonic::body::Body;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tower_service::Service;
use uuid::Uuid;

use crate::v1;

const ATTEMPTS: u32 = 5;
pub(crate) const FIRST_WAIT: Duration = Duration::from_millis(250);
pub(crate) const LAST_WAIT: Duration = Duration::from_secs(5);
const PUSHBACK: &str = "grpc-retry-pushback-ms";
const TIMEOUT: &str = "grpc-timeout";

/// The streams: they may last, and have no deadline by default.
const ENDLESS: &[&str] = &[
    "/referrald.v1.QualificationService/WatchEvents",
    "/referrald.v1.QualificationService/Reconcile",
    "/referrald.v1.ReferralService/SyncReferrers",
    "/referrald.v1.CampaignService/SimulateRule",
];

/// The connection beneath a client. It is a service of tower, on which the generated clients stand.
#[derive(Clone)]
pub struct Connection {
    channel: Channel,
    authorization: Option<HeaderValue>,
    timeout: HeaderValue,
}

impl Connection {
    pub(crate) fn new(channel: Channel, key: &str, deadline: Duration) -> Result<Self, InvalidHeaderValue> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {key}"))?;
        authorization.set_sensitive(true);
        let authorization = Some(authorization).filter(|_| !key.is_empty());
        // Eight digits are all that fit.
        let timeout = HeaderValue::from_str(&format!("{}m", deadline.as_millis().min(99_999_999)))?;
        Ok(Self { channel, authorization, timeout })
    }

    async fn run(mut self, request: Request<Body>) -> Result<Response<Body>, Status> {
        let (mut head, body) = request.into_parts();
        if let Some(authorization) = self.authorization.take() {
            head.headers.insert("authorization", authorization);
        }
        if !head.headers.contains_key(TIMEOUT) && !ENDLESS.contains(&head.uri.path()) {
            head.headers.insert(TIMEOUT, self.timeout.clone());
        }
        let limit = head.headers.get(TIMEOUT).and_then(duration);
        let body = identified(head.uri.path(), body.collect().await?.to_bytes());
        let attempts = self.attempts(Request::from_parts(head, body));
        match limit {
            None => attempts.await,
            Some(limit) => tokio::time::timeout(limit, attempts).await.unwrap_or_else(|_| Err(too_late(limit))),
        }
    }

    async fn attempts(&mut self, request: Request<Bytes>) -> Result<Response<Body>, Status> {
        let mut wait = FIRST_WAIT;
        let mut left = ATTEMPTS;
        loop {
            let answer = self.attempt(request.clone().map(|bytes| Body::new(Full::new(bytes)))).await;
            left -= 1;
            let told = match &answer {
                Ok(response) => again(response.headers(), wait),
                Err(_) => Some(jittered(wait)),
            };
            match told {
                Some(wait) if left > 0 => tokio::time::sleep(wait).await,
                _ => return answer,
            }
            wait = wait.mul_f64(2.5).min(LAST_WAIT);
        }
    }

    /// A connection that breaks is a service that is not available.
    async fn attempt(&mut self, request: Request<Body>) -> Result<Response<Body>, Status> {
        let unavailable = |error: tonic::transport::Error| Status::unavailable(chain(&error));
        std::future::poll_fn(|context| self.channel.poll_ready(context)).await.map_err(unavailable)?;
        self.channel.call(request).await.map_err(unavailable)
    }
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().run(request))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// How long to wait before the next attempt, if there is to be one.
fn again(headers: &HeaderMap, wait: Duration) -> Option<Duration> {
    let status = Status::from_header_map(headers)?;
    if ![Code::Unavailable, Code::ResourceExhausted].contains(&status.code()) {
        return None;
    }
    match headers.get(PUSHBACK) {
        None => Some(jittered(wait)),
        Some(told) => told.to_str().ok()?.parse().ok().map(Duration::from_millis),
    }
}

/// Four to six fifths of it, so that callers who were refused together come back apart.
fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(0.8 + 0.4 * f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0)
}

fn too_late(limit: Duration) -> Status {
    Status::deadline_exceeded(format!("there was no answer within {limit:?}; a write may have been carried out"))
}

/// An error and what is behind it, in one line.
fn chain(mut error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    while let Some(source) = error.source() {
        text = format!("{text}: {source}");
        error = source;
    }
    text
}

/// A deadline as the header says it.
fn duration(header: &HeaderValue) -> Option<Duration> {
    let (number, unit) = header.to_str().ok()?.split_at_checked(header.len().checked_sub(1)?)?;
    let number = u64::from_str(number).ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        _ => Duration::from_nanos(number),
    })
}

/// The bytes before each message: a flag for compression, which is off, and its length.
const FRAME_BYTES: usize = 5;

/// Gives the request of a create call an id where it has none: then repeating it does nothing twice.
macro_rules! identified {
    ($($path:literal => $request:ident),+ $(,)?) => {
        fn identified(path: &str, body: Bytes) -> Bytes {
            match path {
                $(concat!("/referrald.v1.", $path) => {
                    let Ok(mut request) = v1::$request::decode(body.slice(FRAME_BYTES..)) else { return body };
                    if !request.request_id.is_empty() {
                        return body;
                    }
                    request.request_id = Uuid::new_v4().to_string();
                    framed(&request)
                })+
                _ => body,
            }
        }
    };
}
identified! {
    "CampaignService/CreateCampaign" => CreateCampaignRequest,
    "CampaignService/AddWebhookSecret" => AddWebhookSecretRequest,
    "ReferralService/CreateReferrer" => CreateReferrerRequest,
    "ReferralService/CreateReferral" => CreateReferralRequest,
}

fn framed(message: &impl Message) -> Bytes {
    let length = u32::try_from(message.encoded_len()).unwrap_or(u32::MAX);
    [&[0], &length.to_be_bytes()[..], &message.encode_to_vec()].concat().into()
}
