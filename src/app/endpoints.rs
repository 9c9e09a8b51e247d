//! Webhook endpoints at Stripe, made by the service itself.

use super::audit::note;
use super::error::{Error, Result};
use super::seal::digest_hex;
use super::{App, Caller, accounts};
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::campaign::Ledger;
use crate::domain::id::CampaignId;
use crate::store::SecretRow;
use crate::stripe::EVENT_TYPES;
use crate::stripe::client::{Stripe, WebhookEndpoint};

/// An endpoint at Stripe, and what was done about it.
pub struct Endpoint {
    /// The endpoint.
    pub at_stripe: WebhookEndpoint,
    /// Its signing secret here; `None` where it was added by hand, so that nobody can say which it is.
    pub secret: Option<SecretRow>,
    /// Whether it was created by this call.
    pub created: bool,
    /// Whether it lacked event types or was disabled, and is repaired.
    pub repaired: bool,
}

impl App {
    /// Creates the webhook endpoint of a campaign, or of its whole account; one that is there already is found again,
    /// and repaired.
    pub async fn create_endpoint(&self, caller: &Caller, id: CampaignId, own_url: bool) -> Result<Endpoint> {
        let setup = self.webhook_setup(caller, id).await?;
        let ledger = setup.campaign.ledger.clone();
        let urls = setup.urls(self.public_url.as_deref().ok_or(Error::PublicUrlRequired)?);
        let stripe = self.stripe_for("CreateWebhookEndpoint", &ledger)?;
        let url = if own_url { urls.campaign } else { urls.account };
        // Before Stripe is asked: who finds none there, and is late, has the same number as who has just made one.
        let made = self.store.endpoints_made(&ledger).await?;
        let known = stripe.webhook_endpoints().await?;
        match known.into_iter().find(|endpoint| endpoint.url == url) {
            Some(endpoint) => self.found_endpoint(caller, stripe, &ledger, endpoint).await,
            None => self.new_endpoint(caller, stripe, ledger, &url, made).await,
        }
    }

    async fn new_endpoint(
        &self,
        caller: &Caller,
        stripe: &Stripe,
        ledger: Ledger,
        url: &str,
        made: i64,
    ) -> Result<Endpoint> {
        let now = self.clock.now();
        // Two calls at once make one endpoint, on whichever replicas: they have one key.
        let key = format!("endpoint-{}-{made}", &digest_hex(url)[..32]);
        let mut at_stripe = stripe.create_webhook_endpoint(url, &EVENT_TYPES, &key).await?;
        // For a day Stripe answers the same to the same key, be it of an endpoint that was deleted meanwhile.
        if !stripe.webhook_endpoints().await?.iter().any(|endpoint| endpoint.id == at_stripe.id) {
            let key = format!("{key}-{}", now.seconds());
            at_stripe = stripe.create_webhook_endpoint(url, &EVENT_TYPES, &key).await?;
        }
        let plain = at_stripe.secret.clone().ok_or(Error::EndpointSecretUnknown(at_stripe.id.clone()))?;
        let mut tx = self.store.write().await?;
        let row = accounts::lock(&mut tx, &ledger, now).await?;
        let (secret, _) = self.insert_secret(&mut tx, &row, &plain, Some(at_stripe.id.clone()), now).await?;
        note(&mut tx, caller, subject(&at_stripe, &ledger), &[], now).await?;
        tx.commit().await?;
        Ok(Endpoint { at_stripe, secret: Some(secret), created: true, repaired: false })
    }

    async fn found_endpoint(
        &self,
        caller: &Caller,
        stripe: &Stripe,
        ledger: &Ledger,
        found: WebhookEndpoint,
    ) -> Result<Endpoint> {
        let secrets = self.store.secrets(&ledger.account, self.clock.now()).await?;
        let mut secrets = secrets.into_iter().filter(|secret| secret.ledger == *ledger);
        let secret = secrets.clone().find(|secret| secret.stripe_endpoint_id.as_ref() == Some(&found.id));
        if secret.is_none() && secrets.all(|other| other.stripe_endpoint_id.is_some()) {
            return Err(Error::EndpointSecretUnknown(found.id));
        }
        let wanted = wanted_types(&found.events);
        if found.enabled && wanted.len() == found.events.len() {
            return Ok(Endpoint { at_stripe: found, secret, created: false, repaired: false });
        }
        let changed = if found.enabled { &["events"][..] } else { &["enabled", "events"][..] };
        let at_stripe = stripe.update_webhook_endpoint(&found.id, &wanted, true).await?;
        let mut tx = self.store.write().await?;
        note(&mut tx, caller, subject(&at_stripe, ledger), changed, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Endpoint { at_stripe, secret, created: false, repaired: true })
    }
}

fn subject(endpoint: &WebhookEndpoint, ledger: &Ledger) -> Subject {
    Subject::of_ledger(SubjectKind::WebhookEndpoint, &endpoint.id, ledger)
}

/// The event types that an endpoint has, and those that it lacks.
fn wanted_types(has: &[String]) -> Vec<&str> {
    let mut wanted: Vec<&str> = has.iter().map(String::as_str).collect();
    wanted.extend(lacking_types(has));
    wanted
}

/// The event types that an endpoint with these lacks.
pub fn lacking_types(has: &[String]) -> Vec<&'static str> {
    let covers = |kind: &str| has.iter().any(|has| has == kind || has == "*");
    EVENT_TYPES.into_iter().filter(|kind| !covers(kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_keeps_what_it_has_and_gets_what_it_lacks() {
        assert_eq!(wanted_types(&["*".to_owned()]), ["*"]);
        assert_eq!(wanted_types(&[]), EVENT_TYPES);
        let wanted = ["invoice.paid".to_owned(), "charge.failed".to_owned()];
        let wanted = wanted_types(&wanted);
        assert_eq!((wanted[0], wanted.len()), ("invoice.paid", EVENT_TYPES.len() + 1));
    }
}
