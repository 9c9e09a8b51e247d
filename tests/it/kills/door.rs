//! Stands between a process and Stripe, and says at which request, and where in it, the process is to die.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio_stream::{StreamExt, iter};

use crate::harness::{Answer, send};

/// Where in a request the process dies.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// It is sent, and never reaches Stripe.
    Lost,
    /// It is sent, and reaches Stripe when the next process is at work already.
    Late,
    /// It is carried out, and no answer comes.
    Unanswered,
    /// Half of the answer comes.
    Half,
    /// The answer comes: the process dies before it has noted it, or as it does, or right after.
    Answered,
}

pub const PLACES: [Place; 5] = [Place::Lost, Place::Late, Place::Unanswered, Place::Half, Place::Answered];

/// What becomes of requests.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// They are passed on.
    Open,
    /// They wait for ever.
    Closed,
    /// So many more are passed on, and the one after them is the last.
    Armed(usize, Place),
}

/// What stands between.
pub struct Door {
    url: String,
    inner: Arc<Inner>,
}

struct Inner {
    to: SocketAddr,
    way: Mutex<Way>,
    struck: Semaphore,
    dead: Notify,
}

impl Door {
    /// Stands before Stripe at this URL, closed.
    pub async fn before(url: &str) -> Self {
        let to = url.trim_start_matches("http://").parse().expect("an address");
        let (way, struck, dead) = (Mutex::new(Way::Closed), Semaphore::new(0), Notify::new());
        let inner = Arc::new(Inner { to, way, struck, dead });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(pass).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn close(&self) {
        self.inner.turn(Way::Closed);
    }

    pub fn open(&self) {
        self.inner.turn(Way::Open);
    }

    /// Passes so many requests on; the next one is the process's last.
    pub fn arm(&self, requests: usize, place: Place) {
        self.inner.turn(Way::Armed(requests, place));
    }

    /// Waits until the process is to die.
    pub async fn struck(&self) {
        self.inner.struck.acquire().await.expect("it stays open").forget();
    }

    /// Says that the process is dead, and the next one may begin.
    pub fn dead(&self) {
        self.inner.dead.notify_one();
    }
}

impl Inner {
    fn turn(&self, way: Way) {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner) = way;
    }

    /// What becomes of the next request; after the last all others wait.
    fn next(&self) -> Way {
        let mut way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        match *way {
            Way::Armed(0, place) => {
                *way = Way::Closed;
                Way::Armed(0, place)
            }
            Way::Armed(more, place) => {
                *way = Way::Armed(more - 1, place);
                Way::Open
            }
            same => same,
        }
    }

    async fn forward(&self, head: &Parts, body: &Bytes) -> Answer {
        let headers: Vec<(&str, &str)> = ["authorization", "content-type", "idempotency-key"]
            .into_iter()
            .filter_map(|name| Some((name, head.headers.get(name)?.to_str().ok()?)))
            .collect();
        let path = head.uri.path_and_query().map_or("", |path| path.as_str());
        let method: Method = head.method.clone();
        send(self.to, method, path, &headers, body.to_vec()).await
    }
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1 << 20).await else { return pending().await };
    let place = match inner.next() {
        Way::Open => return whole(inner.forward(&head, &body).await),
        Way::Closed => return pending().await,
        Way::Armed(_, place) => place,
    };
    if let Place::Late = place {
        let late = inner.clone();
        tokio::spawn(async move {
            late.dead.notified().await;
            late.forward(&head, &body).await;
        });
        return last(&inner).await;
    }
    if let Place::Lost = place {
        return last(&inner).await;
    }
    let answer = inner.forward(&head, &body).await;
    inner.struck.add_permits(1);
    match place {
        Place::Half => half(&answer),
        Place::Answered => whole(answer),
        _ => pending().await,
    }
}

/// Nothing comes of it any more.
async fn last(inner: &Inner) -> Response {
    inner.struck.add_permits(1);
    pending().await
}

fn whole(answer: Answer) -> Response {
    (status(&answer), answer.body.to_string()).into_response()
}

fn half(answer: &Answer) -> Response {
    let text = answer.body.to_string();
    let first = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let never = tokio_stream::pending::<std::io::Result<Bytes>>();
    (status(answer), Body::from_stream(iter([Ok(first)]).chain(never))).into_response()
}

fn status(answer: &Answer) -> StatusCode {
    StatusCode::from_u16(answer.status).expect("a status")
}
