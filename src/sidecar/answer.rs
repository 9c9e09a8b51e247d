//! What the poster of a webhook is told: a word that Stripe's dashboard shows, and what to do.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::stripe::{event, signature};

/// How long Stripe is asked to wait where the service does not say.
const RETRY_SECONDS: u64 = 5;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The delivery is dealt with: 200.
    Taken {
        /// `recorded`, `duplicate` or `ignored`.
        result: &'static str,
        /// Why it was ignored; empty otherwise.
        #[serde(skip_serializing_if = "String::is_empty")]
        reason: String,
        /// More about why.
        #[serde(skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// It is not: Stripe tries again, and its dashboard shows why.
    Refused {
        /// The HTTP status.
        #[serde(skip)]
        status: StatusCode,
        /// The reason in a word.
        error: &'static str,
        /// What to do.
        message: String,
        /// After how many seconds it may go better.
        #[serde(skip)]
        retry_seconds: Option<u64>,
    },
}

impl Answer {
    /// A refusal of what was sent.
    pub fn refused(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self::Refused { status, error, message: message.into(), retry_seconds: None }
    }

    /// The service is away or overloaded.
    pub fn unavailable(error: &'static str, retry_seconds: Option<u64>) -> Self {
        let message = "the service does not answer now; nothing is lost, send it again later".to_owned();
        let retry_seconds = retry_seconds.or(Some(RETRY_SECONDS));
        Self::Refused { status: StatusCode::SERVICE_UNAVAILABLE, error, message, retry_seconds }
    }

    /// The answer's word, for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Taken { result, .. } => result,
            Self::Refused { error, .. } => error,
        }
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Taken { .. } => StatusCode::OK,
            Self::Refused { status, .. } => *status,
        }
    }
}

impl From<signature::Refusal> for Answer {
    fn from(refusal: signature::Refusal) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, refusal.word(), refusal.message())
    }
}

impl From<event::Refusal> for Answer {
    fn from(refusal: event::Refusal) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, refusal.word(), refusal.message())
    }
}

impl From<Status> for Answer {
    /// What passes by itself is 503; the rest is a fault of ours, whose details stay in our log.
    fn from(status: Status) -> Self {
        let retry_seconds =
            status.get_details_retry_info().and_then(|info| info.retry_delay).map(|d| d.as_secs().max(1));
        match status.code() {
            Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Aborted => {
                let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
                let is_store = reason == "STORE_UNAVAILABLE";
                Self::unavailable(if is_store { "STORE_UNAVAILABLE" } else { "UPSTREAM_UNAVAILABLE" }, retry_seconds)
            }
            Code::DeadlineExceeded => Self::unavailable("UPSTREAM_TIMEOUT", retry_seconds),
            Code::ResourceExhausted => Self::unavailable("UPSTREAM_OVERLOADED", retry_seconds),
            _ => {
                let message = "the service refused the sidecar's call; its log and the sidecar's have the details";
                Self::refused(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
            }
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        if let Self::Refused { retry_seconds: Some(seconds), .. } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic_types::ErrorDetails;

    use super::*;

    fn said(answer: &Answer) -> String {
        serde_json::to_string(answer).expect("JSON")
    }

    #[test]
    fn what_passes_by_itself_is_503_and_a_fault_of_ours_is_500() {
        for (code, status, word) in [
            (Code::Unavailable, 503, "UPSTREAM_UNAVAILABLE"),
            (Code::Unknown, 503, "UPSTREAM_UNAVAILABLE"),
            (Code::DeadlineExceeded, 503, "UPSTREAM_TIMEOUT"),
            (Code::ResourceExhausted, 503, "UPSTREAM_OVERLOADED"),
            (Code::Unauthenticated, 500, "INTERNAL"),
            (Code::InvalidArgument, 500, "INTERNAL"),
            (Code::Internal, 500, "INTERNAL"),
        ] {
            let answer = Answer::from(Status::new(code, "the secret details"));
            assert_eq!((answer.status().as_u16(), answer.word()), (status, word), "{code:?}");
            assert!(!said(&answer).contains("secret details"));
            let response = answer.into_response();
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), status == 503, "{code:?}");
        }
    }

    #[test]
    fn a_database_that_is_away_is_told_from_a_service_that_is() {
        let details = ErrorDetails::with_error_info("STORE_UNAVAILABLE", "referrald", []);
        let answer = Answer::from(Status::with_error_details(Code::Unavailable, "away", details));
        assert_eq!((answer.status().as_u16(), answer.word()), (503, "STORE_UNAVAILABLE"));
    }

    #[test]
    fn the_services_own_retry_time_is_passed_on() {
        let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(17)));
        let status = Status::with_error_details(Code::Unavailable, "busy", details);
        let response = Answer::from(status).into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "17");
    }

    #[test]
    fn an_answer_says_no_more_than_it_knows() {
        let taken = |reason: &str, detail: &str| Answer::Taken {
            result: "ignored",
            reason: reason.into(),
            detail: detail.into(),
        };
        assert_eq!(said(&taken("", "")), r#"{"result":"ignored"}"#);
        assert_eq!(said(&taken("TYPE", "why")), r#"{"result":"ignored","reason":"TYPE","detail":"why"}"#);
        let refused = Answer::refused(StatusCode::BAD_REQUEST, "NOT_JSON", "send JSON");
        assert_eq!(said(&refused), r#"{"error":"NOT_JSON","message":"send JSON"}"#);
    }
}
