//! What an error says besides its words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::time::Duration;

use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

/// Some clients take headers of 8 KiB, and end the connection at more; this leaves room for the other headers.
const HEADER_BYTES_MAX: usize = 7_800;

/// A refusal, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    pub message: String,
    /// The reason of its `ErrorInfo`.
    pub reason: String,
    /// The variables of its `ErrorInfo`.
    pub variables: BTreeMap<String, String>,
    /// The fields of its `BadRequest`.
    pub fields: BTreeSet<String>,
    /// Kind and name of its `ResourceInfo`.
    pub resource: Option<(String, String)>,
    pub retry_after: Option<Duration>,
    /// The type of the violation of its `PreconditionFailure`.
    pub precondition: Option<String>,
}

/// The refusal that a call must have got.
#[track_caller]
pub fn refused<T: Debug>(answer: Result<Response<T>, Status>) -> Refusal {
    match answer {
        Ok(answer) => panic!("this must be refused, and was answered: {:?}", answer.into_inner()),
        Err(status) => Refusal::of(&status),
    }
}

impl Refusal {
    #[track_caller]
    pub fn of(status: &Status) -> Self {
        let info = status.get_details_error_info();
        let info = info.unwrap_or_else(|| panic!("every error carries an ErrorInfo, and this has none: {status:?}"));
        assert_eq!(info.domain, "referrald");
        let header_bytes = status.details().len() * 4 / 3 + status.message().escape_default().count();
        assert!(header_bytes < HEADER_BYTES_MAX, "an answer of {header_bytes} bytes is too long for some clients");
        let retry_after = status.get_details_retry_info().and_then(|info| info.retry_delay);
        let pushback = status.metadata().get("grpc-retry-pushback-ms").and_then(|told| told.to_str().ok());
        let told = retry_after.map(|after| after.as_millis().to_string());
        // -1 says never.
        let told = told.or_else(|| (info.reason == "MESSAGE_TOO_LARGE").then(|| "-1".to_owned()));
        assert_eq!(pushback, told.as_deref(), "gRPC libraries that retry by themselves are told the same");
        let resource = status.get_details_resource_info();
        let precondition = status.get_details_precondition_failure();
        let fields = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
        let fields = fields.into_iter().map(|violation| violation.field).collect();
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            reason: info.reason,
            variables: info.metadata.into_iter().collect(),
            fields,
            resource: resource.map(|resource| (resource.resource_type, resource.resource_name)),
            retry_after,
            precondition: precondition.and_then(|failure| failure.violations.into_iter().next()).map(|one| one.r#type),
        }
    }

    /// The code and the reason, which say all that a program needs.
    pub fn kind(&self) -> (Code, &str) {
        (self.code, &self.reason)
    }

    /// The fields that it names, in order.
    pub fn fields(&self) -> Vec<&str> {
        self.fields.iter().map(String::as_str).collect()
    }
}
