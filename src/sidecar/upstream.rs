//! The service behind the sidecar, called like by any other client: over a channel, or in the same process.

use std::error::Error;
use std::time::Duration;

use axum::http::{HeaderValue, Request, Response, header};
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use super::secrets::{Owner, Secret, Secrets};
use crate::convert::{Twin, delivery_to_proto};
use crate::domain::Invalid;
use crate::domain::campaign::Mode;
use crate::domain::delivery::Delivery;
use crate::domain::id::SecretId;
use crate::proto::v1;
use crate::proto::v1::campaign_service_client::CampaignServiceClient;
use crate::proto::v1::list_webhook_secrets_request::Owner as Asked;
use crate::proto::v1::qualification_service_client::QualificationServiceClient;
use crate::stripe::signature::Key;

/// How long a call may take; less than a webhook may, so that the service's own answer comes first.
const CALL_SECONDS_MAX: u64 = 8;

/// The service, over whatever reaches it.
pub type Upstream = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// Hides what reaches the service: a channel, or the service itself.
pub fn upstream<S>(service: S) -> Upstream
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(service.map_err(|problem: S::Error| Status::from_error(problem.into())))
}

/// The calls that the sidecar makes.
#[derive(Clone, Debug)]
pub struct Client {
    campaigns: CampaignServiceClient<Upstream>,
    qualifications: QualificationServiceClient<Upstream>,
    health: HealthClient<Upstream>,
}

impl Client {
    /// A client that shows this API key; an empty one is not shown.
    ///
    /// # Errors
    /// A key that cannot stand in a header.
    pub fn new(upstream: Upstream, key: &str) -> Result<Self, Invalid> {
        let upstream = keyed(upstream, key)?;
        Ok(Self {
            campaigns: CampaignServiceClient::new(upstream.clone()),
            qualifications: QualificationServiceClient::new(upstream.clone()),
            health: HealthClient::new(upstream),
        })
    }

    /// The active signing secrets of a URL's owner; none where there is no such owner.
    pub async fn secrets(&self, owner: &Owner) -> Result<Secrets, Status> {
        let owner = match owner {
            Owner::Campaign(id) => Asked::CampaignId(id.to_string()),
            Owner::Account(alias) => Asked::Account(alias.clone()),
        };
        let call = within(v1::ListWebhookSecretsRequest { owner: Some(owner) });
        match self.campaigns.clone().list_webhook_secrets(call).await {
            Ok(answer) => answer.into_inner().secrets.into_iter().map(secret).collect(),
            Err(status) if status.code() == Code::NotFound => Ok(Secrets::default()),
            Err(status) => Err(status),
        }
    }

    /// Records a delivery in the ledger of the secret that verified it.
    pub async fn record(&self, by: &Secret, delivery: &Delivery) -> Result<v1::DeliveryResult, Status> {
        let call = within(v1::RecordFactsRequest {
            account: by.account.clone(),
            mode: by.mode.number(),
            deliveries: vec![delivery_to_proto(delivery)],
            route: v1::Route::Webhook.into(),
            secret_id: by.id.to_string(),
        });
        let answer = self.qualifications.clone().record_facts(call).await?.into_inner();
        answer.results.into_iter().next().ok_or_else(|| Status::internal("the answer has no result"))
    }

    /// Whether the service says that it serves.
    pub async fn is_serving(&self) -> bool {
        let call = self.health.clone().check(HealthCheckRequest { service: String::new() }).await;
        call.is_ok_and(|answer| answer.into_inner().status() == ServingStatus::Serving)
    }
}

/// An empty secret would let anybody sign: it is a fault, and no secret. So is one without its id.
fn secret(secret: v1::WebhookSecret) -> Result<Secret, Status> {
    let key = (!secret.unreadable).then(|| Key::new(&secret.secret));
    let mode = Mode::of(secret.mode).ok().flatten().filter(|_| secret.unreadable || !secret.secret.is_empty());
    let mode = mode.ok_or_else(|| {
        Status::failed_precondition("a signing secret came without itself: the sidecar's key needs scope ingest")
    })?;
    let id = SecretId::parse(&secret.id).map_err(|_| Status::internal("a signing secret came without its id"))?;
    let stripe_account_id = Some(secret.stripe_account_id).filter(|id| !id.is_empty());
    Ok(Secret { id, key, account: secret.account, mode, stripe_account_id })
}

/// Shows this API key with each call; an empty one is not shown.
///
/// # Errors
/// A key that cannot stand in a header.
pub fn keyed(upstream: Upstream, key: &str) -> Result<Upstream, Invalid> {
    if key.is_empty() {
        return Ok(upstream);
    }
    let bearer = HeaderValue::try_from(format!("Bearer {key}"));
    let mut bearer = bearer.map_err(|_| Invalid::new("has a character that no API key has"))?;
    bearer.set_sensitive(true);
    let shown = upstream.map_request(move |mut call: Request<Body>| {
        call.headers_mut().insert(header::AUTHORIZATION, bearer.clone());
        call
    });
    Ok(BoxCloneSyncService::new(shown))
}

fn within<T>(message: T) -> tonic::Request<T> {
    let mut call = tonic::Request::new(message);
    call.set_timeout(Duration::from_secs(CALL_SECONDS_MAX));
    call
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Time;

    #[test]
    fn a_secret_that_does_not_show_itself_verifies_nothing() {
        let known = v1::WebhookSecret {
            id: SecretId::new(Time::from_seconds(0), [1; 10]).to_string(),
            account: "default".into(),
            mode: Mode::Test.number(),
            secret: "whsec_1".into(),
            ..v1::WebhookSecret::default()
        };
        assert!(secret(known.clone()).is_ok_and(|secret| secret.stripe_account_id.is_none()));
        assert!(secret(v1::WebhookSecret { id: "sec_1".into(), ..known.clone() }).is_err());
        assert!(secret(v1::WebhookSecret { secret: String::new(), ..known.clone() }).is_err());
        let unreadable = v1::WebhookSecret { secret: String::new(), unreadable: true, ..known.clone() };
        assert!(secret(unreadable).is_ok_and(|secret| secret.key.is_none()));
        assert!(secret(v1::WebhookSecret { mode: 0, ..known }).is_err());
    }
}
