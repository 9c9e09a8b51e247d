//! Accounts and their ledgers.

use super::error::{Error, Result};
use super::sql::{Row, Tx, args};
use crate::domain::campaign::{Ledger, Mode};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// A ledger, locked for writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Its number in the database.
    pub id: i64,
    /// Its account and mode.
    pub ledger: Ledger,
    /// The number of its newest event.
    pub last_seq: u64,
    /// How many people of its account were erased.
    pub erasures: u64,
}

impl Tx {
    /// Makes an account with its two ledgers, if it is not there.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_account(&mut self, alias: &str, now: Time) -> Result<()> {
        let sql = "insert into accounts (alias, created_at) values ($1, $2) on conflict do nothing";
        if self.run(sql, args![alias, now]).await? == 0 {
            return Ok(());
        }
        let sql = "insert into ledgers (account, mode, last_seq) values ($1, $2, 0)";
        self.run(sql, args![alias, Mode::Live.word()]).await?;
        self.run(sql, args![alias, Mode::Test.word()]).await?;
        Ok(())
    }

    /// The aliases of all accounts.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn accounts(&mut self) -> Result<Vec<String>> {
        let rows = self.rows("select distinct account from ledgers order by account", args![]).await?;
        rows.iter().map(|row| row.text("account")).collect()
    }

    /// Locks what belongs to an account and to no ledger of it, its referrers: whether a person may be one is asked
    /// after that. Whoever locks ledgers too does so before.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn lock_account(&mut self, alias: &str) -> Result<()> {
        self.run("update accounts set created_at = created_at where alias = $1", args![alias]).await.map(drop)
    }

    /// Sets the account's own id at Stripe, once.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn name_account(&mut self, alias: &str, stripe_account_id: &str) -> Result<bool> {
        let sql = "update accounts set stripe_account_id = $2 \
                   where alias = $1 and coalesce(stripe_account_id, $2) = $2";
        Ok(self.run(sql, args![alias, stripe_account_id]).await? > 0)
    }

    /// Locks a ledger: the first statement of every write to it. `None` where there is no such account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn lock_ledger(&mut self, ledger: &Ledger) -> Result<Option<LedgerRow>> {
        let sql = "update ledgers set last_seq = last_seq where account = $1 and mode = $2 \
                   returning id, account, mode, last_seq, erasure_count";
        let row = self.row(sql, args![&ledger.account, ledger.mode.word()]).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Locks the ledger of a campaign or referral.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn lock_ledger_by_id(&mut self, id: i64) -> Result<LedgerRow> {
        let sql =
            "update ledgers set last_seq = last_seq where id = $1 returning id, account, mode, last_seq, erasure_count";
        let row = self.row(sql, args![id]).await?;
        row.map(|row| read(&row)).transpose()?.ok_or_else(|| Error::Fault(format!("ledger {id} is gone")))
    }
}

fn read(row: &Row) -> Result<LedgerRow> {
    let ledger = Ledger { account: row.text("account")?, mode: row.parsed("mode", Mode::from_word)? };
    let (last_seq, erasures) = (row.unsigned("last_seq")?, row.unsigned("erasure_count")?);
    Ok(LedgerRow { id: row.int("id")?, ledger, last_seq, erasures })
}
