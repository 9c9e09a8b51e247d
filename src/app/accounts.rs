//! Accounts come into being with their first campaign, secret or referrer.

use super::error::Result;
use super::{App, Caller};
use crate::domain::campaign::Ledger;
use crate::domain::money::Currency;
use crate::domain::time::Time;
use crate::store::{LedgerRow, Tx};

impl App {
    /// The default currency of a Stripe account; `None` where there is no key to ask with.
    pub async fn default_currency(&self, caller: &Caller, ledger: &Ledger) -> Result<Option<Currency>> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let Some(stripe) = self.stripe.of(ledger) else { return Ok(None) };
        Ok(stripe.account().await?.default_currency)
    }
}

/// Locks a ledger, and makes its account first where there is none.
pub(super) async fn lock(tx: &mut Tx, ledger: &Ledger, now: Time) -> Result<LedgerRow> {
    if let Some(row) = tx.lock_ledger(ledger).await? {
        return Ok(row);
    }
    tx.add_account(&ledger.account, now).await?;
    tx.lock_ledger(ledger).await?.ok_or(super::Error::Internal)
}
