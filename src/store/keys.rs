//! API keys, of which only hashes are kept.

use super::Store;
use super::error::Result;
use super::sql::{Row, Tx, args};
use crate::domain::id::KeyId;
use crate::domain::time::Time;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read everything but secrets.
    Read,
    /// Change campaigns, people and decisions.
    Write,
    /// Record facts, and read the signing secrets that verify them.
    Ingest,
    /// Manage signing secrets.
    Admin,
}

impl Scope {
    /// All of them, as `keys create` takes them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Ingest, Self::Admin];

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Ingest => "ingest",
            Self::Admin => "admin",
        }
    }

    /// The scope of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// An API key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// What the operator calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only account that it may touch; all where there is none.
    pub account: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

impl Store {
    /// The key with this hash, good or not.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn key_by_hash(&self, hash: &[u8]) -> Result<Option<ApiKey>> {
        let rows = self.rows("select * from api_keys where hash = $1", args![hash]).await?;
        rows.first().map(read).transpose()
    }

    /// A key by its id, good or not.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn key(&self, id: KeyId) -> Result<Option<ApiKey>> {
        let rows = self.rows("select * from api_keys where id = $1", args![id.to_string()]).await?;
        rows.first().map(read).transpose()
    }

    /// All keys, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        self.rows("select * from api_keys order by id", args![]).await?.iter().map(read).collect()
    }
}

impl Tx {
    /// Inserts a key.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_key(&mut self, key: &ApiKey, hash: &[u8]) -> Result<()> {
        let sql = "insert into api_keys (id, name, hash, scopes, account, created_at, expires_at) \
                   values ($1, $2, $3, $4, $5, $6, $7)";
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.word()).collect();
        let id = key.id.to_string();
        let values = args![id, &key.name, hash, scopes.join(" "), &key.account, key.created_at, key.expires_at];
        self.run(sql, values).await.map(drop)
    }

    /// Ends a key; `None` where there is none such, or it is revoked already.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn revoke_key(&mut self, id: KeyId, now: Time) -> Result<Option<ApiKey>> {
        let sql = "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null returning *";
        self.row(sql, args![id.to_string(), now]).await?.as_ref().map(read).transpose()
    }
}

fn read(row: &Row) -> Result<ApiKey> {
    let scopes = |text: &str| text.split_whitespace().map(Scope::from_word).collect();
    Ok(ApiKey {
        id: row.parsed("id", |text| KeyId::parse(text).ok())?,
        name: row.text("name")?,
        scopes: row.parsed("scopes", scopes)?,
        account: row.text_or_null("account")?,
        created_at: row.time("created_at")?,
        expires_at: row.time_or_null("expires_at")?,
        revoked_at: row.time_or_null("revoked_at")?,
    })
}
