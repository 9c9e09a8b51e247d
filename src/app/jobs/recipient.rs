//! The customer who gets a reward.

use super::customer::customers_of;
use super::{Claimed, Tried};
use crate::app::App;
use crate::app::rewards::gift::Gift;
use crate::domain::fact::{Customer as Known, Fact};
use crate::store::{Object, Tx};
use crate::stripe::client::{Customer, Stripe};

/// A customer, or those on record that were asked for in vain.
pub(super) type Sought = Result<Customer, Vec<String>>;

impl App {
    /// The customer that is the recipient's own, else the oldest that Stripe has with their email and is not deleted,
    /// else the oldest that was ever seen with it.
    pub(super) async fn customer_of(&self, claimed: &Claimed, gift: &Gift) -> Tried<Sought> {
        let stripe = &claimed.stripe;
        if let Some(own) = &gift.customer_id
            && let Some(customer) = living(stripe, own).await?
        {
            return Ok(Ok(customer));
        }
        let found = customers_of(stripe, &gift.email).await?;
        if let Some(oldest) = found.into_iter().min_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id))) {
            return Ok(Ok(oldest));
        }
        let seen = seen_with(&mut self.store.snapshot().await?, claimed.ledger_id, gift).await?;
        for id in &seen {
            if let Some(customer) = living(stripe, id).await? {
                return Ok(Ok(customer));
            }
        }
        Ok(Err(seen))
    }
}

/// The customers on record that were ever seen with the recipient's email and are not known to be deleted, the oldest
/// first.
pub(super) async fn seen_with(tx: &mut Tx, ledger: i64, gift: &Gift) -> Tried<Vec<String>> {
    let seen = tx.identities_with(ledger, [&gift.email.identity().to_owned()]).await?;
    let seen = seen.into_iter().filter(|seen| seen.object == Object::Customer);
    let ids: Vec<String> = seen.map(|seen| seen.object_id).collect();
    let living = |fact| match fact {
        Fact::Customer(Known { id, created_at, deleted: false, .. }) => Some((created_at, id)),
        _ => None,
    };
    let mut living: Vec<_> = tx.customers(ledger, &ids).await?.into_iter().filter_map(living).collect();
    living.sort();
    Ok(living.into_iter().map(|(_, id)| id).collect())
}

async fn living(stripe: &Stripe, id: &str) -> Tried<Option<Customer>> {
    Ok(stripe.customer(id).await?.filter(|customer| !customer.deleted))
}
