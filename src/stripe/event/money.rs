//! Charges, refunds and disputes.

use super::super::object::{Object, Unreadable};
use crate::domain::delivery::FACTS_MAX;
use crate::domain::fact::{Charge, ChargeStatus, Dispute, DisputeStatus, Fact, Refund, RefundStatus, Seen};
use crate::domain::money::Currency;
use crate::domain::time::Time;

/// The charge, and the refunds that API versions before 2022-11-15 list in it.
pub fn charge_and_refunds(object: &Object, kind: &str, seen_at: Time) -> Result<Vec<Fact>, Unreadable> {
    let charge = charge(object, kind, seen_at)?;
    // What does not fit is not lost: the charge's cumulative amount covers it.
    let refunds = refunds_within(object, &charge.id, FACTS_MAX - 1)?;
    Ok([Fact::Charge(charge)].into_iter().chain(refunds.into_iter().map(Fact::Refund)).collect())
}

/// A charge as a list shows it, which is with all its refunds. Its cumulative amount is left out: no event says since when
/// it was shown.
pub fn charge_and_all_refunds(object: &Object, created_at: Time) -> Result<Vec<Fact>, Unreadable> {
    let mut charge = charge(object, "", created_at)?;
    let refunded_minor = std::mem::take(&mut charge.refunded).into_keys().max().unwrap_or(0);
    let refunds = refunds_within(object, &charge.id, FACTS_MAX)?;
    if refunded_minor > 0 {
        told_whole(object, &charge.id, &refunds, refunded_minor)?;
    }
    Ok([Fact::Charge(charge)].into_iter().chain(refunds.into_iter().map(Fact::Refund)).collect())
}

/// Refuses a charge that was refunded so much and does not tell all of its refunds.
fn told_whole(object: &Object, id: &str, refunds: &[Refund], refunded_minor: i64) -> Result<(), Unreadable> {
    let has_more = object.object("refunds").map(|list| list.optional_flag("has_more")).transpose()?.flatten();
    if has_more == Some(true) || refunds.len() == FACTS_MAX {
        let way_out = format_args!("are not all; put the answer of GET /v1/refunds?charge={id}&limit=99 there");
        return Err(object.problem("refunds", way_out));
    }
    // Those that failed may still be in the amount.
    let told_minor = refunds.iter().fold(0_i64, |sum, refund| sum.saturating_add(refund.amount_minor));
    if told_minor >= refunded_minor {
        return Ok(());
    }
    let way_out = "list the charges with expand[]=data.refunds, so that each refund has its time";
    Err(object
        .problem("refunds", format_args!("tell {told_minor} of the {refunded_minor} that were refunded; {way_out}")))
}

/// The refunds that a charge lists, the first `max` of them.
fn refunds_within(object: &Object, charge_id: &str, max: usize) -> Result<Vec<Refund>, Unreadable> {
    let read = |refund: Object| {
        let mut refund = read_refund(&refund)?;
        refund.charge_id.get_or_insert_with(|| charge_id.to_owned());
        Ok(refund)
    };
    object.list("refunds").into_iter().take(max).map(read).collect()
}

/// The refunds that a charge lists where it is asked for with them, and whether these are all.
pub fn refunds_of_charge(charge: &Object) -> Result<(Vec<Fact>, bool), Unreadable> {
    charge.expect("charge")?;
    let list = charge.object("refunds").ok_or_else(|| charge.problem("refunds", "is missing"))?;
    let refunds =
        list.list("data").iter().map(|refund| read_refund(refund).map(Fact::Refund)).collect::<Result<_, _>>()?;
    Ok((refunds, !list.flag("has_more")?))
}

fn charge(object: &Object, kind: &str, seen_at: Time) -> Result<Charge, Unreadable> {
    object.expect("charge")?;
    let id = object.id()?;
    let amount_minor = object.amount("amount")?;
    // What a capture gives back is the rest of the authorisation, and never was the merchant's: it is a release, except
    // where the whole authorisation passes for captured.
    let tells_captured = object.optional_amount("amount_captured")?.is_some();
    let captured_minor = captured_minor(object, amount_minor)?;
    let refunded_minor = object.optional_amount("amount_refunded")?.filter(|_| captured_minor > 0).unwrap_or(0);
    Ok(Charge {
        id,
        currency: object.currency("currency")?,
        created_at: object.time("created")?,
        customer_id: object.reference("customer")?,
        payment_intent_id: object.reference("payment_intent")?,
        status: charge_status(object)?,
        amount_minor,
        captured_minor,
        released_minor: if kind == "charge.captured" && tells_captured { refunded_minor } else { 0 },
        refunded: Some(refunded_minor).filter(|minor| *minor > 0).map(|minor| (minor, seen_at)).into_iter().collect(),
        settlement: settlement(object)?,
        balance_transaction_id: object.reference("balance_transaction")?,
        refunds_known_at: None,
        emails: charge_emails(object, seen_at),
        referrals: object.tagged(seen_at),
    })
}

/// API versions before 2020-08-27 have no `amount_captured`: there the rest of a partial capture is a refund.
fn captured_minor(object: &Object, amount_minor: i64) -> Result<i64, Unreadable> {
    let amount_captured = object.optional_amount("amount_captured")?;
    Ok(if object.flag("captured")? { amount_captured.unwrap_or(amount_minor) } else { 0 })
}

fn charge_status(object: &Object) -> Result<ChargeStatus, Unreadable> {
    match object.word("status")?.as_str() {
        "pending" => Ok(ChargeStatus::Pending),
        // Before 2015-02-18 it was called paid.
        "succeeded" | "paid" => Ok(ChargeStatus::Succeeded),
        "failed" => Ok(ChargeStatus::Failed),
        other => Err(unknown_status(object, other)),
    }
}

/// The settlement is known where the endpoint's version expands the balance transaction; usually it is an id.
fn settlement(object: &Object) -> Result<Option<(i64, Currency)>, Unreadable> {
    let Some(settled) = object.object("balance_transaction") else { return Ok(None) };
    Ok(Some((settled.amount("amount")?, settled.currency("currency")?)))
}

fn charge_emails(object: &Object, seen_at: Time) -> Seen<String> {
    let billing = object.object("billing_details").and_then(|details| details.email("email"));
    [billing, object.email("receipt_email")].into_iter().flatten().map(|email| (email, seen_at)).collect()
}

/// The refund of a refund event.
pub fn refund(object: &Object) -> Result<Vec<Fact>, Unreadable> {
    Ok(vec![Fact::Refund(read_refund(object)?)])
}

/// A refund.
pub fn read_refund(object: &Object) -> Result<Refund, Unreadable> {
    object.expect("refund")?;
    Ok(Refund {
        id: object.id()?,
        charge_id: object.reference("charge")?,
        amount_minor: object.amount("amount")?,
        created_at: object.time("created")?,
        status: refund_status(object)?,
    })
}

fn refund_status(object: &Object) -> Result<RefundStatus, Unreadable> {
    match object.text("status").as_deref() {
        Some("pending" | "requires_action") => Ok(RefundStatus::Pending),
        // The first API versions say none: a refund was done once it was there.
        Some("succeeded") | None => Ok(RefundStatus::Succeeded),
        Some("failed" | "canceled") => Ok(RefundStatus::Failed),
        Some(other) => Err(unknown_status(object, other)),
    }
}

/// The dispute of a dispute event.
pub fn dispute(object: &Object) -> Result<Vec<Fact>, Unreadable> {
    object.expect("dispute")?;
    Ok(vec![Fact::Dispute(Dispute {
        id: object.id()?,
        charge_id: object.reference("charge")?,
        amount_minor: object.amount("amount")?,
        created_at: object.time("created")?,
        status: dispute_status(object)?,
    })])
}

fn dispute_status(object: &Object) -> Result<DisputeStatus, Unreadable> {
    match object.word("status")?.as_str() {
        "warning_needs_response" => Ok(DisputeStatus::WarningNeedsResponse),
        "warning_under_review" => Ok(DisputeStatus::WarningUnderReview),
        "warning_closed" => Ok(DisputeStatus::WarningClosed),
        "needs_response" => Ok(DisputeStatus::NeedsResponse),
        "under_review" => Ok(DisputeStatus::UnderReview),
        "lost" => Ok(DisputeStatus::Lost),
        // An old word for a dispute that ended in a refund: the refund counts by itself, so the dispute must not.
        "won" | "charge_refunded" => Ok(DisputeStatus::Won),
        "prevented" => Ok(DisputeStatus::Prevented),
        other => Err(unknown_status(object, other)),
    }
}

fn unknown_status(object: &Object, status: &str) -> Unreadable {
    let status: String = status.chars().take(100).collect();
    object.problem("status", format_args!("is \"{status}\", which this version does not know"))
}
