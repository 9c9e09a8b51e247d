//! Facts from messages.

use std::fmt::{Arguments, Display};

use super::super::{Twin, Violations, optional_time_from_proto, time_from_proto};
use crate::domain::delivery::SOURCE_ID_MAX;
use crate::domain::email::Email;
use crate::domain::fact::{Charge, Checkout, Customer, Dispute, Refund, Seen};
use crate::domain::id::ReferralId;
use crate::domain::money::{Currency, amount_minor};
use crate::domain::time::Time;
use crate::domain::{Invalid, text};
use crate::proto::v1;

/// The most emails of one snapshot.
const EMAILS_MAX: usize = 4;

/// Reads one fact and notes what is wrong with it.
pub struct Reader<'a> {
    /// Where to.
    pub violations: &'a mut Violations,
    /// The path of the fact in the request.
    pub path: Arguments<'a>,
    /// The time of the event that showed it.
    pub seen_at: Time,
}

impl Reader<'_> {
    pub fn charge(&mut self, charge: &v1::Charge) -> Option<Charge> {
        let id = self.take("charge.id", text::line(&charge.id, SOURCE_ID_MAX));
        let currency = self.take("charge.currency", Currency::parse(&charge.currency));
        let created_at = self.take("charge.created_at", whole_second(charge.created_at));
        let customer_id = self.take("charge.customer_id", optional_id(&charge.customer_id));
        let intent_id = self.take("charge.payment_intent_id", optional_id(&charge.payment_intent_id));
        let status =
            self.take("charge.status", Twin::required(charge.status, "CHARGE_STATUS_PENDING, _SUCCEEDED or _FAILED"));
        let amount = self.take("charge.amount_minor", amount_minor(charge.amount_minor));
        let captured = self.take("charge.captured_minor", amount_minor(charge.captured_minor));
        let refunded = self.take("charge.refunded_minor", refunded(charge));
        let released = self.take("charge.released_minor", released(charge));
        let settlement = self.settlement(charge.settlement_minor, &charge.settlement_currency);
        let balance_transaction_id =
            self.take("charge.balance_transaction_id", optional_id(&charge.balance_transaction_id));
        let emails = self.emails("charge.emails", &charge.emails);
        let referrals = self.reference("charge.referral_id", &charge.referral_id);
        Some(Charge {
            id: id?,
            currency: currency?,
            created_at: created_at?,
            customer_id: customer_id?,
            payment_intent_id: intent_id?,
            status: status?,
            amount_minor: amount?,
            captured_minor: captured?,
            released_minor: released?,
            refunded: Some(refunded?).filter(|amount| *amount > 0).map(|a| (a, self.seen_at)).into_iter().collect(),
            settlement,
            balance_transaction_id: balance_transaction_id?,
            refunds_known_at: None,
            emails: emails?,
            referrals: referrals?,
        })
    }

    pub fn refund(&mut self, refund: &v1::Refund) -> Option<Refund> {
        let id = self.take("refund.id", text::line(&refund.id, SOURCE_ID_MAX));
        let charge_id = self.take("refund.charge_id", optional_id(&refund.charge_id));
        let amount = self.take("refund.amount_minor", amount_minor(refund.amount_minor));
        let created_at = self.take("refund.created_at", whole_second(refund.created_at));
        let status =
            self.take("refund.status", Twin::required(refund.status, "REFUND_STATUS_PENDING, _SUCCEEDED or _FAILED"));
        Some(Refund { id: id?, charge_id: charge_id?, amount_minor: amount?, created_at: created_at?, status: status? })
    }

    pub fn dispute(&mut self, dispute: &v1::Dispute) -> Option<Dispute> {
        let id = self.take("dispute.id", text::line(&dispute.id, SOURCE_ID_MAX));
        let charge_id = self.take("dispute.charge_id", optional_id(&dispute.charge_id));
        let amount = self.take("dispute.amount_minor", amount_minor(dispute.amount_minor));
        let created_at = self.take("dispute.created_at", whole_second(dispute.created_at));
        let status =
            self.take("dispute.status", Twin::required(dispute.status, "DISPUTE_STATUS_WARNING_NEEDS_RESPONSE, …"));
        Some(Dispute {
            id: id?,
            charge_id: charge_id?,
            amount_minor: amount?,
            created_at: created_at?,
            status: status?,
        })
    }

    pub fn customer(&mut self, customer: &v1::Customer) -> Option<Customer> {
        let id = self.take("customer.id", text::line(&customer.id, SOURCE_ID_MAX));
        let created_at = optional_time_from_proto(customer.created_at);
        let created_at = self.take("customer.created_at", created_at.map(|at| at.map(Time::floor_to_second)));
        let emails = match customer.email.as_str() {
            "" => Some(Seen::new()),
            email => self.take("customer.email", identity(email)).map(|email| self.seen(email)),
        };
        let referrals = self.reference("customer.referral_id", &customer.referral_id);
        Some(Customer {
            created_at: created_at?,
            deleted: customer.deleted,
            emails: emails?,
            referrals: referrals?,
            ..Customer::unknown(id?)
        })
    }

    pub fn checkout(&mut self, checkout: &v1::Checkout) -> Option<Checkout> {
        let id = self.take("checkout.id", text::line(&checkout.id, SOURCE_ID_MAX));
        let customer_id = self.take("checkout.customer_id", optional_id(&checkout.customer_id));
        let intent_id = self.take("checkout.payment_intent_id", optional_id(&checkout.payment_intent_id));
        let emails = self.emails("checkout.emails", &checkout.emails);
        let referrals = self.reference("checkout.referral_id", &checkout.referral_id);
        let references = self.reference("checkout.client_reference_id", &checkout.client_reference_id);
        Some(Checkout {
            id: id?,
            customer_id: customer_id?,
            payment_intent_id: intent_id?,
            emails: emails?,
            referrals: referrals?,
            references: references?,
        })
    }

    fn take<T>(&mut self, field: impl Display, result: Result<T, Invalid>) -> Option<T> {
        self.violations.take(format_args!("{}.{field}", self.path), result)
    }

    fn seen<V: Ord>(&self, value: V) -> Seen<V> {
        Seen::from([(value, self.seen_at)])
    }

    fn settlement(&mut self, minor: i64, currency: &str) -> Option<(i64, Currency)> {
        if minor == 0 && currency.is_empty() {
            return None;
        }
        let minor = self.take("charge.settlement_minor", amount_minor(minor));
        let currency = self.take("charge.settlement_currency", Currency::parse(currency));
        minor.zip(currency)
    }

    fn emails(&mut self, field: &str, emails: &[String]) -> Option<Seen<String>> {
        if emails.len() > EMAILS_MAX {
            let problem = Invalid(format!("has {} emails, and may have at most {EMAILS_MAX}", emails.len()));
            return self.take(field, Err(problem));
        }
        let read: Vec<Option<String>> = emails
            .iter()
            .enumerate()
            .map(|(i, email)| self.take(format_args!("{field}[{i}]"), identity(email)))
            .collect();
        read.into_iter().map(|email| Some((email?, self.seen_at))).collect()
    }

    /// Merchants use the names `referral_id` and `client_reference_id` for purposes of their own, so what is none of
    /// our ids is not looked at.
    fn reference(&mut self, field: &str, reference: &str) -> Option<Seen<ReferralId>> {
        let reference = self.take(field, optional_id(reference))?;
        let id = reference.and_then(|id| ReferralId::parse(&id).ok());
        Some(id.map(|id| self.seen(id)).unwrap_or_default())
    }
}

fn whole_second(at: Option<prost_types::Timestamp>) -> Result<Time, Invalid> {
    time_from_proto(at).map(Time::floor_to_second)
}

fn optional_id(id: &str) -> Result<Option<String>, Invalid> {
    text::optional_line(id, SOURCE_ID_MAX)
}

fn identity(email: &str) -> Result<String, Invalid> {
    Email::parse(email).map(|email| email.identity().to_owned())
}

/// What is given back before the capture is a release, and no refund of money that was ever taken.
fn refunded(charge: &v1::Charge) -> Result<i64, Invalid> {
    match amount_minor(charge.refunded_minor)? {
        1.. if charge.captured_minor == 0 => Err(Invalid::new("must be 0 while captured_minor is 0")),
        refunded => Ok(refunded),
    }
}

fn released(charge: &v1::Charge) -> Result<i64, Invalid> {
    match amount_minor(charge.released_minor)? {
        released if released > charge.refunded_minor => {
            Err(Invalid(format!("is {released}, and is a part of refunded_minor, {}", charge.refunded_minor)))
        }
        released => Ok(released),
    }
}
