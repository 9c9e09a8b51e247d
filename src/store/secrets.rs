//! Webhook signing secrets, sealed.

use super::Store;
use super::error::Result;
use super::sql::{Row, Tx, args};
use crate::domain::campaign::{Ledger, Mode};
use crate::domain::id::SecretId;
use crate::domain::time::Time;
use crate::domain::word::Word;

/// A signing secret as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Its id.
    pub id: SecretId,
    /// The ledger that it names.
    pub ledger: Ledger,
    /// The account's own id at Stripe, once known.
    pub stripe_account_id: Option<String>,
    /// The secret, encrypted.
    pub sealed: Vec<u8>,
    /// When it was added.
    pub created_at: Time,
}

const SELECT: &str = "select s.*, l.account, l.mode, a.stripe_account_id from webhook_secrets s \
                      join ledgers l on l.id = s.ledger_id join accounts a on a.alias = l.account \
                      where s.removed_at is null";

impl Store {
    /// The active secrets of an account, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secrets(&self, account: &str) -> Result<Vec<SecretRow>> {
        let rows = self.rows(&format!("{SELECT} and l.account = $1 order by s.id"), args![account]).await?;
        rows.iter().map(read).collect()
    }

    /// Whether there is such an account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn has_account(&self, account: &str) -> Result<bool> {
        Ok(!self.rows("select 1 from accounts where alias = $1", args![account]).await?.is_empty())
    }

    /// An active secret by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secret(&self, id: SecretId) -> Result<Option<SecretRow>> {
        let rows = self.rows(&format!("{SELECT} and s.id = $1"), args![id.to_string()]).await?;
        rows.first().map(read).transpose()
    }
}

impl Tx {
    /// The active secret with this digest, in whatever account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secret_by_digest(&mut self, digest: &[u8]) -> Result<Option<SecretRow>> {
        let row = self.row(&format!("{SELECT} and s.digest = $1"), args![digest]).await?;
        row.as_ref().map(read).transpose()
    }

    /// An active secret by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secret(&mut self, id: SecretId) -> Result<Option<SecretRow>> {
        let row = self.row(&format!("{SELECT} and s.id = $1"), args![id.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// How many secrets are active in a ledger.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn count_secrets(&mut self, ledger: i64) -> Result<usize> {
        let sql = "select id from webhook_secrets where ledger_id = $1 and removed_at is null";
        Ok(self.rows(sql, args![ledger]).await?.len())
    }

    /// Inserts a secret; false where it is active already, in whatever account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_secret(&mut self, ledger: i64, secret: &SecretRow, digest: &[u8]) -> Result<bool> {
        let sql = "insert into webhook_secrets (id, ledger_id, sealed, digest, created_at) \
                   values ($1, $2, $3, $4, $5) on conflict do nothing";
        let values = args![secret.id.to_string(), ledger, secret.sealed.clone(), digest, secret.created_at];
        Ok(self.run(sql, values).await? > 0)
    }

    /// Ends a secret.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn remove_secret(&mut self, id: SecretId, now: Time) -> Result<bool> {
        let sql = "update webhook_secrets set removed_at = $2 where id = $1 and removed_at is null";
        Ok(self.run(sql, args![id.to_string(), now]).await? > 0)
    }
}

fn read(row: &Row) -> Result<SecretRow> {
    Ok(SecretRow {
        id: row.parsed("id", |text| SecretId::parse(text).ok())?,
        ledger: Ledger { account: row.text("account")?, mode: row.parsed("mode", Mode::from_word)? },
        stripe_account_id: row.text_or_null("stripe_account_id")?,
        sealed: row.bytes("sealed")?,
        created_at: row.time("created_at")?,
    })
}
