//! Webhook signing secrets, and how to point Stripe here.

use super::error::{Error, Result};
use super::requests::{Repeatable, earlier, keep};
use super::{App, Caller, accounts};
use crate::clock::random;
use crate::domain::campaign::{Campaign, Ledger};
use crate::domain::id::{CampaignId, SecretId};
use crate::store::SecretRow;
use crate::stripe::EVENT_TYPES;

/// The most secrets that are active at once in a ledger: as many as Stripe has endpoints.
pub const ACTIVE_MAX: usize = 16;

/// A signing secret, with itself where the caller may see it.
pub struct Secret {
    /// Everything but the secret.
    pub row: SecretRow,
    /// The secret.
    pub plain: Option<String>,
}

/// How to point Stripe at this service for a campaign.
pub struct Setup {
    /// The campaign.
    pub campaign: Campaign,
    /// How many secrets are active in its ledger.
    pub active_secrets: usize,
}

impl App {
    /// Adds a signing secret to a ledger. One that is active there already is answered as it is.
    pub async fn add_secret(
        &self,
        caller: &Caller,
        ledger: Ledger,
        plain: &str,
        stripe_account_id: Option<&str>,
        repeatable: &Repeatable,
    ) -> Result<SecretRow> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let row = accounts::lock(&mut tx, &ledger, now).await?;
        let request = repeatable.of(&ledger.account, "AddWebhookSecret");
        if let Some(id) = earlier(&mut tx, request.as_ref(), SecretId::parse).await? {
            return tx.secret(id).await?.ok_or_else(|| not_found(id));
        }
        if let Some(id) = stripe_account_id
            && !tx.name_account(&ledger.account, id).await?
        {
            return Err(Error::AlreadyExists { kind: "account", name: ledger.account, unique: "stripe_account_id" });
        }
        let digest = self.seal.digest(plain);
        let secret = match tx.secret_by_digest(&digest).await? {
            Some(known) if known.ledger == ledger => known,
            Some(other) => {
                return Err(Error::AlreadyExists {
                    kind: "webhook secret",
                    name: other.id.to_string(),
                    unique: "secret",
                });
            }
            None => {
                if tx.count_secrets(row.id).await? >= ACTIVE_MAX {
                    return Err(Error::LimitReached { what: "active webhook secrets", limit: ACTIVE_MAX });
                }
                let id = SecretId::new(now, random());
                let sealed = self.seal.seal(plain, &id.to_string())?;
                let stripe_account_id = stripe_account_id.map(str::to_owned);
                let secret = SecretRow { id, ledger, stripe_account_id, sealed, created_at: now };
                if !tx.add_secret(row.id, &secret, &digest).await? {
                    return Err(Error::StoreUnavailable);
                }
                secret
            }
        };
        keep(&mut tx, request.as_ref(), &secret.id.to_string(), now).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Ends a signing secret.
    pub async fn remove_secret(&self, caller: &Caller, id: SecretId) -> Result<()> {
        let secret = self.store.secret(id).await?.ok_or_else(|| not_found(id))?;
        caller.touches(&secret.ledger.account, "webhook secret", id)?;
        let mut tx = self.store.write().await?;
        let removed = tx.remove_secret(id, self.clock.now()).await?;
        tx.commit().await?;
        if removed { Ok(()) } else { Err(not_found(id)) }
    }

    /// The active secrets of an account, of both modes; with themselves where `show` says so.
    pub async fn secrets(&self, caller: &Caller, account: &str, show: bool) -> Result<Vec<Secret>> {
        caller.touches(account, "account", account)?;
        if !self.store.has_account(account).await? {
            return Err(Error::NotFound { kind: "account", name: account.to_owned() });
        }
        let shown = |row: SecretRow| {
            let plain = show.then(|| self.seal.open(&row.sealed, &row.id.to_string())).transpose()?;
            Ok(Secret { row, plain })
        };
        self.store.secrets(account).await?.into_iter().map(shown).collect()
    }

    /// The event types that a webhook endpoint should subscribe to.
    pub fn webhook_event_types() -> &'static [&'static str] {
        &EVENT_TYPES
    }

    /// How to point Stripe here for a campaign.
    pub async fn webhook_setup(&self, caller: &Caller, id: CampaignId) -> Result<Setup> {
        let campaign = self.campaign(caller, id).await?;
        let secrets = self.store.secrets(&campaign.ledger.account).await?;
        let active_secrets = secrets.iter().filter(|secret| secret.ledger == campaign.ledger).count();
        Ok(Setup { campaign, active_secrets })
    }
}

fn not_found(id: SecretId) -> Error {
    Error::NotFound { kind: "webhook secret", name: id.to_string() }
}
