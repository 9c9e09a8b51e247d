//! Stripe's side: its webhook signatures and its events, and the calls that we make.
//!
//! Nothing here knows the database or the API, and nothing but [`client`] waits: bytes in, values out.

pub mod client;
pub mod event;
pub mod key;
pub mod keyring;
mod object;
pub mod sample;
pub mod signature;

/// The event types that an endpoint must subscribe to; all others are ignored.
pub const EVENT_TYPES: [&str; 21] = [
    "charge.succeeded",
    "charge.captured",
    "charge.updated",
    "charge.pending",
    "charge.failed",
    "charge.expired",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
];
