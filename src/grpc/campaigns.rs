//! `CampaignService`.

use tonic::{Request, Response, Status, async_trait};

use super::{Answers, Service, checked, field, id_and_etag, open, optional, page_size, read, repeatable, status};
use crate::app::calendar::{self, Calendar};
use crate::app::endpoints::Endpoint;
use crate::app::secrets::{Secret, Setup};
use crate::app::{App, Caller, CampaignFilter, Page, Scope, SecretRow};
use crate::convert::{
    Twin, Violations, campaign_to_proto, campaign_with_mask, ledger_from_proto, optional_time_from_proto,
    settings_from_proto, stats_to_proto, time_to_proto,
};
use crate::domain::Invalid;
use crate::domain::campaign::{Campaign, Ledger, Mode, State, account_alias};
use crate::domain::id::{CampaignId, SecretId};
use crate::domain::stats::{Granularity, on_a_quarter};
use crate::domain::text;
use crate::proto::v1;
use crate::proto::v1::campaign_service_server::CampaignService;

type Answer<T> = Result<Response<T>, Status>;

#[async_trait]
impl CampaignService for Service {
    async fn create_campaign(&self, request: Request<v1::CreateCampaignRequest>) -> Answer<v1::CreateCampaignResponse> {
        let (caller, mut request) = open(request);
        let id = std::mem::take(&mut request.request_id);
        let campaign = self.with_currency(&caller, request.campaign.clone().unwrap_or_default()).await?;
        let (ledger, (settings, reward_rules), repeatable) = read(|violations| {
            let repeatable = repeatable(violations, id, &request);
            let ledger = ledger_from_proto(violations, "campaign.", &campaign.account, campaign.mode);
            let settings = settings_from_proto(violations, campaign, &[]);
            Some((ledger?, settings?, repeatable?))
        })?;
        let created = self.app.create_campaign(&caller, ledger, settings, reward_rules, &repeatable);
        let campaign = created.await.map_err(status)?;
        Ok(Response::new(v1::CreateCampaignResponse { campaign: Some(campaign_to_proto(&campaign)) }))
    }

    async fn get_campaign(&self, request: Request<v1::GetCampaignRequest>) -> Answer<v1::GetCampaignResponse> {
        let (caller, request) = open(request);
        let id = field("id", CampaignId::parse(&request.id))?;
        let campaign = self.app.campaign(&caller, id).await.map_err(status)?;
        Ok(Response::new(v1::GetCampaignResponse { campaign: Some(campaign_to_proto(&campaign)) }))
    }

    async fn list_campaigns(&self, request: Request<v1::ListCampaignsRequest>) -> Answer<v1::ListCampaignsResponse> {
        let (caller, request) = open(request);
        let (filter, size) = read(|violations| {
            let account = optional(violations, "account", &request.account, account_alias);
            let mode = violations.take("mode", Mode::of(request.mode));
            let state = violations.take("state", State::of(request.state));
            let size = page_size(violations, request.page_size);
            Some((CampaignFilter { account: account?, mode: mode?, state: state? }, size?))
        })?;
        let page = Page::parse(size, &request.page_token, &format!("{filter:?}")).map_err(status)?;
        let (campaigns, next_page_token) = self.app.campaigns(&caller, filter, &page).await.map_err(status)?;
        let campaigns = campaigns.iter().map(campaign_to_proto).collect();
        Ok(Response::new(v1::ListCampaignsResponse { campaigns, next_page_token }))
    }

    async fn update_campaign(&self, request: Request<v1::UpdateCampaignRequest>) -> Answer<v1::UpdateCampaignResponse> {
        let (caller, request) = open(request);
        let new = request.campaign.unwrap_or_default();
        let mask = request.update_mask.unwrap_or_default().paths;
        let (id, etag) = id_and_etag(("campaign.id", CampaignId::parse(&new.id)), ("campaign.etag", &new.etag))?;
        let applies = request.apply_to_existing;
        let named = v1::Campaign { id: new.id.clone(), etag: new.etag.clone(), ..v1::Campaign::default() };
        let only_applies = applies && mask.is_empty() && new == named;
        let edit = |campaign: &Campaign| {
            let stands = campaign_to_proto(campaign);
            checked(|violations| {
                let edited =
                    if only_applies { stands } else { campaign_with_mask(violations, stands, new.clone(), &mask) };
                settings_from_proto(violations, edited, &campaign.reward_rules)
            })
        };
        let campaign = self.app.update_campaign(&caller, id, &etag, applies, edit).await.map_err(status)?;
        Ok(Response::new(v1::UpdateCampaignResponse { campaign: Some(campaign_to_proto(&campaign)) }))
    }

    async fn launch_campaign(&self, request: Request<v1::LaunchCampaignRequest>) -> Answer<v1::LaunchCampaignResponse> {
        let (caller, request) = open(request);
        let (id, etag) = id_and_etag(("id", CampaignId::parse(&request.id)), ("etag", &request.etag))?;
        let campaign = self.app.launch_campaign(&caller, id, &etag).await.map_err(status)?;
        Ok(Response::new(v1::LaunchCampaignResponse { campaign: Some(campaign_to_proto(&campaign)) }))
    }

    async fn pause_campaign(&self, request: Request<v1::PauseCampaignRequest>) -> Answer<v1::PauseCampaignResponse> {
        let (caller, request) = open(request);
        let (id, etag) = id_and_etag(("id", CampaignId::parse(&request.id)), ("etag", &request.etag))?;
        let campaign = self.app.pause_campaign(&caller, id, &etag).await.map_err(status)?;
        Ok(Response::new(v1::PauseCampaignResponse { campaign: Some(campaign_to_proto(&campaign)) }))
    }

    async fn end_campaign(&self, request: Request<v1::EndCampaignRequest>) -> Answer<v1::EndCampaignResponse> {
        let (caller, request) = open(request);
        let (id, etag) = id_and_etag(("id", CampaignId::parse(&request.id)), ("etag", &request.etag))?;
        let campaign = self.app.end_campaign(&caller, id, &etag).await.map_err(status)?;
        Ok(Response::new(v1::EndCampaignResponse { campaign: Some(campaign_to_proto(&campaign)) }))
    }

    type SimulateRuleStream = Answers<v1::SimulateRuleResponse>;

    async fn simulate_rule(&self, request: Request<v1::SimulateRuleRequest>) -> Answer<Self::SimulateRuleStream> {
        let (caller, request) = open(request);
        self.trial(caller, request).await.map(Response::new)
    }

    async fn get_campaign_stats(
        &self,
        request: Request<v1::GetCampaignStatsRequest>,
    ) -> Answer<v1::GetCampaignStatsResponse> {
        let (caller, request) = open(request);
        let (id, ends, calendar) = read(|violations| {
            let id = violations.take("campaign_id", CampaignId::parse(&request.campaign_id));
            let since = violations.take("since", optional_time_from_proto(request.since).and_then(on_a_quarter));
            let until = violations.take("until", optional_time_from_proto(request.until).and_then(on_a_quarter));
            if let (Some(Some(since)), Some(Some(until))) = (since, until)
                && until <= since
            {
                violations.add("until", Invalid::new("must lie after since"));
            }
            let granularity = violations.take("granularity", Granularity::of(request.granularity));
            let zone = violations.take("time_zone", calendar::zone(&request.time_zone));
            Some((id?, (since?, until?), Calendar::new(zone?, granularity?)))
        })?;
        let (total, periods) = self.app.campaign_stats(&caller, id, ends, &calendar).await.map_err(status)?;
        // What was not asked for by any granularity is the total.
        let periods = if request.granularity == 0 { vec![] } else { periods.iter().map(stats_to_proto).collect() };
        Ok(Response::new(v1::GetCampaignStatsResponse { total: Some(stats_to_proto(&total)), periods }))
    }

    async fn get_webhook_setup(
        &self,
        request: Request<v1::GetWebhookSetupRequest>,
    ) -> Answer<v1::GetWebhookSetupResponse> {
        let (caller, request) = open(request);
        let id = field("campaign_id", CampaignId::parse(&request.campaign_id))?;
        let setup = self.app.webhook_setup(&caller, id).await.map_err(status)?;
        Ok(Response::new(setup_to_proto(&self.app, &setup)))
    }

    async fn create_webhook_endpoint(
        &self,
        request: Request<v1::CreateWebhookEndpointRequest>,
    ) -> Answer<v1::CreateWebhookEndpointResponse> {
        let (caller, request) = open(request);
        let id = field("campaign_id", CampaignId::parse(&request.campaign_id))?;
        let endpoint = self.app.create_endpoint(&caller, id, request.campaign_url).await.map_err(status)?;
        Ok(Response::new(endpoint_to_proto(endpoint)))
    }

    async fn add_webhook_secret(
        &self,
        request: Request<v1::AddWebhookSecretRequest>,
    ) -> Answer<v1::AddWebhookSecretResponse> {
        use v1::add_webhook_secret_request::Ledger as Named;
        let (caller, mut request) = open(request);
        let id = std::mem::take(&mut request.request_id);
        let (named, plain, account_id, repeatable) = read(|violations| {
            let repeatable = repeatable(violations, id, &request);
            let named = match request.ledger {
                Some(Named::CampaignId(id)) => violations.take("campaign_id", CampaignId::parse(&id)).map(Err),
                Some(Named::AccountMode(named)) => {
                    ledger_from_proto(violations, "account_mode.", &named.account, named.mode).map(Ok)
                }
                None => required(violations, "ledger", "campaign_id or account_mode"),
            };
            let plain = violations.take("secret", secret(&request.secret));
            let account_id = text::optional_line(&request.stripe_account_id, 64);
            let account_id = violations.take("stripe_account_id", account_id);
            Some((named?, plain?, account_id?, repeatable?))
        })?;
        let ledger: Ledger = match named {
            Ok(ledger) => ledger,
            Err(campaign) => self.app.campaign(&caller, campaign).await.map_err(status)?.ledger,
        };
        let added = self.app.add_secret(&caller, ledger, &plain, account_id.as_deref(), &repeatable);
        let row = added.await.map_err(status)?;
        let secret = Some(secret_to_proto(&row));
        Ok(Response::new(v1::AddWebhookSecretResponse { secret }))
    }

    async fn remove_webhook_secret(
        &self,
        request: Request<v1::RemoveWebhookSecretRequest>,
    ) -> Answer<v1::RemoveWebhookSecretResponse> {
        let (caller, request) = open(request);
        let (id, ends_at) = read(|violations| {
            let id = violations.take("id", SecretId::parse(&request.id));
            let ends_at = violations.take("ends_at", optional_time_from_proto(request.ends_at));
            Some((id?, ends_at?))
        })?;
        self.app.remove_secret(&caller, id, ends_at).await.map_err(status)?;
        Ok(Response::new(v1::RemoveWebhookSecretResponse {}))
    }

    async fn list_webhook_secrets(
        &self,
        request: Request<v1::ListWebhookSecretsRequest>,
    ) -> Answer<v1::ListWebhookSecretsResponse> {
        let (caller, request) = open(request);
        let account = account_of(&self.app, &caller, request.owner).await?;
        let show = caller.has_any(&[Scope::Ingest]);
        let secrets = self.app.secrets(&caller, &account, show).await.map_err(status)?;
        let shown = |Secret { row, plain, unreadable }: Secret| v1::WebhookSecret {
            secret: plain.unwrap_or_default(),
            unreadable,
            ..secret_to_proto(&row)
        };
        let secrets = secrets.into_iter().map(shown).collect();
        Ok(Response::new(v1::ListWebhookSecretsResponse { secrets }))
    }
}

impl Service {
    /// A campaign as it was asked for, in the currency of its Stripe account where none was said.
    async fn with_currency(&self, caller: &Caller, mut campaign: v1::Campaign) -> Result<v1::Campaign, Status> {
        let ledger = ledger_from_proto(&mut Violations::default(), "", &campaign.account, campaign.mode);
        if let (Some(rule), Some(ledger)) = (&mut campaign.rule, ledger)
            && rule.currency.is_empty()
        {
            let currency = self.app.default_currency(caller, &ledger).await.map_err(status)?;
            rule.currency = currency.map(|currency| currency.to_string()).unwrap_or_default();
        }
        Ok(campaign)
    }
}

async fn account_of(
    app: &App,
    caller: &Caller,
    owner: Option<v1::list_webhook_secrets_request::Owner>,
) -> Result<String, Status> {
    use v1::list_webhook_secrets_request::Owner;
    match owner {
        Some(Owner::Account(alias)) => field("account", account_alias(&alias)),
        Some(Owner::CampaignId(id)) => {
            let id = field("campaign_id", CampaignId::parse(&id))?;
            Ok(app.campaign(caller, id).await.map_err(status)?.ledger.account)
        }
        None => read(|violations| required(violations, "owner", "campaign_id or account")),
    }
}

fn required<T>(violations: &mut Violations, field: &str, what: &str) -> Option<T> {
    violations.add(field, Invalid(format!("is required: {what}")));
    None
}

/// A signing secret as Stripe shows it. The problem never repeats what was given.
fn secret(text: &str) -> Result<String, Invalid> {
    let plain = text.trim();
    let fits = (16..=256).contains(&plain.len()) && plain.bytes().all(|byte| byte.is_ascii_graphic());
    if fits && plain.starts_with("whsec_") {
        return Ok(plain.to_owned());
    }
    Err(Invalid::new("must be a signing secret of 16 to 256 characters as Stripe shows it, beginning with \"whsec_\""))
}

/// A signing secret without itself.
fn secret_to_proto(row: &SecretRow) -> v1::WebhookSecret {
    v1::WebhookSecret {
        id: row.id.to_string(),
        account: row.ledger.account.clone(),
        mode: row.ledger.mode.number(),
        stripe_account_id: row.stripe_account_id.clone().unwrap_or_default(),
        secret: String::new(),
        created_at: Some(time_to_proto(row.created_at)),
        ends_at: row.ends_at.map(time_to_proto),
        stripe_endpoint_id: row.stripe_endpoint_id.clone().unwrap_or_default(),
        unreadable: false,
    }
}

fn endpoint_to_proto(endpoint: Endpoint) -> v1::CreateWebhookEndpointResponse {
    let Endpoint { at_stripe, secret, created, repaired } = endpoint;
    v1::CreateWebhookEndpointResponse {
        stripe_endpoint_id: at_stripe.id,
        url: at_stripe.url,
        event_types: at_stripe.events,
        api_version: at_stripe.api_version.unwrap_or_default(),
        created,
        repaired,
        secret: secret.map(|row| secret_to_proto(&row)),
    }
}

fn setup_to_proto(app: &App, setup: &Setup) -> v1::GetWebhookSetupResponse {
    let urls = setup.urls(app.public_url.as_deref().unwrap_or("https://YOUR-PUBLIC-HOST"));
    let events = App::webhook_event_types();
    let test = if setup.campaign.ledger.mode == Mode::Test { "test/" } else { "" };
    v1::GetWebhookSetupResponse {
        campaign_url: urls.campaign,
        account_url: urls.account,
        event_types: events.iter().map(ToString::to_string).collect(),
        dashboard_url: format!("https://dashboard.stripe.com/{test}webhooks/create?events={}", events.join("%2C")),
        can_create_endpoint: setup.can_create_endpoint,
        active_secrets: u32::try_from(setup.active_secrets).unwrap_or(u32::MAX),
    }
}
