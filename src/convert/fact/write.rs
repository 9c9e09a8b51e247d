//! Facts as messages.

use std::fmt::Display;

use super::super::{Twin, time_to_proto};
use crate::domain::fact::{Charge, Checkout, Customer, Dispute, Refund, Seen};
use crate::proto::v1;

pub fn charge(charge: &Charge) -> v1::Charge {
    let (settlement_minor, settlement_currency) = match charge.settlement {
        Some((minor, currency)) => (minor, currency.to_string()),
        None => (0, String::new()),
    };
    v1::Charge {
        id: charge.id.clone(),
        currency: charge.currency.to_string(),
        created_at: Some(time_to_proto(charge.created_at)),
        customer_id: charge.customer_id.clone().unwrap_or_default(),
        payment_intent_id: charge.payment_intent_id.clone().unwrap_or_default(),
        status: charge.status.number(),
        amount_minor: charge.amount_minor,
        captured_minor: charge.captured_minor,
        refunded_minor: charge.refunded.keys().next_back().copied().unwrap_or(0),
        released_minor: charge.released_minor,
        settlement_minor,
        settlement_currency,
        emails: charge.emails.keys().cloned().collect(),
        referral_id: newest(&charge.referrals),
        balance_transaction_id: charge.balance_transaction_id.clone().unwrap_or_default(),
    }
}

pub fn refund(refund: &Refund) -> v1::Refund {
    v1::Refund {
        id: refund.id.clone(),
        charge_id: refund.charge_id.clone().unwrap_or_default(),
        amount_minor: refund.amount_minor,
        created_at: Some(time_to_proto(refund.created_at)),
        status: refund.status.number(),
    }
}

pub fn dispute(dispute: &Dispute) -> v1::Dispute {
    v1::Dispute {
        id: dispute.id.clone(),
        charge_id: dispute.charge_id.clone().unwrap_or_default(),
        amount_minor: dispute.amount_minor,
        created_at: Some(time_to_proto(dispute.created_at)),
        status: dispute.status.number(),
    }
}

pub fn customer(customer: &Customer) -> v1::Customer {
    v1::Customer {
        id: customer.id.clone(),
        created_at: customer.created_at.map(time_to_proto),
        deleted: customer.deleted,
        email: newest(&customer.emails),
        referral_id: newest(&customer.referrals),
    }
}

pub fn checkout(checkout: &Checkout) -> v1::Checkout {
    v1::Checkout {
        id: checkout.id.clone(),
        customer_id: checkout.customer_id.clone().unwrap_or_default(),
        payment_intent_id: checkout.payment_intent_id.clone().unwrap_or_default(),
        emails: checkout.emails.keys().cloned().collect(),
        referral_id: newest(&checkout.referrals),
        client_reference_id: newest(&checkout.references),
    }
}

fn newest<V: Display>(seen: &Seen<V>) -> String {
    seen.iter().max_by_key(|(_, at)| **at).map(|(value, _)| value.to_string()).unwrap_or_default()
}
