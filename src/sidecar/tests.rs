//! The sidecar by itself: what it answers before the service is asked, and while the service is away.

use axum::body::Body;
use axum::http::header;
use serde_json::Value;
use tower::{ServiceExt, service_fn};

use super::*;
use crate::domain::id::CampaignId;
use crate::domain::time::Time;
use crate::stripe::signature::sign;

/// Later than any clock: a signature of then is not too old.
const NOW: Time = Time::from_seconds(4_102_444_800);

/// The routes in front of a service that nobody reaches.
fn lonely() -> Router {
    let away = |_| async { Err::<axum::http::Response<tonic::body::Body>, _>(std::io::Error::other("away")) };
    router(upstream(service_fn(away)), "rk_1", Clock::default()).expect("a key")
}

async fn asked(request: Request) -> (StatusCode, HeaderMap, Value) {
    let response = lonely().oneshot(request).await.expect("infallible");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.expect("a body");
    (head.status, head.headers, serde_json::from_slice(&body).expect("JSON"))
}

fn posted(path: &str, signature: Option<&str>, body: impl Into<Body>) -> Request {
    let request = Request::post(path);
    let request = match signature {
        Some(signature) => request.header("stripe-signature", signature),
        None => request,
    };
    request.body(body.into()).expect("a request")
}

fn campaign_path() -> String {
    format!("/webhooks/stripe/{}", CampaignId::new(NOW, [1; 10]))
}

#[tokio::test]
async fn it_is_alive_and_not_ready_while_the_service_is_away() {
    let get = |path: &str| Request::get(path).body(Body::empty()).expect("a request");
    assert_eq!(asked(get("/healthz")).await.0, StatusCode::OK);
    let (status, headers, body) = asked(get("/readyz")).await;
    assert_eq!((status, &body["error"]), (StatusCode::SERVICE_UNAVAILABLE, &"UPSTREAM_UNAVAILABLE".into()));
    assert!(headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn a_webhook_waits_at_stripe_while_the_service_is_away() {
    let signature = sign(b"{}", "whsec_1", NOW);
    for path in [campaign_path(), "/webhooks/stripe/accounts/default".into()] {
        let (status, headers, body) = asked(posted(&path, Some(&signature), "{}")).await;
        assert_eq!((status, &body["error"]), (StatusCode::SERVICE_UNAVAILABLE, &"UPSTREAM_UNAVAILABLE".into()));
        assert!(headers.contains_key(header::RETRY_AFTER));
    }
}

#[tokio::test]
async fn a_header_that_says_nothing_is_refused_before_anybody_is_asked() {
    for (header, word) in [
        (None, "SIGNATURE_MISSING"),
        (Some(""), "SIGNATURE_MISSING"),
        (Some("v1=00"), "SIGNATURE_MALFORMED"),
        (Some("t=1"), "SIGNATURE_NO_SCHEME"),
    ] {
        let (status, _, body) = asked(posted(&campaign_path(), header, "{}")).await;
        assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &word.into()), "{header:?}");
    }
}

#[tokio::test]
async fn a_url_that_can_name_nobody_answers_like_a_wrong_signature() {
    let signature = sign(b"{}", "whsec_1", NOW);
    for path in ["/webhooks/stripe/cmp_1", "/webhooks/stripe/%ff", "/webhooks/stripe/accounts/Not%20An%20Alias"] {
        let (status, _, body) = asked(posted(path, Some(&signature), "{}")).await;
        assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &"SIGNATURE_NO_MATCH".into()), "{path}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_one_at_the_limit_is_read() {
    let signature = sign(b"", "whsec_1", NOW);
    for (bytes, expected) in [(BODY_BYTES_MAX, 503), (BODY_BYTES_MAX + 1, 413)] {
        let (status, _, _) = asked(posted(&campaign_path(), Some(&signature), vec![b' '; bytes])).await;
        assert_eq!(status.as_u16(), expected);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_said_to_be_incomplete() {
    let parts = [Ok(Bytes::from("{")), Err(std::io::Error::other("gone"))];
    let body = Body::from_stream(tokio_stream::iter(parts));
    let (status, _, body) = asked(posted(&campaign_path(), Some("t=1,v1=00"), body)).await;
    assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &"BODY_INCOMPLETE".into()));
}

#[tokio::test]
async fn other_paths_and_methods_say_what_there_is() {
    let (status, _, body) = asked(posted("/elsewhere", None, "")).await;
    assert_eq!((status, &body["error"]), (StatusCode::NOT_FOUND, &"NOT_FOUND".into()));
    let get = Request::get(campaign_path()).body(Body::empty()).expect("a request");
    let (status, headers, _) = asked(get).await;
    assert_eq!((status, &headers[header::ALLOW]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().expect("POST")));
}

#[test]
fn a_key_that_fits_no_header_is_refused_and_none_is_ever_shown() {
    let away = || upstream(service_fn(|_| async { Err::<axum::http::Response<tonic::body::Body>, _>("away") }));
    let refused = router(away(), "rk_1\n", Clock::default()).expect_err("a line break");
    assert!(!refused.0.contains("rk_1"));
    let shown = format!("{:?}", Client::new(away(), "rk_secret").expect("a key"));
    assert!(!shown.contains("rk_secret"), "{shown}");
}
