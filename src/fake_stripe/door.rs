//! Requests in, answers out: keys, idempotency, and what was planned to go wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State as Shared};
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Inner;
use super::fault::{Answer, Fault, How, Sent};
use super::form::Form;
use super::shop::Shop;
use crate::domain::time::Time;

/// The largest body that is taken.
const BODY_BYTES_MAX: usize = 1 << 20;

/// A request that was heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Its method and path, such as `POST /v1/customers`.
    pub line: String,
    /// Its parameters.
    pub form: Form,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
    /// The status of the answer; none where none came yet.
    pub status: Option<u16>,
    /// Whether the answer was that of an earlier request with this key.
    pub replayed: bool,
}

/// All that the fake knows.
#[derive(Debug, Default)]
pub struct State {
    pub shop: Shop,
    pub heard: Vec<Heard>,
    planned: Vec<(String, usize, Fault)>,
    kept: BTreeMap<String, Kept>,
}

/// What was first asked under an idempotency key, and the answer once there is one.
#[derive(Debug)]
struct Kept {
    line: String,
    form: Form,
    answer: Option<Answer>,
}

impl State {
    pub fn plan(&mut self, line: &str, times: usize, fault: Fault) {
        self.planned.push((line.to_owned(), times, fault));
    }

    pub fn mend(&mut self) {
        self.planned.clear();
    }

    /// Notes a request; its number, and what is planned for it.
    fn hear(&mut self, heard: Heard) -> (usize, Option<Fault>) {
        let planned =
            self.planned.iter_mut().find(|(line, times, _)| *times > 0 && heard.line.starts_with(line.as_str()));
        let fault = planned.map(|(_, times, fault)| {
            *times -= 1;
            *fault
        });
        self.heard.push(heard);
        (self.heard.len() - 1, fault)
    }

    /// Takes a request's idempotency key, or gives the answer that it has already.
    fn claim(&mut self, number: usize) -> Result<(), Answer> {
        let heard = &mut self.heard[number];
        let Some(key) = heard.idempotency_key.clone() else { return Ok(()) };
        let Some(kept) = self.kept.get(&key) else {
            let kept = Kept { line: heard.line.clone(), form: heard.form.clone(), answer: None };
            self.kept.insert(key, kept);
            return Ok(());
        };
        if (&kept.line, &kept.form) != (&heard.line, &heard.form) {
            return Err(idempotency(400, "Keys for idempotent requests can only be used with the same parameters."));
        }
        match &kept.answer {
            None => Err(idempotency(409, "There is currently another in-progress request using this key.")),
            Some(answer) => {
                heard.replayed = true;
                Err(Answer { header: Some(("idempotent-replayed", "true".to_owned())), ..answer.clone() })
            }
        }
    }

    /// Does what a request asks for.
    fn carry_out(&mut self, number: usize, now: Time) -> Answer {
        let Heard { line, form, .. } = self.heard[number].clone();
        let (method, path) = line.split_once(" /v1/").unwrap_or_default();
        let path: Vec<&str> = path.split('/').collect();
        let answer = match self.shop.say(method, &path, &form, now) {
            Ok(body) => Answer::new(200, body),
            Err(refusal) => Answer::new(refusal.status, refusal.body()),
        };
        self.keep(number, &answer);
        answer
    }

    /// Keeps the answer of a key. A request that was refused leaves its key free, as with Stripe, which keeps only what
    /// came of carrying one out.
    fn keep(&mut self, number: usize, answer: &Answer) {
        let Heard { line, form, idempotency_key, .. } = self.heard[number].clone();
        let Some(key) = idempotency_key else { return };
        if (400..500).contains(&answer.status) && answer.status != 402 {
            self.kept.remove(&key);
        } else {
            self.kept.insert(key, Kept { line, form, answer: Some(answer.clone()) });
        }
    }

    /// Keeps a fault as the answer of its key. One that came before anything was done does not replace an answer.
    fn keep_fault(&mut self, number: usize, answer: &Answer, done: bool) {
        let heard = &self.heard[number];
        let kept = heard.idempotency_key.as_ref().and_then(|key| self.kept.get(key));
        if !heard.replayed && (done || kept.is_none()) {
            self.keep(number, answer);
        }
    }
}

fn idempotency(status: u16, message: &str) -> Answer {
    Answer::new(status, json!({ "error": { "type": "idempotency_error", "message": message } }))
}

/// Answers a request. What is under way goes on when the client has gone.
pub async fn hear(Shared(inner): Shared<Arc<Inner>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return ().into_response() };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let query = head.uri.query().unwrap_or_default().as_bytes();
    let heard = Heard {
        line: format!("{} {}", head.method, head.uri.path()),
        form: Form::read(if body.is_empty() { query } else { &body }),
        idempotency_key: header("idempotency-key").map(str::to_owned),
        status: None,
        replayed: false,
    };
    let knows_us = header(AUTHORIZATION.as_str())
        .is_some_and(|key| key.starts_with("Bearer sk_") || key.starts_with("Bearer rk_"));
    let (number, planned) = inner.lock().hear(heard);
    let fault = if knows_us { planned } else { Some(Fault::before(How::Status(401))) };
    let now = inner.clock.now();
    let sent = tokio::spawn(answer(inner, number, fault)).await.unwrap_or(Sent::Nothing);
    sent.response(number, now).await
}

async fn answer(inner: Arc<Inner>, number: usize, fault: Option<Fault>) -> Sent {
    let line = inner.lock().heard[number].line.clone();
    let sent = match fault {
        Some(Fault { done: false, how }) if how != How::Held => how.spoilt(&line, Answer::new(200, Value::Null)),
        fault => {
            let how = fault.map(|fault| fault.how);
            let answer = done(&inner, number, how == Some(How::Held)).await;
            how.map_or(Sent::Answer(answer.clone()), |how| how.spoilt(&line, answer))
        }
    };
    let mut state = inner.lock();
    state.heard[number].status = sent.status();
    if let Sent::Answer(answer) = &sent
        && answer.status >= 500
    {
        state.keep_fault(number, answer, fault.is_some_and(|fault| fault.done));
    }
    sent
}

async fn done(inner: &Inner, number: usize, held: bool) -> Answer {
    if let Err(answer) = inner.lock().claim(number) {
        return answer;
    }
    if held && let Ok(permit) = inner.released.acquire().await {
        permit.forget();
    }
    inner.lock().carry_out(number, inner.clock.now())
}
