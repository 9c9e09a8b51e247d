//! What is only asked: the account, settlements, a charge with its refunds, past events.

use bytes::Bytes;
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};
use stripe_core::balance_transaction::RetrieveBalanceTransaction;
use stripe_core::charge::RetrieveCharge;
use stripe_core::event::ListEvent;
use stripe_core::refund::ListRefund;
use stripe_types::RangeQueryTs;

use super::{Failure, PAGE, Stripe, escaped, read_answer};
use crate::domain::fact::Refund;
use crate::domain::money::Currency;
use crate::domain::time::Time;
use crate::stripe::event::{self, Page};
use crate::stripe::object::{Object, Unreadable};

/// The most refunds of one charge that are looked at.
pub const REFUNDS_MAX: usize = 10_000;

/// The account to which a key belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// `acct_…`.
    pub id: String,
    /// The currency of an account that is set up far enough to have one.
    pub default_currency: Option<Currency>,
}

/// What Stripe settled a payment as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Before fees.
    pub amount_minor: i64,
    /// The currency of the account's balance.
    pub currency: Currency,
}

impl Stripe {
    /// The account to which the key belongs.
    pub async fn account(&self) -> Result<Account, Failure> {
        let answer = self.send(RequestBuilder::new(StripeMethod::Get, "/account"), None).await?;
        read_answer(&answer, |object| {
            Ok(Account { id: object.id()?, default_currency: object.optional_currency("default_currency")? })
        })
    }

    /// What time it is for Stripe, by the date of an answer; the key need not be allowed what it asks for.
    pub async fn time(&self) -> Result<Option<Time>, Failure> {
        let request = self.written(RequestBuilder::new(StripeMethod::Get, "/account"), None)?;
        self.pace.turn().await;
        self.transport.date(request).await
    }

    /// What the balance transaction of a payment says.
    pub async fn settlement(&self, balance_transaction_id: &str) -> Result<Option<Settlement>, Failure> {
        self.find(&RetrieveBalanceTransaction::new(escaped(balance_transaction_id)), settlement).await
    }

    /// What a charge was settled at, by the charge itself: the inner `None` where it is not settled yet.
    pub async fn settlement_of_charge(&self, charge_id: &str) -> Result<Option<Option<Settlement>>, Failure> {
        let request = RetrieveCharge::new(escaped(charge_id)).expand(vec!["balance_transaction".to_owned()]);
        self.find(&request, |charge| charge.object("balance_transaction").as_ref().map(settlement).transpose()).await
    }

    /// A charge with its refunds, as Stripe writes it; none where there is no such charge.
    pub async fn charge_with_refunds(&self, charge_id: &str) -> Result<Option<Bytes>, Failure> {
        let request = RetrieveCharge::new(escaped(charge_id)).expand(vec!["refunds".to_owned()]);
        match self.send(request.build(), None).await {
            Err(failure) if failure.is_missing() => Ok(None),
            body => body.map(Some),
        }
    }

    /// The refunds of a charge, the newest first; [`REFUNDS_MAX`] at most.
    pub async fn refunds(&self, charge_id: &str) -> Result<Vec<Refund>, Failure> {
        self.list(&ListRefund::new().charge(charge_id).limit(PAGE), REFUNDS_MAX, event::read_refund).await
    }

    /// A page of the account's events of these types, at most twenty, the newest first: those made at or after a time,
    /// from the one after `starting_after` on.
    pub async fn events_page(
        &self,
        types: &[&str],
        created_gte: Option<Time>,
        starting_after: Option<&str>,
    ) -> Result<Page, Failure> {
        let types: Vec<String> = types.iter().map(|kind| (*kind).to_owned()).collect();
        let mut request = ListEvent::new().types(types).limit(PAGE);
        if let Some(at) = created_gte {
            request = request.created(RangeQueryTs::gte(at.seconds()));
        }
        if let Some(id) = starting_after {
            request = request.starting_after(id);
        }
        self.call(&request, None, event::page).await
    }
}

fn settlement(object: &Object) -> Result<Settlement, Unreadable> {
    Ok(Settlement { amount_minor: object.sum("amount")?, currency: object.currency("currency")? })
}
