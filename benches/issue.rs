//! Thousands of rewards that are due at once, issued at the rate limit: how many calls a second Stripe gets, and what the
//! program has in memory meanwhile. Run by `just bench --bench issue`; it takes some minutes, which is its point.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark reads the real clock and prints figures"
)]

#[path = "../tests/support/postgres.rs"]
mod postgres;
mod support;

use std::time::{Duration, Instant};

use referrald::clock::Clock;
use referrald::fake_stripe::FakeStripe;
use referrald::proto::v1;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use referrald::proto::v1::reward_rule::{Kind, Trigger};
use referrald::proto::v1::reward_service_client::RewardServiceClient;
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{RewardRecipient, RewardState};
use referrald::stripe::sample;
use support::{Server, number, people};
use tokio::task::JoinSet;
use tonic::transport::Channel;

/// The most that may be asked for.
const CALLS_PER_SECOND: usize = 100;
const CALLS_AT_ONCE: usize = 32;

#[tokio::main]
async fn main() {
    let rewards = number("REFERRALD_BENCH_REWARDS", 10_000);
    println!(
        "{:<9} {:>8} {:>9} {:>9} {:>7} {:>12} {:>12}",
        "database", "rewards", "rewards/s", "calls/s", "limit", "before, KiB", "highest, KiB"
    );
    for database in ["sqlite", "postgres"] {
        let folder = tempfile::tempdir().expect("a folder");
        let stripe = FakeStripe::start(Clock::default()).await.expect("a fake Stripe");
        let limit = CALLS_PER_SECOND.to_string();
        let options =
            ["--stripe-key", "sk_test_bench", "--stripe-url", stripe.url(), "--stripe-requests-per-second", &limit];
        let server = Server::start_with(&support::database(database, folder.path()), folder.path(), &options);
        let channel = people::connect(&server.grpc).await;
        let campaign = people::campaign(channel.clone(), vec![welcome()]).await;
        register(channel.clone(), &stripe, &campaign, rewards).await;
        until(|| count(channel.clone(), &campaign, RewardState::Due), rewards, &server).await;
        let before = server.resident_kib();
        let (calls, began) = (stripe.heard().len(), Instant::now());
        approve(channel.clone(), &campaign).await;
        let highest = until(|| count(channel.clone(), &campaign, RewardState::Issued), rewards, &server).await;
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(stripe.all("customer_balance_transactions").len(), rewards, "one credit for each reward");
        println!(
            "{database:<9} {rewards:>8} {:>9.1} {:>9.1} {limit:>7} {before:>12} {highest:>12}",
            rewards as f64 / seconds,
            (stripe.heard().len() - calls) as f64 / seconds,
        );
    }
}

/// A credit for whoever registers, once approved.
fn welcome() -> v1::RewardRule {
    v1::RewardRule {
        recipient: RewardRecipient::Referred.into(),
        trigger: Some(Trigger::Registered(v1::RegisteredTrigger {})),
        kind: Some(Kind::StripeCredit(v1::StripeCredit { amount: Some(Amount::AmountMinor(500)) })),
        ..Default::default()
    }
}

/// Registers so many people who have a customer already.
async fn register(channel: Channel, stripe: &FakeStripe, campaign_id: &str, number: usize) {
    let mut referrals = ReferralServiceClient::new(channel);
    for i in 0..number {
        let email = format!("person{i}@example.com");
        stripe.add("customers", sample::customer(&format!("cus_{i}"), &email, "P", Clock::default().now()));
        people::register(&mut referrals, campaign_id, email).await;
    }
}

/// Approves everything that is due.
async fn approve(channel: Channel, campaign_id: &str) {
    let mut approvals = JoinSet::new();
    for id in ids(channel.clone(), campaign_id, RewardState::Due).await {
        if approvals.len() >= CALLS_AT_ONCE {
            approvals.join_next().await;
        }
        let mut rewards = RewardServiceClient::new(channel.clone());
        let request = v1::ApproveRewardRequest { id, ..Default::default() };
        approvals.spawn(async move { rewards.approve_reward(request).await.expect("approved") });
    }
    approvals.join_all().await;
}

async fn count(channel: Channel, campaign_id: &str, state: RewardState) -> usize {
    ids(channel, campaign_id, state).await.len()
}

/// The rewards that stand so.
async fn ids(channel: Channel, campaign_id: &str, state: RewardState) -> Vec<String> {
    let mut rewards = RewardServiceClient::new(channel);
    let (mut ids, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListRewardsRequest {
            campaign_id: campaign_id.to_owned(),
            state: state.into(),
            page_size: 1000,
            page_token,
            ..Default::default()
        };
        let page = rewards.list_rewards(request).await.expect("a page").into_inner();
        ids.extend(page.rewards.into_iter().map(|reward| reward.id));
        if page.next_page_token.is_empty() {
            return ids;
        }
        page_token = page.next_page_token;
    }
}

/// Waits until there are so many; gives the most that the program had in memory meanwhile.
async fn until<F: Future<Output = usize>>(count: impl Fn() -> F, wanted: usize, server: &Server) -> u64 {
    let mut highest = server.resident_kib();
    while count().await < wanted {
        tokio::time::sleep(Duration::from_secs(1)).await;
        highest = highest.max(server.resident_kib());
    }
    highest
}
