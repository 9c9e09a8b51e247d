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
    /// When it ends by itself.
    pub ends_at: Option<Time>,
    /// The endpoint at Stripe that it is of, where this service made it.
    pub stripe_endpoint_id: Option<String>,
}

const SELECT: &str = "select s.*, l.account, l.mode, a.stripe_account_id from webhook_secrets s \
                      join ledgers l on l.id = s.ledger_id join accounts a on a.alias = l.account \
                      where s.removed_at is null and (s.ends_at is null or s.ends_at > $2)";

impl Store {
    /// The secrets of an account that are active at a time, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secrets(&self, account: &str, now: Time) -> Result<Vec<SecretRow>> {
        let rows = self.rows(&format!("{SELECT} and l.account = $1 order by s.id"), args![account, now]).await?;
        rows.iter().map(read).collect()
    }

    /// How many endpoints were ever made at Stripe for a ledger, those among them whose secrets have ended.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn endpoints_made(&self, ledger: &Ledger) -> Result<i64> {
        let sql = "select count(*) as made from webhook_secrets s join ledgers l on l.id = s.ledger_id \
                   where l.account = $1 and l.mode = $2 and s.stripe_endpoint_id is not null";
        let rows = self.rows(sql, args![&ledger.account, ledger.mode.word()]).await?;
        rows.first().map_or(Ok(0), |row| row.int("made"))
    }

    /// Whether there is such an account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn has_account(&self, account: &str) -> Result<bool> {
        Ok(!self.rows("select 1 from accounts where alias = $1", args![account]).await?.is_empty())
    }

    /// A secret by its id, where it is active at a time.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secret(&self, id: SecretId, now: Time) -> Result<Option<SecretRow>> {
        let rows = self.rows(&format!("{SELECT} and s.id = $1"), args![id.to_string(), now]).await?;
        rows.first().map(read).transpose()
    }
}

impl Tx {
    /// The secret with this digest that is active at a time, in whatever account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secret_by_digest(&mut self, digest: &[u8], now: Time) -> Result<Option<SecretRow>> {
        let row = self.row(&format!("{SELECT} and s.digest = $1"), args![digest, now]).await?;
        row.as_ref().map(read).transpose()
    }

    /// A secret by its id, where it is active at a time.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn secret(&mut self, id: SecretId, now: Time) -> Result<Option<SecretRow>> {
        let row = self.row(&format!("{SELECT} and s.id = $1"), args![id.to_string(), now]).await?;
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
        let sql = "insert into webhook_secrets (id, ledger_id, sealed, digest, created_at, stripe_endpoint_id) \
                   values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
        let SecretRow { id, sealed, created_at, stripe_endpoint_id, .. } = secret;
        let values = args![id.to_string(), ledger, sealed.clone(), digest, *created_at, stripe_endpoint_id];
        Ok(self.run(sql, values).await? > 0)
    }

    /// Ends the secrets whose time has come.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn remove_ended_secrets(&mut self, now: Time) -> Result<()> {
        let sql = "update webhook_secrets set removed_at = ends_at where removed_at is null and ends_at <= $1";
        self.run(sql, args![now]).await.map(drop)
    }

    /// Says when a secret ends by itself; false where it is not active.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn end_secret_at(&mut self, id: SecretId, ends_at: Time) -> Result<bool> {
        let sql = "update webhook_secrets set ends_at = $2 where id = $1 and removed_at is null";
        Ok(self.run(sql, args![id.to_string(), ends_at]).await? > 0)
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
        ends_at: row.time_or_null("ends_at")?,
        stripe_endpoint_id: row.text_or_null("stripe_endpoint_id")?,
    })
}
