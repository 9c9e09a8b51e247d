//! Where a charge, a refund and a dispute stand.

use crate::domain::Invalid;
use crate::domain::fact::{ChargeStatus, DisputeStatus, RefundStatus};
use crate::proto::v1;

pub fn charge_to_proto(status: ChargeStatus) -> v1::ChargeStatus {
    match status {
        ChargeStatus::Pending => v1::ChargeStatus::Pending,
        ChargeStatus::Succeeded => v1::ChargeStatus::Succeeded,
        ChargeStatus::Failed => v1::ChargeStatus::Failed,
    }
}

pub fn charge_from_proto(status: i32) -> Result<ChargeStatus, Invalid> {
    match v1::ChargeStatus::try_from(status) {
        Ok(v1::ChargeStatus::Pending) => Ok(ChargeStatus::Pending),
        Ok(v1::ChargeStatus::Succeeded) => Ok(ChargeStatus::Succeeded),
        Ok(v1::ChargeStatus::Failed) => Ok(ChargeStatus::Failed),
        Ok(v1::ChargeStatus::Unspecified) | Err(_) => Err(no_status("CHARGE_STATUS_PENDING, _SUCCEEDED or _FAILED")),
    }
}

pub fn refund_to_proto(status: RefundStatus) -> v1::RefundStatus {
    match status {
        RefundStatus::Pending => v1::RefundStatus::Pending,
        RefundStatus::Succeeded => v1::RefundStatus::Succeeded,
        RefundStatus::Failed => v1::RefundStatus::Failed,
    }
}

pub fn refund_from_proto(status: i32) -> Result<RefundStatus, Invalid> {
    match v1::RefundStatus::try_from(status) {
        Ok(v1::RefundStatus::Pending) => Ok(RefundStatus::Pending),
        Ok(v1::RefundStatus::Succeeded) => Ok(RefundStatus::Succeeded),
        Ok(v1::RefundStatus::Failed) => Ok(RefundStatus::Failed),
        Ok(v1::RefundStatus::Unspecified) | Err(_) => Err(no_status("REFUND_STATUS_PENDING, _SUCCEEDED or _FAILED")),
    }
}

pub fn dispute_to_proto(status: DisputeStatus) -> v1::DisputeStatus {
    match status {
        DisputeStatus::WarningNeedsResponse => v1::DisputeStatus::WarningNeedsResponse,
        DisputeStatus::WarningUnderReview => v1::DisputeStatus::WarningUnderReview,
        DisputeStatus::WarningClosed => v1::DisputeStatus::WarningClosed,
        DisputeStatus::NeedsResponse => v1::DisputeStatus::NeedsResponse,
        DisputeStatus::UnderReview => v1::DisputeStatus::UnderReview,
        DisputeStatus::Lost => v1::DisputeStatus::Lost,
        DisputeStatus::Won => v1::DisputeStatus::Won,
        DisputeStatus::Prevented => v1::DisputeStatus::Prevented,
    }
}

pub fn dispute_from_proto(status: i32) -> Result<DisputeStatus, Invalid> {
    match v1::DisputeStatus::try_from(status) {
        Ok(v1::DisputeStatus::WarningNeedsResponse) => Ok(DisputeStatus::WarningNeedsResponse),
        Ok(v1::DisputeStatus::WarningUnderReview) => Ok(DisputeStatus::WarningUnderReview),
        Ok(v1::DisputeStatus::WarningClosed) => Ok(DisputeStatus::WarningClosed),
        Ok(v1::DisputeStatus::NeedsResponse) => Ok(DisputeStatus::NeedsResponse),
        Ok(v1::DisputeStatus::UnderReview) => Ok(DisputeStatus::UnderReview),
        Ok(v1::DisputeStatus::Lost) => Ok(DisputeStatus::Lost),
        Ok(v1::DisputeStatus::Won) => Ok(DisputeStatus::Won),
        Ok(v1::DisputeStatus::Prevented) => Ok(DisputeStatus::Prevented),
        Ok(v1::DisputeStatus::Unspecified) | Err(_) => Err(no_status("DISPUTE_STATUS_WARNING_NEEDS_RESPONSE, …")),
    }
}

fn no_status(known: &str) -> Invalid {
    Invalid(format!("is required: {known}"))
}
