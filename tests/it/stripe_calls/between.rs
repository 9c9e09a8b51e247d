//! Stands between us and a counterpart, passes everything on, and remembers it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use referrald::stripe::client::API_VERSION;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::harness::send;

/// The newest version of the API that Stripe's mock knows: it takes no endpoint of a later one.
const VERSION_OF_THE_MOCK: &str = "2026-08-26.dahlia";

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub line: String,
    pub status: u16,
    pub body: Value,
}

/// What stands between.
pub struct Between {
    url: String,
    passing: Arc<Passing>,
}

struct Passing {
    to: SocketAddr,
    heard: Mutex<Vec<Exchange>>,
}

impl Between {
    /// Stands before the counterpart at this URL.
    pub async fn of(url: &str) -> Self {
        let to = url.trim_start_matches("http://").parse().expect("an address");
        let passing = Arc::new(Passing { to, heard: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(pass).with_state(passing.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, passing }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn heard(&self) -> Vec<Exchange> {
        self.passing.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(State(passing): State<Arc<Passing>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let form = String::from_utf8(body.to_vec()).expect("a form").replace(API_VERSION, VERSION_OF_THE_MOCK);
    let headers: Vec<(&str, &str)> = ["authorization", "content-type", "idempotency-key", "stripe-version"]
        .into_iter()
        .filter_map(|name| Some((name, head.headers.get(name)?.to_str().ok()?)))
        .collect();
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let answer = send(passing.to, head.method.clone(), path, &headers, form.into_bytes()).await;
    let line = format!("{} {path}", head.method);
    let exchange = Exchange { line, status: answer.status, body: answer.body.clone() };
    passing.heard.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    let status = StatusCode::from_u16(answer.status).expect("a status");
    (status, answer.body.to_string()).into_response()
}
