//! Webhook signing secrets, and how to point Stripe here.

use super::audit::note;
use super::error::{Error, Result};
use super::requests::{Repeatable, earlier, keep};
use super::{App, Caller, accounts};
use crate::clock::random;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::campaign::{Campaign, Ledger};
use crate::domain::id::{CampaignId, SecretId};
use crate::domain::time::Time;
use crate::store::{LedgerRow, SecretRow, Tx};
use crate::stripe::EVENT_TYPES;

/// The most secrets that are active at once in a ledger: as many as Stripe has endpoints.
pub const ACTIVE_MAX: usize = 16;

/// A signing secret, with itself where the caller may see it.
pub struct Secret {
    /// Everything but the secret.
    pub row: SecretRow,
    /// The secret.
    pub plain: Option<String>,
    /// Whether it was sealed with another key, so that nobody may see it.
    pub unreadable: bool,
}

/// How to point Stripe at this service for a campaign.
pub struct Setup {
    /// The campaign.
    pub campaign: Campaign,
    /// How many secrets are active in its ledger.
    pub active_secrets: usize,
    /// Whether the service knows its own address and has a key to create the endpoint with.
    pub can_create_endpoint: bool,
}

/// Where Stripe reaches the sidecar.
pub struct Urls {
    /// For one campaign.
    pub campaign: String,
    /// For all campaigns of its account.
    pub account: String,
}

impl Setup {
    /// The URLs below the public address of the sidecar.
    pub fn urls(&self, base: &str) -> Urls {
        let (campaign, account) = (self.campaign.id, &self.campaign.ledger.account);
        Urls { campaign: campaign_url(base, campaign), account: account_url(base, account) }
    }
}

/// Where Stripe reaches the sidecar for a campaign.
pub fn campaign_url(base: &str, campaign: CampaignId) -> String {
    format!("{base}/webhooks/stripe/{campaign}")
}

/// Where Stripe reaches the sidecar for all campaigns of an account.
pub fn account_url(base: &str, account: &str) -> String {
    format!("{base}/webhooks/stripe/accounts/{account}")
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
            return tx.secret(id, now).await?.ok_or_else(|| not_found(id));
        }
        if let Some(id) = stripe_account_id
            && !tx.name_account(&ledger.account, id).await?
        {
            return Err(Error::AlreadyExists { kind: "account", name: ledger.account, unique: "stripe_account_id" });
        }
        let (secret, is_new) = self.insert_secret(&mut tx, &row, plain, None, now).await?;
        if is_new {
            note(&mut tx, caller, subject(&secret), &[], now).await?;
        }
        keep(&mut tx, request.as_ref(), &secret.id.to_string(), now).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Seals a secret and inserts it into a ledger, unless it is active there already; says whether it was not.
    pub(super) async fn insert_secret(
        &self,
        tx: &mut Tx,
        row: &LedgerRow,
        plain: &str,
        stripe_endpoint_id: Option<String>,
        now: Time,
    ) -> Result<(SecretRow, bool)> {
        tx.remove_ended_secrets(now).await?;
        let digest = self.seal.digest(plain);
        match tx.secret_by_digest(&digest, now).await? {
            Some(known) if known.ledger == row.ledger => return Ok((known, false)),
            Some(other) => {
                let name = other.id.to_string();
                return Err(Error::AlreadyExists { kind: "webhook secret", name, unique: "secret" });
            }
            None if tx.count_secrets(row.id).await? >= ACTIVE_MAX => {
                return Err(Error::LimitReached { what: "active webhook secrets", limit: ACTIVE_MAX });
            }
            None => {}
        }
        self.seal.check(tx).await?;
        let id = SecretId::new(now, random());
        let (ledger, sealed) = (row.ledger.clone(), self.seal.seal(plain, &id.to_string())?);
        let secret = SecretRow {
            id,
            ledger,
            stripe_account_id: None,
            sealed,
            created_at: now,
            ends_at: None,
            stripe_endpoint_id,
        };
        if !tx.add_secret(row.id, &secret, &digest).await? {
            return Err(Error::StoreUnavailable);
        }
        // Read again, for the account's own id is beside it.
        let secret = tx.secret(id, now).await?.ok_or(Error::Internal)?;
        Ok((secret, true))
    }

    /// Ends a signing secret, at once or at a time to come: until then both it and its successor are taken.
    pub async fn remove_secret(&self, caller: &Caller, id: SecretId, ends_at: Option<Time>) -> Result<()> {
        let now = self.clock.now();
        let secret = self.store.secret(id, now).await?.ok_or_else(|| not_found(id))?;
        caller.touches(&secret.ledger.account, "webhook secret", id)?;
        let mut tx = self.store.write().await?;
        let ended = match ends_at {
            Some(at) if at > now => tx.end_secret_at(id, at).await?,
            _ => tx.remove_secret(id, now).await?,
        };
        if !ended {
            return Err(not_found(id));
        }
        let changed = if ends_at.is_some() { &["ends_at"][..] } else { &[][..] };
        note(&mut tx, caller, subject(&secret), changed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The active secrets of an account, of both modes; with themselves where `show` says so.
    pub async fn secrets(&self, caller: &Caller, account: &str, show: bool) -> Result<Vec<Secret>> {
        caller.touches(account, "account", account)?;
        if !self.store.has_account(account).await? {
            return Err(accounts::not_found(account));
        }
        let opened = |row: SecretRow| {
            let plain = self.seal.open(&row.sealed, &row.id.to_string()).ok();
            Secret { row, unreadable: plain.is_none(), plain: plain.filter(|_| show) }
        };
        Ok(self.store.secrets(account, self.clock.now()).await?.into_iter().map(opened).collect())
    }

    /// The event types that a webhook endpoint should subscribe to.
    pub fn webhook_event_types() -> &'static [&'static str] {
        &EVENT_TYPES
    }

    /// How to point Stripe here for a campaign.
    pub async fn webhook_setup(&self, caller: &Caller, id: CampaignId) -> Result<Setup> {
        let campaign = self.campaign(caller, id).await?;
        let secrets = self.store.secrets(&campaign.ledger.account, self.clock.now()).await?;
        let active_secrets = secrets.iter().filter(|secret| secret.ledger == campaign.ledger).count();
        let can_create_endpoint = self.public_url.is_some() && self.stripe.of(&campaign.ledger).is_some();
        Ok(Setup { campaign, active_secrets, can_create_endpoint })
    }
}

fn subject(secret: &SecretRow) -> Subject {
    Subject::of_ledger(SubjectKind::WebhookSecret, secret.id, &secret.ledger)
}

fn not_found(id: SecretId) -> Error {
    Error::NotFound { kind: "webhook secret", name: id.to_string() }
}
