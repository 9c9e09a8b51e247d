//! Rewards at Stripe: credits and codes that are given, taken back and given again, whatever happens meanwhile.

mod codes;
mod credits;
mod days;
mod operators;
mod recipients;
mod reversals;

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{CustomerSyncState, RewardRule, RewardState};
use referrald::stripe::sample;

use crate::harness::{Charge, Server, each_qualified};

const MAYA: &str = "maya@example.com";
const BEN: &str = "ben@example.com";
/// Maya's customer at Stripe, and where its balance is moved.
const CUSTOMER: &str = "cus_maya";
const MOVES: &str = "POST /v1/customers/cus_maya/balance_transactions";

/// A credit for whoever brings somebody, once approved.
fn credit(amount: Amount) -> RewardRule {
    RewardRule { kind: Some(Kind::StripeCredit(v1::StripeCredit { amount: Some(amount) })), ..each_qualified() }
}

fn five_dollars() -> RewardRule {
    credit(Amount::AmountMinor(500))
}

/// So many hundredths of a percent, and no more than the cap for one referral.
fn share(points: u32, cap_minor: i64) -> RewardRule {
    credit(Amount::BasisPoints(v1::BasisPoints { points, cap_minor }))
}

/// Somebody who has qualified, and who brought them.
struct Story {
    campaign: v1::Campaign,
    maya: v1::Referrer,
    ben: v1::Referral,
    charge: Charge,
}

impl Story {
    /// Maya, who has a customer, brings Ben, who pays enough; the reward is due.
    async fn of(server: &Server, stripe: &FakeStripe, rule: RewardRule) -> Self {
        has_customer(server, stripe, CUSTOMER, MAYA);
        Self::without_customer(server, rule).await
    }

    async fn without_customer(server: &Server, rule: RewardRule) -> Self {
        let campaign = server.rewarding(vec![rule]).await;
        let maya = server.referrer(MAYA).await;
        let ben = server.register(&campaign, &maya, BEN).await;
        server.until_sync(&ben.id, CustomerSyncState::Done).await;
        let charge = server.pay(BEN, 10_000).await;
        Self { campaign, maya, ben, charge }
    }

    /// Maya's only reward.
    async fn reward(&self, server: &Server) -> v1::Reward {
        server.reward(&server.reward_of(&self.maya.id).await.id).await
    }

    /// The same, once it stands so.
    async fn until(&self, server: &Server, state: RewardState) -> v1::Reward {
        server.until_reward(&self.maya.id, state).await
    }

    /// The same, approved and given.
    async fn issued(&self, server: &Server) -> v1::Reward {
        server.approve(&self.reward(server).await).await;
        self.until(server, RewardState::Issued).await
    }
}

/// Stripe has a customer with this email.
fn has_customer(server: &Server, stripe: &FakeStripe, id: &str, email: &str) {
    stripe.add("customers", sample::customer(id, email, "Maya", server.now()));
}

/// What was moved for rewards, the oldest first: how much, and which step of which round it was.
fn moves(stripe: &FakeStripe) -> Vec<(i64, String)> {
    let ours = |moved: &serde_json::Value| {
        let said = |key: &str| moved["metadata"][key].as_str();
        Some((moved["amount"].as_i64()?, format!("{} {}", said("reward_step")?, said("reward_round")?)))
    };
    stripe.all("customer_balance_transactions").iter().filter_map(ours).collect()
}

/// The same, as a test says it.
fn steps<const N: usize>(moves: [(i64, &str); N]) -> Vec<(i64, String)> {
    moves.map(|(amount, step)| (amount, step.to_owned())).to_vec()
}

/// The balance of Maya's customer; credit is negative.
fn balance(stripe: &FakeStripe) -> i64 {
    let customers = stripe.all("customers");
    let maya = customers.iter().find(|customer| customer["id"] == CUSTOMER).expect("she has one");
    maya["balance"].as_i64().expect("a number")
}

/// How many requests began like this.
fn heard(stripe: &FakeStripe, line: &str) -> usize {
    stripe.heard().iter().filter(|heard| heard.line.starts_with(line)).count()
}

/// Holds the next request that begins like this.
fn hold(stripe: &FakeStripe, line: &str) {
    stripe.plan(line, 1, Fault::after(How::Held));
}

async fn until_heard(stripe: &FakeStripe, line: &str, times: usize) {
    Server::until(&format!("{line} is heard"), async || heard(stripe, line) >= times).await;
}

impl Server {
    /// A reward with what its job says of the tries.
    async fn reward(&self, id: &str) -> v1::Reward {
        let request = v1::GetRewardRequest { id: id.to_owned() };
        let answer = self.caller.rewards().get_reward(request).await.expect("the reward is there");
        answer.into_inner().reward.expect("a reward")
    }

    /// The only reward of a recipient, once it stands so.
    pub async fn until_reward(&self, recipient_id: &str, state: RewardState) -> v1::Reward {
        let stands = async || {
            let rewards = self.rewards_of(recipient_id).await;
            rewards.len() == 1 && rewards[0].state() == state
        };
        Self::until(&format!("the reward is {state:?}"), stands).await;
        self.reward(&self.reward_of(recipient_id).await.id).await
    }

    /// A reward, once a try has failed.
    async fn until_tried(&self, id: &str) -> v1::Reward {
        let tried = async || !self.reward(id).await.last_error.is_empty();
        Self::until("a try has failed", tried).await;
        self.reward(id).await
    }

    /// Says that somebody is not to be qualified, whatever they pay.
    async fn disqualify(&self, referral: &v1::Referral) {
        let (referral_id, reason) = (referral.id.clone(), "a fraud".to_owned());
        let request = v1::DisqualifyReferralRequest { referral_id, reason, etag: String::new() };
        self.caller.qualifications().disqualify_referral(request).await.expect("disqualified");
    }

    async fn clear_override(&self, referral: &v1::Referral) {
        let request = v1::ClearOverrideRequest { referral_id: referral.id.clone(), etag: String::new() };
        self.caller.qualifications().clear_override(request).await.expect("cleared");
    }
}
