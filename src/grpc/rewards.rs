//! `RewardService`.

use tonic::{Request, Response, Status, async_trait};

use super::{Service, field, id_and_etag, open, optional, page_size, read, read_etag, status};
use crate::app::{Page, RewardFilter};
use crate::convert::{Twin, recipient_from_proto, reward_to_proto};
use crate::domain::id::{CampaignId, ReferralId, RewardId};
use crate::domain::reward::State;
use crate::domain::text;
use crate::proto::v1;
use crate::proto::v1::reward_service_server::RewardService;

type Answer<T> = Result<Response<T>, Status>;

#[async_trait]
impl RewardService for Service {
    async fn get_reward(&self, request: Request<v1::GetRewardRequest>) -> Answer<v1::GetRewardResponse> {
        let (caller, request) = open(request);
        let id = field("id", RewardId::parse(&request.id))?;
        let reward = self.app.reward(&caller, id).await.map_err(status)?;
        Ok(Response::new(v1::GetRewardResponse { reward: Some(reward_to_proto(&reward)) }))
    }

    async fn list_rewards(&self, request: Request<v1::ListRewardsRequest>) -> Answer<v1::ListRewardsResponse> {
        let (caller, request) = open(request);
        let (filter, size) = read(|violations| {
            let campaign_id = optional(violations, "campaign_id", &request.campaign_id, CampaignId::parse);
            let recipient = optional(violations, "recipient_id", &request.recipient_id, recipient_from_proto);
            let referral_id = optional(violations, "referral_id", &request.referral_id, ReferralId::parse);
            let state = violations.take("state", State::of(request.state));
            let size = page_size(violations, request.page_size);
            let (campaign_id, recipient, referral_id) = (campaign_id?, recipient?, referral_id?);
            Some((RewardFilter { account: None, campaign_id, recipient, referral_id, state: state? }, size?))
        })?;
        let page = Page::parse(size, &request.page_token, &format!("{filter:?}")).map_err(status)?;
        let (rewards, next_page_token) = self.app.rewards(&caller, filter, &page).await.map_err(status)?;
        let rewards = rewards.iter().map(reward_to_proto).collect();
        Ok(Response::new(v1::ListRewardsResponse { rewards, next_page_token }))
    }

    async fn approve_reward(&self, request: Request<v1::ApproveRewardRequest>) -> Answer<v1::ApproveRewardResponse> {
        let (caller, request) = open(request);
        let (id, etag) = id_and_etag(("id", RewardId::parse(&request.id)), ("etag", &request.etag))?;
        let reward = self.app.approve_reward(&caller, id, &etag).await.map_err(status)?;
        Ok(Response::new(v1::ApproveRewardResponse { reward: Some(reward_to_proto(&reward)) }))
    }

    async fn cancel_reward(&self, request: Request<v1::CancelRewardRequest>) -> Answer<v1::CancelRewardResponse> {
        let (caller, request) = open(request);
        let (id, reason, etag) = read(|violations| {
            let id = violations.take("id", RewardId::parse(&request.id));
            let reason = violations.take("reason", text::line(&request.reason, text::REASON_MAX));
            let etag = read_etag(violations, ("etag", &request.etag));
            Some((id?, reason?, etag?))
        })?;
        let reward = self.app.cancel_reward(&caller, id, &etag, reason).await.map_err(status)?;
        Ok(Response::new(v1::CancelRewardResponse { reward: Some(reward_to_proto(&reward)) }))
    }

    async fn retry_reward(&self, request: Request<v1::RetryRewardRequest>) -> Answer<v1::RetryRewardResponse> {
        let (caller, request) = open(request);
        let (id, etag) = id_and_etag(("id", RewardId::parse(&request.id)), ("etag", &request.etag))?;
        let reward = self.app.retry_reward(&caller, id, &etag).await.map_err(status)?;
        Ok(Response::new(v1::RetryRewardResponse { reward: Some(reward_to_proto(&reward)) }))
    }
}
