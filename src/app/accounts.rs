//! Accounts come into being with their first campaign, secret or referrer.

use super::error::Result;
use crate::domain::campaign::Ledger;
use crate::domain::time::Time;
use crate::store::{LedgerRow, Tx};

/// Locks a ledger, and makes its account first where there is none.
pub(super) async fn lock(tx: &mut Tx, ledger: &Ledger, now: Time) -> Result<LedgerRow> {
    if let Some(row) = tx.lock_ledger(ledger).await? {
        return Ok(row);
    }
    tx.add_account(&ledger.account, now).await?;
    tx.lock_ledger(ledger).await?.ok_or(super::Error::Internal)
}
