//! Accounts come into being with their first campaign, secret or referrer.

use super::error::{Error, Result};
use super::{App, Caller};
use crate::domain::campaign::{Ledger, Mode};
use crate::domain::money::Currency;
use crate::domain::time::Time;
use crate::store::{LedgerRow, Tx};
use crate::stripe::client::{Kind, Stripe};

impl App {
    /// The default currency of a Stripe account; `None` where there is no key to ask with. Restricted keys often may not
    /// say, and then whoever asks may: that is told beside the permission.
    pub async fn default_currency(&self, caller: &Caller, ledger: &Ledger) -> Result<Option<Currency>> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let Some(stripe) = self.stripe.of(ledger) else { return Ok(None) };
        match stripe.account().await {
            Err(failure) if failure.kind == (Kind::Key { status: 403 }) => Err(Error::StripeRefused(format!(
                "{failure}; without that permission a campaign must name its currency in rule.currency"
            ))),
            account => Ok(account?.default_currency),
        }
    }
}

impl App {
    /// The way to Stripe for a ledger.
    ///
    /// # Errors
    /// There is no key for it, and this call needs one.
    pub(super) fn stripe_for(&self, call: &'static str, ledger: &Ledger) -> Result<&Stripe> {
        self.stripe.of(ledger).ok_or_else(|| Error::StripeKeyRequired(vec![call], ledger.clone()))
    }
}

/// There is no such account.
pub(super) fn not_found(alias: &str) -> Error {
    Error::NoAccount(alias.to_owned())
}

/// Locks a ledger, and makes its account first where there is none.
pub(super) async fn lock(tx: &mut Tx, ledger: &Ledger, now: Time) -> Result<LedgerRow> {
    if let Some(row) = tx.lock_ledger(ledger).await? {
        return Ok(row);
    }
    tx.add_account(&ledger.account, now).await?;
    tx.lock_ledger(ledger).await?.ok_or(Error::Internal)
}

/// Locks all of some accounts: first the ledgers, in one order for all who do so, and then what belongs to none.
pub(super) async fn lock_whole(tx: &mut Tx, accounts: Vec<String>) -> Result<Vec<(String, Vec<LedgerRow>)>> {
    let mut locked = Vec::new();
    for account in accounts {
        let mut ledgers = Vec::new();
        for mode in [Mode::Live, Mode::Test] {
            ledgers.extend(tx.lock_ledger(&Ledger { account: account.clone(), mode }).await?);
        }
        locked.push((account, ledgers));
    }
    for (account, _) in &locked {
        tx.lock_account(account).await?;
    }
    Ok(locked)
}
