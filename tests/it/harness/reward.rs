//! The words of the stories about rewards.

use referrald::proto::v1;
use referrald::proto::v1::reward_rule::{Kind, Trigger};
use referrald::proto::v1::{RewardRecipient, RewardRule, RewardState};
use serde_json::Value;

use super::server::Server;
use super::shop::{RULE, advertised};

/// A rule that gives the referrer of each referral that qualifies something of the merchant's own, once approved.
pub fn each_qualified() -> RewardRule {
    RewardRule {
        recipient: RewardRecipient::Referrer.into(),
        trigger: Some(Trigger::Qualified(v1::QualifiedTrigger {})),
        kind: Some(Kind::Custom(v1::CustomReward { payload: "a mug".to_owned() })),
        ..RewardRule::default()
    }
}

/// A rule that gives the referrer something for each of so many payments within so many days.
pub fn of_payments(payments_max: u32, payment_days: u32) -> RewardRule {
    RewardRule {
        trigger: Some(Trigger::Payment(v1::PaymentTrigger { payments_max, payment_days })),
        ..each_qualified()
    }
}

/// Where rewards stand.
pub fn states(rewards: &[v1::Reward]) -> Vec<RewardState> {
    rewards.iter().map(v1::Reward::state).collect()
}

impl Server {
    /// A live campaign of 100 dollars in 30 days with these reward rules.
    pub async fn rewarding(&self, reward_rules: Vec<RewardRule>) -> v1::Campaign {
        self.launched(v1::Campaign { reward_rules, ..advertised(RULE) }).await
    }

    /// A campaign with other reward rules.
    pub async fn with_rewards(&self, campaign: &v1::Campaign, reward_rules: Vec<RewardRule>) -> v1::Campaign {
        let changed = v1::Campaign { id: campaign.id.clone(), reward_rules, ..v1::Campaign::default() };
        let update_mask = Some(prost_types::FieldMask { paths: vec!["reward_rules".to_owned()] });
        let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing: false };
        let answer = self.caller.campaigns().update_campaign(request).await.expect("the rules may be so");
        answer.into_inner().campaign.expect("a campaign")
    }

    /// A page of rewards, which is all of them in a story.
    pub async fn rewards_by(&self, filter: v1::ListRewardsRequest) -> Vec<v1::Reward> {
        self.caller.rewards().list_rewards(filter).await.expect("a page").into_inner().rewards
    }

    /// The rewards of a recipient.
    pub async fn rewards_of(&self, recipient_id: &str) -> Vec<v1::Reward> {
        let recipient_id = recipient_id.to_owned();
        self.rewards_by(v1::ListRewardsRequest { recipient_id, ..v1::ListRewardsRequest::default() }).await
    }

    /// The only reward of a recipient.
    pub async fn reward_of(&self, recipient_id: &str) -> v1::Reward {
        let mut rewards = self.rewards_of(recipient_id).await;
        assert_eq!(rewards.len(), 1, "{rewards:?}");
        rewards.remove(0)
    }

    pub async fn approve(&self, reward: &v1::Reward) -> v1::Reward {
        let request = v1::ApproveRewardRequest { id: reward.id.clone(), etag: String::new() };
        let answer = self.caller.rewards().approve_reward(request).await.expect("it may be approved");
        answer.into_inner().reward.expect("a reward")
    }

    pub async fn cancel(&self, reward: &v1::Reward) -> v1::Reward {
        let (id, reason) = (reward.id.clone(), "by hand".to_owned());
        let request = v1::CancelRewardRequest { id, reason, etag: String::new() };
        let answer = self.caller.rewards().cancel_reward(request).await.expect("it may be called off");
        answer.into_inner().reward.expect("a reward")
    }

    pub async fn retry(&self, reward: &v1::Reward) -> v1::Reward {
        let request = v1::RetryRewardRequest { id: reward.id.clone(), etag: String::new() };
        let answer = self.caller.rewards().retry_reward(request).await.expect("it may be tried again");
        answer.into_inner().reward.expect("a reward")
    }

    /// Types and bodies of the events of the default account in test mode, whose numbers have no gap.
    pub async fn told(&self) -> Vec<(String, Value)> {
        let text = "select e.seq, e.type, e.body from events e join ledgers l on l.id = e.ledger_id \
                    where l.account = 'default' and l.mode = 'TEST' order by e.seq";
        let rows = self.app.store.rows(text, vec![]).await.expect("events");
        let told = (1..).zip(&rows).map(|(wanted, row)| {
            assert_eq!(row.int("seq").expect("a number"), wanted, "the numbers have no gap");
            let body = serde_json::from_str(&row.text("body").expect("a body")).expect("JSON");
            (row.text("type").expect("a type"), body)
        });
        told.collect()
    }

    /// The types of the events about rewards, in order.
    pub async fn reward_events(&self) -> Vec<String> {
        let told = self.told().await.into_iter().map(|(kind, _)| kind);
        told.filter(|kind| kind.starts_with("reward.")).collect()
    }
}
