//! Lines of the audit log, as the API carries them.

use super::{Twin, time_to_proto};
use crate::domain::audit::AuditLine;
use crate::proto::v1;

/// A line of the audit log, as the API says it.
pub fn audit_line_to_proto(line: &AuditLine) -> v1::AuditLine {
    v1::AuditLine {
        id: line.id.to_string(),
        occurred_at: Some(time_to_proto(line.occurred_at)),
        key_id: line.key.map(|key| key.to_string()).unwrap_or_default(),
        call: line.call.clone(),
        account: line.subject.account.clone().unwrap_or_default(),
        mode: line.subject.mode.map_or(0, Twin::number),
        subject_kind: line.subject.kind.number(),
        subject_id: line.subject.id.clone(),
        changed: line.changed.clone(),
    }
}
