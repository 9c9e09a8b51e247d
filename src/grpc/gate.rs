//! What every call passes: an id, a limit on calls at once, the key, the deadline, and a line in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::{Code, Status};

use super::MESSAGE_BYTES_MAX;
use super::auth::{Doors, scopes, writes};
use super::status::{deadline_exceeded, internal, status, too_large, unimplemented};
use crate::app::{App, Caller, Error};
use crate::clock::random;
use crate::domain::id::KeyId;
use crate::domain::text::hex;

/// How many calls run at once, and how long one may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The calls that run at once; more are refused.
    pub calls_max: usize,
    /// The deadline of a call that brings none, and the longest that one may bring.
    pub deadline_max: Duration,
    /// How many watch events at once; more are refused.
    pub watchers_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls_max: 1024, deadline_max: Duration::from_secs(30), watchers_max: 1000 }
    }
}

/// tonic itself breaks a call off at its deadline, and says CANCELLED; ours ends a tenth earlier, but by this much at
/// least and at most, and says why. On a busy machine our clock starts some milliseconds after tonic's.
const DEADLINE_MARGIN_MIN: Duration = Duration::from_millis(5);
const DEADLINE_MARGIN_MAX: Duration = Duration::from_millis(50);

/// What stands before the services.
pub struct Gate {
    app: Arc<App>,
    doors: Doors,
    limits: Limits,
    calls: Arc<Semaphore>,
    watchers: Arc<Semaphore>,
}

impl Gate {
    /// A gate; `open` lets calls without a key do everything.
    pub fn new(app: Arc<App>, open: bool, limits: Limits) -> Arc<Self> {
        let calls = Arc::new(Semaphore::new(limits.calls_max));
        let watchers = Arc::new(Semaphore::new(limits.watchers_max));
        Arc::new(Self { app, doors: Doors::new(open), limits, calls, watchers })
    }

    /// Those who may still begin to watch events, and how many may at once.
    pub(super) fn watchers(&self) -> (Arc<Semaphore>, usize) {
        (self.watchers.clone(), self.limits.watchers_max)
    }

    /// The key with which the sidecar in the same process records facts.
    pub fn internal_key(&self) -> &str {
        self.doors.internal_key()
    }
}

/// Puts the gate before services.
pub(super) fn before(routes: Routes, gate: Arc<Gate>) -> Routes {
    routes.into_axum_router().layer(from_fn_with_state(gate, pass)).into()
}

async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let id = request_id(request.headers());
    let began = gate.app.clock.now();
    let mut key = None;
    let limit = gate.limit(request.headers());
    let answer = async {
        let caller = gate.admit(&path, request.headers()).await.map_err(status)?;
        key = caller.key;
        let caller = Caller { call: call(&path).to_owned(), ..caller };
        request.extensions_mut().insert(caller);
        Ok(gate.run(&path, request, next).await)
    };
    // Without waiting where there is no time at all: nothing is faster than tonic's own clock then.
    let answered = if limit.is_zero() {
        drop(answer);
        None
    } else {
        tokio::time::timeout(limit, answer).await.ok()
    };
    let mut response = match answered {
        Some(Ok(response)) => response,
        Some(Err(refused)) => Status::into_http(refused),
        None => deadline_exceeded().into_http(),
    };
    translate(&mut response, &id);
    let micros = gate.app.clock.now().micros() - began.micros();
    log(&path, &id, key, &response, micros);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// The service and method of a path, without the package.
fn call(path: &str) -> &str {
    path.trim_start_matches("/referrald.v1.")
}

impl Gate {
    /// How long a call may take, from its key to its answer.
    fn limit(&self, headers: &HeaderMap) -> Duration {
        let longest = self.limits.deadline_max;
        let time = deadline(headers).map_or(longest, |asked| asked.min(longest));
        time.saturating_sub((time / 10).clamp(DEADLINE_MARGIN_MIN, DEADLINE_MARGIN_MAX))
    }

    async fn admit(&self, path: &str, headers: &HeaderMap) -> Result<Caller, Error> {
        self.doors.admit(&self.app, path, headers).await
    }

    /// Runs a call in a task of its own: a caller who goes away does not tear a write, and a bug that panics ends this
    /// call alone.
    async fn run(&self, path: &str, request: Request, next: Next) -> Response {
        // Who asks only whether the service lives is not turned away when it is busy: it would be restarted for that.
        let permit = match scopes(path) {
            None => None,
            Some(_) => match self.calls.clone().try_acquire_owned() {
                Ok(permit) => Some(permit),
                Err(_) => return status(Error::Overloaded).into_http(),
            },
        };
        // What is not broken off any more is begun when all of it has come.
        let request = if writes(path) {
            match whole(request).await {
                Ok(request) => request,
                Err(refused) => return refused.into_http(),
            }
        } else {
            request
        };
        let mut task = Task {
            breaks: !writes(path),
            handle: tokio::spawn(async move {
                let response = next.run(request).await;
                drop(permit);
                response
            }),
        };
        match (&mut task.handle).await {
            Ok(response) => response,
            Err(panic) => {
                tracing::error!(%path, %panic, "a call panicked");
                status(Error::Internal).into_http()
            }
        }
    }
}

/// A request whose message has come, which may never end coming.
async fn whole(request: Request) -> Result<Request, Status> {
    let (parts, body) = request.into_parts();
    // The message has five bytes before it.
    let body = Limited::new(body, MESSAGE_BYTES_MAX + 5).collect().await.map_err(|problem| {
        let is_too_large = problem.is::<LengthLimitError>();
        if is_too_large { too_large(MESSAGE_BYTES_MAX) } else { Status::cancelled("the call was broken off") }
    })?;
    Ok(Request::from_parts(parts, body.to_bytes().into()))
}

/// A call under way. Dropped, a read ends, down to its statement; a write goes on to its commit.
struct Task {
    breaks: bool,
    handle: JoinHandle<Response>,
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.breaks {
            self.handle.abort();
        }
    }
}

/// The caller's id of the call, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let usable = |id: &&str| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    match given.filter(usable) {
        Some(id) => id.to_owned(),
        None => hex(&random::<8>()),
    }
}

/// `grpc-timeout`: up to eight digits and a unit.
fn deadline(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// What tonic says by itself, in our words. To a message that is too large it says `OUT_OF_RANGE`, where gRPC's own word
/// is `RESOURCE_EXHAUSTED`; to one that cannot be read `INTERNAL`, where the fault is the caller's. A fault of ours says
/// where it is in the log.
fn translate(response: &mut Response, id: &str) {
    let Some(said) = Status::from_header_map(response.headers()) else { return };
    let begins = |words: &[&str]| words.iter().any(|words| said.message().starts_with(words));
    let told = match said.code() {
        Code::OutOfRange | Code::ResourceExhausted if begins(&TOO_LARGE) => too_large(MESSAGE_BYTES_MAX),
        Code::Internal if begins(&UNREADABLE) => {
            let problem = "cannot be read: it is no message of this call's type".to_owned();
            status(Error::Invalid(vec![("message".to_owned(), problem)]))
        }
        Code::Internal => internal(id),
        Code::Unimplemented => unimplemented(said.message()),
        _ => return,
    };
    let encodings = response.headers_mut().remove(ENCODINGS);
    *response = told.into_http();
    if let Some(encodings) = encodings {
        response.headers_mut().insert(ENCODINGS, encodings);
    }
}

/// How tonic begins to say that a message is too large, as it came or when it is decompressed.
const TOO_LARGE: [&str; 2] = ["Error, decoded message length too large", "Error decompressing: size limit"];
/// How it begins to say that a message cannot be read.
const UNREADABLE: [&str; 3] = ["failed to decode Protobuf message", "Error decompressing", "protocol error"];
/// The compressions that we know, which tonic names beside one that we do not.
const ENCODINGS: &str = "grpc-accept-encoding";

/// One line for each call. A call that went well says so at the end of its body, after this.
fn log(path: &str, id: &str, key: Option<KeyId>, response: &Response, micros: i64) {
    let said = Status::from_header_map(response.headers());
    let code = said.as_ref().map_or(Code::Ok, Status::code);
    let reason = said.as_ref().map(|said| discreet(said.message())).unwrap_or_default();
    let key = key.map(tracing::field::display);
    match code {
        Code::Ok => tracing::info!(%path, request_id = %id, key, ?code, micros, "call"),
        Code::Internal | Code::Unknown => tracing::error!(%path, request_id = %id, key, ?code, micros, "call"),
        _ => tracing::info!(%path, request_id = %id, key, ?code, micros, %reason, "call"),
    }
}

/// A message without what it repeats of the call, which stands in quotes: a code or a request id may be somebody's name.
/// Ids of ours stay.
fn discreet(message: &str) -> String {
    let is_ours = |quoted: &str| {
        let (prefix, digits) = quoted.split_once('_').unwrap_or_default();
        prefix.len() == 3 && digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let pieces: Vec<&str> = message.split('"').collect();
    if pieces.len() % 2 == 1 && pieces.iter().skip(1).step_by(2).all(|quoted| is_ours(quoted)) {
        return message.to_owned();
    }
    // What is quoted may have quotes in it, so nothing between the first and the last can be told from it.
    match pieces[..] {
        [before, _] => format!("{before}\"…"),
        [before, .., after] => format!("{before}\"…\"{after}"),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    #[test]
    fn the_log_repeats_ids_of_ours_and_nothing_else_that_a_call_has_said() {
        let id = format!("cmp_{:032x}", 7);
        for (said, logged) in [
            ("there is no referrer \"ada-l\" here", "there is no referrer \"…\" here".to_owned()),
            (&format!("there is no campaign \"{id}\""), format!("there is no campaign \"{id}\"")),
            ("it has \"ada", "it has \"…".to_owned()),
            ("the key \"x\"ada@example.com\": is not known", "the key \"…\": is not known".to_owned()),
            (&format!("\"ada\" has no campaign \"{id}\" yet"), "\"…\" yet".to_owned()),
            ("email is required", "email is required".to_owned()),
        ] {
            assert_eq!(discreet(said), logged);
        }
    }

    #[test]
    fn a_fault_of_ours_says_under_which_id_the_log_has_it() {
        let told = |error: Error| {
            let mut response = status(error).into_http();
            translate(&mut response, "0123abcd");
            let said = Status::from_header_map(response.headers()).expect("a refusal");
            let info = said.get_details_error_info().expect("an ErrorInfo");
            (said.code(), info.reason, info.metadata.get("request_id").cloned())
        };
        assert_eq!(told(Error::Internal), (Code::Internal, "INTERNAL".into(), Some("0123abcd".into())));
        assert_eq!(told(Error::StoreUnavailable), (Code::Unavailable, "STORE_UNAVAILABLE".into(), None));
    }

    #[test]
    fn a_deadline_has_up_to_eight_digits_and_a_unit() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", HeaderValue::from_bytes(text.as_bytes()).expect("a header"));
            deadline(&headers)
        };
        assert_eq!(of("1H"), Some(Duration::from_hours(1)));
        assert_eq!(of("250m"), Some(Duration::from_millis(250)));
        assert_eq!(of("99999999n"), Some(Duration::from_nanos(99_999_999)));
        for wrong in ["", "5", "S", "5s", "-1S", "999999999S", "é"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
