//! What is refused, with which code, reason and details: every RPC, by precedence.

mod fields;
mod lists;
mod states;
mod wrong;

use prost::Message;
use referrald::proto::v1;

use crate::harness::{RULE, Server, advertised, each_qualified, person};

/// A message as bytes.
fn bytes(message: &impl Message) -> Vec<u8> {
    message.encode_to_vec()
}

/// An id that is well formed and that nothing has.
fn nobody(prefix: &str) -> String {
    format!("{prefix}_{:032x}", 1)
}

/// Things that are there, and what a mind that means no harm would send to every RPC.
pub struct World {
    pub campaign: v1::Campaign,
    referrer: v1::Referrer,
    referral: v1::Referral,
    secret_id: String,
    reward_id: String,
}

pub async fn world(server: &Server) -> World {
    let campaign = server.campaign(RULE).await;
    let referrer = server.referrer("maya@example.com").await;
    let referral = server.register(&campaign, &referrer, "ben@example.com").await;
    let secrets = server.app.store.secrets("default", server.now()).await.expect("secrets");
    // In live mode, so that the events of test mode are only what a test does.
    let (reward_rules, mode) = (vec![welcome()], v1::Mode::Live.into());
    let rewarding = server.launched(v1::Campaign { mode, reward_rules, ..advertised(RULE) }).await;
    let welcomed = server.register(&rewarding, &referrer, "zoe@example.com").await;
    let reward_id = server.reward_of(&welcomed.id).await.id;
    World { campaign, referrer, referral, secret_id: secrets[0].id.to_string(), reward_id }
}

/// Something for everybody who signs up.
pub fn welcome() -> v1::RewardRule {
    v1::RewardRule {
        recipient: v1::RewardRecipient::Referred.into(),
        trigger: Some(v1::reward_rule::Trigger::Registered(v1::RegisteredTrigger {})),
        ..each_qualified()
    }
}

impl World {
    /// A good request for every RPC, about these things.
    pub fn requests(&self) -> Vec<(&'static str, Vec<u8>)> {
        [self.of_customers(), self.of_numbers(), self.of_all_else()].concat()
    }

    fn of_customers(&self) -> Vec<(&'static str, Vec<u8>)> {
        let campaign_id = self.campaign.id.clone();
        let sync = v1::SyncReferrersRequest { campaign_id: campaign_id.clone(), ..d() };
        vec![
            ("ReferralService/SyncReferrers", bytes(&sync)),
            ("ReferralService/GetReferrerSync", bytes(&v1::GetReferrerSyncRequest { campaign_id })),
        ]
    }

    fn of_numbers(&self) -> Vec<(&'static str, Vec<u8>)> {
        let stats = v1::GetCampaignStatsRequest { campaign_id: self.campaign.id.clone(), ..d() };
        vec![
            ("CampaignService/GetCampaignStats", bytes(&stats)),
            ("CampaignService/SimulateRule", bytes(&simulate(&self.campaign))),
        ]
    }

    fn of_all_else(&self) -> Vec<(&'static str, Vec<u8>)> {
        let (id, etag) = (self.campaign.id.clone(), String::new());
        let mut update = self.campaign.clone();
        update.etag.clear();
        let (campaign_id, referral_id) = (id.clone(), self.referral.id.clone());
        let reason = "by hand".to_owned();
        vec![
            ("CampaignService/CreateCampaign", bytes(&create_campaign(advertised(RULE), ""))),
            ("CampaignService/GetCampaign", bytes(&v1::GetCampaignRequest { id: id.clone() })),
            ("CampaignService/ListCampaigns", vec![]),
            ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest { campaign: Some(update), ..d() })),
            ("CampaignService/PauseCampaign", bytes(&v1::PauseCampaignRequest { id: id.clone(), etag: etag.clone() })),
            (
                "CampaignService/LaunchCampaign",
                bytes(&v1::LaunchCampaignRequest { id: id.clone(), etag: etag.clone() }),
            ),
            (
                "CampaignService/GetWebhookSetup",
                bytes(&v1::GetWebhookSetupRequest { campaign_id: campaign_id.clone() }),
            ),
            (
                "CampaignService/CreateWebhookEndpoint",
                bytes(&v1::CreateWebhookEndpointRequest { campaign_id, campaign_url: false }),
            ),
            ("CampaignService/AddWebhookSecret", bytes(&add_secret(&id, "whsec_0123456789abcdefNEW"))),
            ("CampaignService/ListWebhookSecrets", bytes(&secrets_of(&id))),
            ("ReferralService/CreateReferrer", bytes(&create_referrer("leo@example.com", ""))),
            ("ReferralService/GetReferrer", bytes(&v1::GetReferrerRequest { id: self.referrer.id.clone() })),
            ("ReferralService/ListReferrers", vec![]),
            (
                "ReferralService/UpdateReferrer",
                bytes(&v1::UpdateReferrerRequest {
                    referrer: Some(v1::Referrer { etag: etag.clone(), ..self.referrer.clone() }),
                    ..d()
                }),
            ),
            ("ReferralService/CreateReferral", bytes(&create_referral(self, "eve@example.com", ""))),
            ("ReferralService/GetReferral", bytes(&v1::GetReferralRequest { id: referral_id.clone() })),
            ("ReferralService/ListReferrals", vec![]),
            (
                "ReferralService/UpdateReferral",
                bytes(&v1::UpdateReferralRequest {
                    referral: Some(v1::Referral { etag: etag.clone(), ..self.referral.clone() }),
                    ..d()
                }),
            ),
            ("ReferralService/FindReferral", bytes(&find("ben@example.com"))),
            (
                "ReferralService/RetryCustomerSync",
                bytes(&v1::RetryCustomerSyncRequest { referral_id: referral_id.clone(), etag: etag.clone() }),
            ),
            ("ReferralService/ErasePerson", bytes(&erase("gone@example.com"))),
            ("QualificationService/RecordFacts", bytes(&facts("default", "evt_1"))),
            (
                "QualificationService/ExplainQualification",
                bytes(&v1::ExplainQualificationRequest { referral_id: referral_id.clone() }),
            ),
            (
                "QualificationService/QualifyReferral",
                bytes(&v1::QualifyReferralRequest {
                    referral_id: referral_id.clone(),
                    reason: reason.clone(),
                    etag: etag.clone(),
                }),
            ),
            (
                "QualificationService/DisqualifyReferral",
                bytes(&v1::DisqualifyReferralRequest { referral_id: referral_id.clone(), reason, etag: etag.clone() }),
            ),
            (
                "QualificationService/ClearOverride",
                bytes(&v1::ClearOverrideRequest { referral_id, etag: etag.clone() }),
            ),
            ("QualificationService/ExplainEvent", bytes(&explain_event("evt_1"))),
            ("QualificationService/WatchEvents", bytes(&watch(&self.campaign.id, &self.referral.id))),
            ("QualificationService/Reconcile", bytes(&v1::ReconcileRequest { mode: v1::Mode::Test.into(), ..d() })),
            (
                "QualificationService/GetReconciliation",
                bytes(&v1::GetReconciliationRequest { mode: v1::Mode::Test.into(), ..d() }),
            ),
            ("QualificationService/ListAuditLog", vec![]),
            ("RewardService/GetReward", bytes(&v1::GetRewardRequest { id: self.reward_id.clone() })),
            ("RewardService/ListRewards", vec![]),
            (
                "RewardService/ApproveReward",
                bytes(&v1::ApproveRewardRequest { id: self.reward_id.clone(), etag: etag.clone() }),
            ),
            ("RewardService/CancelReward", bytes(&cancel_reward(&self.reward_id, &etag))),
            (
                "RewardService/RetryReward",
                bytes(&v1::RetryRewardRequest { id: self.reward_id.clone(), etag: etag.clone() }),
            ),
            (
                "CampaignService/RemoveWebhookSecret",
                bytes(&v1::RemoveWebhookSecretRequest { id: self.secret_id.clone(), ends_at: None }),
            ),
            ("CampaignService/EndCampaign", bytes(&v1::EndCampaignRequest { id, etag })),
        ]
    }

    /// Ids that nothing has.
    fn absent() -> Self {
        Self {
            campaign: v1::Campaign { id: nobody("cmp"), ..advertised(RULE) },
            referrer: v1::Referrer { id: nobody("rfr"), person: Some(person("x@example.com")), ..d() },
            referral: v1::Referral { id: nobody("ref"), person: Some(person("x@example.com")), ..d() },
            secret_id: nobody("sec"),
            reward_id: nobody("rwd"),
        }
    }
}

fn d<T: Default>() -> T {
    T::default()
}

fn create_campaign(campaign: v1::Campaign, request_id: &str) -> v1::CreateCampaignRequest {
    v1::CreateCampaignRequest { campaign: Some(campaign), request_id: request_id.to_owned() }
}

fn create_referrer(email: &str, request_id: &str) -> v1::CreateReferrerRequest {
    let referrer = v1::Referrer { person: Some(person(email)), ..d() };
    v1::CreateReferrerRequest { referrer: Some(referrer), request_id: request_id.to_owned() }
}

fn create_referral(ids: &World, email: &str, request_id: &str) -> v1::CreateReferralRequest {
    v1::CreateReferralRequest {
        campaign_id: ids.campaign.id.clone(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerId(ids.referrer.id.clone())),
        person: Some(person(email)),
        registered_at: None,
        request_id: request_id.to_owned(),
    }
}

fn add_secret(campaign_id: &str, secret: &str) -> v1::AddWebhookSecretRequest {
    let ledger = Some(v1::add_webhook_secret_request::Ledger::CampaignId(campaign_id.to_owned()));
    v1::AddWebhookSecretRequest { ledger, secret: secret.to_owned(), ..d() }
}

fn secrets_of(campaign_id: &str) -> v1::ListWebhookSecretsRequest {
    let owner = Some(v1::list_webhook_secrets_request::Owner::CampaignId(campaign_id.to_owned()));
    v1::ListWebhookSecretsRequest { owner }
}

fn simulate(campaign: &v1::Campaign) -> v1::SimulateRuleRequest {
    v1::SimulateRuleRequest { campaign_id: campaign.id.clone(), rule: campaign.rule.clone(), ..d() }
}

fn explain_event(event_id: &str) -> v1::ExplainEventRequest {
    v1::ExplainEventRequest { mode: v1::Mode::Test.into(), event_id: event_id.to_owned(), ..d() }
}

fn watch(campaign_id: &str, referral_id: &str) -> v1::WatchEventsRequest {
    let (campaign_id, referral_id) = (campaign_id.to_owned(), referral_id.to_owned());
    v1::WatchEventsRequest { mode: v1::Mode::Test.into(), campaign_id, referral_id, ..d() }
}

fn cancel_reward(id: &str, etag: &str) -> v1::CancelRewardRequest {
    v1::CancelRewardRequest { id: id.to_owned(), reason: "by hand".to_owned(), etag: etag.to_owned() }
}

fn erase(email: &str) -> v1::ErasePersonRequest {
    let (email, account) = (email.to_owned(), "default".to_owned());
    v1::ErasePersonRequest { email, account, cancel_open_rewards: false }
}

fn find(email: &str) -> v1::FindReferralRequest {
    v1::FindReferralRequest { by: Some(v1::find_referral_request::By::Email(email.to_owned())) }
}

pub fn facts(account: &str, delivery_id: &str) -> v1::RecordFactsRequest {
    let delivery = v1::Delivery {
        id: delivery_id.to_owned(),
        r#type: "charge.succeeded".to_owned(),
        created_at: Some(prost_types::Timestamp { seconds: 1_790_000_000, nanos: 0 }),
        ignored_reason: v1::IgnoredReason::Type.into(),
        ..d()
    };
    v1::RecordFactsRequest {
        account: account.to_owned(),
        mode: v1::Mode::Test.into(),
        deliveries: vec![delivery],
        ..v1::RecordFactsRequest::default()
    }
}
