//! `send-event`: the offline twin of Stripe's own trigger command.

use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use referrald::clock::Clock;
use referrald::config;
use referrald::server::Problem;
use referrald::stripe::signature::sign;

/// Signs the file as it is and posts it; the exit status says whether it was taken.
pub async fn send_event(options: config::SendEvent) -> Result<(), Problem> {
    let secret = options.secret.filter(|secret| !secret.is_empty()).ok_or_else(|| {
        Problem(
            "there is no signing secret: give --secret or REFERRALD_WEBHOOK_SECRET the whsec_… that AddWebhookSecret \
             was given; the demo prints its own, with where to send to"
                .to_owned(),
        )
    })?;
    let body = read(&options.file)?;
    let uri: Uri = options.to.parse().map_err(|_| Problem(format!("--to {} is no URL", options.to)))?;
    if uri.scheme_str() != Some("http") {
        return Err(Problem("--to must be an http:// URL of a sidecar: what tests locally needs no TLS".to_owned()));
    }
    let (status, answer) = post(uri, body, &secret).await?;
    println!("{answer}");
    if status.is_success() { Ok(()) } else { Err(Problem(format!("the sidecar answered {status}"))) }
}

/// Posts a body with its signature, as Stripe does.
pub async fn post(uri: Uri, body: Vec<u8>, secret: &str) -> Result<(http::StatusCode, String), Problem> {
    let signature = sign(&body, secret, Clock::default().now());
    let request = Request::post(&uri)
        .header("content-type", "application/json; charset=utf-8")
        .header("stripe-signature", signature)
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| Problem(error.to_string()))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let unreachable = |why: String| Problem(format!("{uri} does not answer: {why}"));
    let response = client.request(request).await.map_err(|error| unreachable(error.to_string()))?;
    let status = response.status();
    let answer = response.into_body().collect().await.map_err(|error| unreachable(error.to_string()))?;
    Ok((status, String::from_utf8_lossy(&answer.to_bytes()).into_owned()))
}

fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut body).map(drop)
    } else {
        std::fs::read(file).map(|bytes| body = bytes)
    };
    read.map_err(|error| Problem(format!("cannot read {}: {error}", file.display())))?;
    Ok(body)
}
