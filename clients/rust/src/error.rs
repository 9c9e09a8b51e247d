//! What an error says.

use std::collections::BTreeMap;
use std::time::Duration;
use std::{error, fmt};

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Why a call failed. The generated clients return a [`Status`], which `?` turns into this.
#[derive(Clone, Debug)]
pub struct Error {
    /// The code of gRPC.
    pub code: Code,
    /// The sentence, for people.
    pub message: String,
    /// A name of the enum `ErrorReason` without its prefix, such as `NOT_FOUND`; empty where the service said nothing.
    pub reason: String,
    /// What is wrong with which field, where the request is at fault.
    pub violations: Vec<Violation>,
    /// The variables of the message.
    pub metadata: BTreeMap<String, String>,
    /// How long to wait before trying again, where the service said so.
    pub retry_after: Option<Duration>,
}

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its path, such as `campaign.rule.currency`.
    pub field: String,
    /// The problem.
    pub description: String,
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().cloned();
        let (reason, metadata) =
            info.map(|info| (info.reason, info.metadata.into_iter().collect())).unwrap_or_default();
        let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
        let violation = |it: tonic_types::FieldViolation| Violation { field: it.field, description: it.description };
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            reason,
            violations: violations.into_iter().map(violation).collect(),
            metadata,
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.reason.is_empty() { String::new() } else { format!(" ({})", self.reason) };
        write!(f, "{:?}{reason}: {}", self.code, self.message)
    }
}

impl error::Error for Error {}
