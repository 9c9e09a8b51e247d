//! API keys: made, listed, revoked, and recognised.

use super::audit::note;
use super::error::{Error, Result};
use super::seal::sha256;
use super::{App, Caller};
use crate::clock::random;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::id::KeyId;
use crate::domain::text::hex;
use crate::domain::time::Time;
use crate::store::{ApiKey, Scope};

/// What every key begins with, so that scanners for leaked secrets know it.
pub const PREFIX: &str = "rfd_";

impl App {
    /// Makes a key; it is shown this once.
    pub async fn create_key(
        &self,
        name: String,
        scopes: Vec<Scope>,
        account: Option<String>,
        expires_at: Option<Time>,
    ) -> Result<(ApiKey, String)> {
        let now = self.clock.now();
        let plain = format!("{PREFIX}{}", hex(&random::<32>()));
        let id = KeyId::new(now, random());
        let key = ApiKey { id, name, scopes, account, created_at: now, expires_at, revoked_at: None };
        let mut tx = self.store.write().await?;
        tx.add_key(&key, &sha256(plain.as_bytes())).await?;
        note(&mut tx, &operator("keys create"), subject(&key), &[], now).await?;
        tx.commit().await?;
        Ok((key, plain))
    }

    /// All keys, revoked ones too.
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        Ok(self.store.keys().await?)
    }

    /// Ends a key.
    pub async fn revoke_key(&self, id: KeyId) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let key = tx.revoke_key(id, now).await?;
        let key = key.ok_or_else(|| Error::NotFound { kind: "API key", name: id.to_string() })?;
        note(&mut tx, &operator("keys revoke"), subject(&key), &[], now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Recognises a caller by the key that was shown. A key is 256 random bits, so that looking up its hash tells a
    /// forger nothing.
    pub async fn recognise(&self, plain: &str) -> Result<Caller> {
        let key = self.store.key_by_hash(&sha256(plain.as_bytes())).await?;
        let key = self.good(key)?;
        Ok(Caller { key: Some(key.id), scopes: key.scopes, account: key.account, call: String::new() })
    }

    /// Whether the key of a caller is still good.
    ///
    /// # Errors
    /// It was revoked, or has expired, or the database does not answer.
    pub async fn recognise_still(&self, caller: &Caller) -> Result<()> {
        let Some(id) = caller.key else { return Ok(()) };
        self.good(self.store.key(id).await?).map(drop)
    }

    fn good(&self, key: Option<ApiKey>) -> Result<ApiKey> {
        let key = key.ok_or(Error::KeyInvalid("the API key is unknown"))?;
        if key.revoked_at.is_some() {
            return Err(Error::KeyInvalid("the API key was revoked"));
        }
        if key.expires_at.is_some_and(|at| at <= self.clock.now()) {
            return Err(Error::KeyInvalid("the API key has expired"));
        }
        Ok(key)
    }
}

/// Who works at the database itself, without a key: such a command is noted like a call.
fn operator(command: &str) -> Caller {
    Caller { call: command.to_owned(), ..Caller::internal(&[]) }
}

fn subject(key: &ApiKey) -> Subject {
    Subject::of_account(SubjectKind::ApiKey, key.id, key.account.as_deref())
}
