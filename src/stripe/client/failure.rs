//! Why a call gave no answer that can be used, and what may be done about it.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use crate::stripe::key::struck_out;
use crate::stripe::object::{Object, clean};

/// The longest message that is kept, in characters.
const MESSAGE_MAX: usize = 500;
/// The longest that Stripe's word on waiting is followed, in seconds.
const RETRY_AFTER_SECONDS_MAX: u64 = 3600;

/// Why a call gave no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What may be done about it.
    pub kind: Kind,
    /// What happened, for people; never with a key or an address of somebody in it.
    pub message: String,
    /// What Stripe's support asks for.
    pub request_id: Option<String>,
}

/// What may be done about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Stripe refused for good: trying the same again changes nothing.
    Refused {
        /// The status of the answer.
        status: u16,
        /// Stripe's word for it, such as `resource_missing`; its kind, such as `idempotency_error`, where it has none.
        code: Option<String>,
        /// The parameter that was wrong.
        param: Option<String>,
    },
    /// The key is unknown or revoked (401), or lacks the permission that the message names (403).
    Key {
        /// The status of the answer.
        status: u16,
    },
    /// Not done: try the same again.
    Again {
        /// How long Stripe said to wait.
        after: Option<Duration>,
    },
    /// Nobody knows whether it was done.
    Unknown {
        /// Whether Stripe has answered, with a fault: it answers the same to the same key from now on.
        answered: bool,
    },
}

impl Failure {
    /// An answer that says no.
    pub(super) fn answered(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let error = Object::new(&body["error"], "error");
        let code = error.text("code").or_else(|| error.text("type"));
        let mut message = format!("Stripe answered {status}");
        for (between, more) in [(" ", &code), (": ", &error.text("message"))] {
            message += &more.as_ref().map(|more| format!("{between}{more}")).unwrap_or_default();
        }
        let kind = kind(status, headers, code, error.text("param"));
        Self { request_id: text(headers, "request-id").map(clean), ..Self::new(kind, &message) }
    }

    /// The answer is missing, cut short, too large, or says nothing that can be read.
    pub(super) fn unknown(message: &str) -> Self {
        Self::new(Kind::Unknown { answered: false }, message)
    }

    /// Stripe was not reached.
    pub(super) fn unreached(message: &str) -> Self {
        Self::new(Kind::Again { after: None }, message)
    }

    /// The request cannot even be written, and never will.
    pub(super) fn unfit(error: &http::Error) -> Self {
        let kind = Kind::Refused { status: 400, code: None, param: None };
        Self::new(kind, &format!("this cannot be sent to Stripe: {error}"))
    }

    fn new(kind: Kind, message: &str) -> Self {
        let message = nameless(&struck_out(&clean(message))).chars().take(MESSAGE_MAX).collect();
        Self { kind, message, request_id: None }
    }

    /// Whether Stripe refuses a promotion code because another that is active is spelled so. It has no word of its own
    /// for that, and need not name the parameter, so its message must do.
    pub fn is_taken_code(&self) -> bool {
        let names_it = self.message.contains("active promotion code") && self.message.contains("already exists");
        matches!(&self.kind, Kind::Refused { status: 400, param, .. } if names_it || param.as_deref() == Some("code"))
    }

    /// Whether Stripe says that there is no such object.
    pub fn is_missing(&self) -> bool {
        matches!(&self.kind, Kind::Refused { status: 404, code, .. } if code.as_deref() == Some("resource_missing"))
    }
}

/// The text without addresses of people, since it is logged and kept.
fn nameless(text: &str) -> String {
    let shown = |piece: &str| {
        let rest = &piece[piece.trim_end().len()..];
        if piece.contains('@') { format!("(address){rest}") } else { piece.to_owned() }
    };
    text.split_inclusive(char::is_whitespace).map(shown).collect()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.request_id.iter().try_for_each(|id| write!(f, " (request {id})"))
    }
}

impl std::error::Error for Failure {}

/// `Stripe-Should-Retry` decides where it is there, but for one thing: it cannot make known what a 5xx leaves unknown.
fn kind(status: u16, headers: &HeaderMap, code: Option<String>, param: Option<String>) -> Kind {
    match (status, text(headers, "stripe-should-retry")) {
        (_, Some("true")) | (409 | 429, None) => Kind::Again { after: retry_after(headers) },
        (408 | 424 | 500.., _) => Kind::Unknown { answered: true },
        (401 | 403, _) => Kind::Key { status },
        _ => Kind::Refused { status, code, param },
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = text(headers, "retry-after")?.parse().ok()?;
    Some(Duration::from_secs(seconds.min(RETRY_AFTER_SECONDS_MAX)))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn answered(status: u16, headers: &[(&'static str, &'static str)], error: &Value) -> Failure {
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        Failure::answered(status, &headers.collect(), json!({ "error": error }).to_string().as_bytes())
    }

    fn refused(status: u16, code: &str, param: Option<&str>) -> Kind {
        Kind::Refused { status, code: Some(code.to_owned()), param: param.map(str::to_owned) }
    }

    #[test]
    fn the_status_and_stripes_own_word_on_retrying_say_what_may_be_done() {
        let again = |seconds: Option<u64>| Kind::Again { after: seconds.map(Duration::from_secs) };
        let (yes, no, wait) = (("stripe-should-retry", "true"), ("stripe-should-retry", "false"), ("retry-after", "7"));
        let missing = json!({ "type": "invalid_request_error", "code": "resource_missing", "param": "id" });
        let other = json!({ "type": "idempotency_error", "message": "Keys can only be used with the same parameters" });
        let card = json!({ "type": "card_error", "code": "card_declined" });
        let none = json!({ "type": "api_error" });
        for (status, headers, error, kind) in [
            (400, vec![], &other, refused(400, "idempotency_error", None)),
            (402, vec![], &card, refused(402, "card_declined", None)),
            (404, vec![], &missing, refused(404, "resource_missing", Some("id"))),
            (404, vec![yes], &missing, again(None)),
            (401, vec![], &none, Kind::Key { status: 401 }),
            (403, vec![no], &none, Kind::Key { status: 403 }),
            (409, vec![], &none, again(None)),
            (409, vec![no], &none, refused(409, "api_error", None)),
            (429, vec![], &none, again(None)),
            (429, vec![wait], &none, again(Some(7))),
            (429, vec![("retry-after", "99999999999")], &none, again(Some(3600))),
            (429, vec![("retry-after", "Wed, 25 Nov 2026 10:00:00 GMT")], &none, again(None)),
            (429, vec![no, wait], &none, refused(429, "api_error", None)),
            (500, vec![], &none, Kind::Unknown { answered: true }),
            (500, vec![yes, wait], &none, again(Some(7))),
            (500, vec![no], &none, Kind::Unknown { answered: true }),
            (503, vec![], &none, Kind::Unknown { answered: true }),
            (424, vec![], &none, Kind::Unknown { answered: true }),
            (302, vec![], &none, refused(302, "api_error", None)),
        ] {
            assert_eq!(answered(status, &headers, error).kind, kind, "{status} {headers:?}");
        }
    }

    #[test]
    fn a_message_names_what_stripe_said_and_the_request() {
        let error = json!({ "code": "resource_missing", "message": "No such customer: 'cus_1'" });
        let failure = answered(404, &[("request-id", "req_1")], &error);
        assert!(failure.is_missing());
        let said = "Stripe answered 404 resource_missing: No such customer: 'cus_1' (request req_1)";
        assert_eq!(failure.to_string(), said);
        assert_eq!(Failure::answered(502, &HeaderMap::new(), b"<html>").to_string(), "Stripe answered 502");
    }

    #[test]
    fn a_message_names_the_missing_permission_and_never_a_key() {
        let said = "The provided key 'rk_test_*********hidden' does not have the required permissions for this endpoint. \
                    Having the 'rak_customer_write' permission would allow this request to continue.";
        let failure = answered(403, &[], &json!({ "message": said }));
        assert!(failure.message.contains("'rak_customer_write'"), "{failure}");
        assert!(!format!("{failure:?}").contains("hidden"), "{failure:?}");
    }

    #[test]
    fn a_message_is_bounded() {
        let failure = answered(400, &[], &json!({ "message": "a\n".repeat(10_000) }));
        assert_eq!(failure.message.chars().count(), MESSAGE_MAX);
        assert!(!failure.message.contains('\n'));
    }
}
