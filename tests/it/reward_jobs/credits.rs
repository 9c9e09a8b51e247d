//! Credits: how much, to whom, once.

use referrald::fake_stripe::FakeStripe;
use referrald::proto::v1;
use referrald::proto::v1::{RewardReason, RewardRule, RewardState};
use serde_json::json;
use tonic::Code;

use RewardState::{AwaitingCustomer, Canceled, Failed, Issued, Issuing, Reversed};

use super::{BEN, CUSTOMER, MAYA, MOVES, Story, balance, five_dollars, has_customer, heard, hold, moves, share, steps};
use super::{credit, until_heard};
use crate::harness::{Payment, Server, both_databases, of_payments, refused, states};

both_databases!(beside_stripe: a_credit_is_given_once_and_says_where_it_is);
async fn a_credit_is_given_once_and_says_where_it_is(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    hold(stripe, MOVES);
    let due = story.reward(server).await;
    assert_eq!(server.approve(&due).await.state(), Issuing);
    until_heard(stripe, MOVES, 1).await;
    assert_eq!(server.approve(&due).await.state(), Issuing, "twice is once");
    let request = v1::CancelRewardRequest { id: due.id.clone(), reason: "too late".into(), etag: String::new() };
    let refusal = refused(server.caller.rewards().cancel_reward(request).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "REWARD_STATE"), "it is on its way");
    stripe.release();
    let issued = story.until(server, Issued).await;
    assert_eq!(server.approve(&due).await.state(), Issued);

    let all = stripe.all("customer_balance_transactions");
    assert_eq!(all.len(), 1);
    assert_eq!((all[0]["amount"].as_i64(), all[0]["currency"].as_str()), (Some(-500), Some("usd")));
    let metadata = json!({ "reward_id": due.id, "reward_round": "1", "reward_step": "issue" });
    assert_eq!(all[0]["metadata"], metadata, "by which it is found again");
    assert_eq!((&*issued.stripe_customer_id, issued.given_minor), (CUSTOMER, 500));
    assert_eq!(issued.stripe_object_id, all[0]["id"].as_str().expect("an id"));
    let told = ["reward.due", "reward.issuing", "reward.issued"];
    assert_eq!(server.reward_events().await, told);
}

both_databases!(beside_stripe: a_share_is_rounded_down_and_capped_when_it_is_issued);
async fn a_share_is_rounded_down_and_capped_when_it_is_issued(server: &Server, stripe: &FakeStripe) {
    has_customer(server, stripe, CUSTOMER, MAYA);
    let rule = RewardRule { auto_issue: true, ..share(1_000, 1_500) };
    let campaign = server.rewarding(vec![rule]).await;
    let maya = server.referrer(MAYA).await;
    for (email, minor, given) in [(BEN, 12_349, 1_234), ("eve@example.com", 99_999, 1_500)] {
        let who = server.register(&campaign, &maya, email).await;
        server.until_sync(&who.id, v1::CustomerSyncState::Done).await;
        server.pay(email, minor).await;
        let by_referral = v1::ListRewardsRequest { referral_id: who.id.clone(), ..v1::ListRewardsRequest::default() };
        let reward = async || server.rewards_by(by_referral.clone()).await.remove(0);
        Server::until("it is issued", async || reward().await.state() == Issued).await;
        assert_eq!((reward().await.amount_minor, reward().await.given_minor), (Some(given), given));
    }
    assert_eq!(moves(stripe), steps([(-1_234, "issue 1"), (-1_500, "issue 1")]));
}

both_databases!(beside_stripe: payments_earn_shares_up_to_the_cap_and_lose_them_with_the_qualification);
async fn payments_earn_shares_up_to_the_cap_and_lose_them_with_the_qualification(server: &Server, stripe: &FakeStripe) {
    let rule = RewardRule { auto_issue: true, kind: share(1_000, 1_500).kind, ..of_payments(3, 0) };
    let story = Story::of(server, stripe, rule).await;
    story.until(server, Issued).await;
    server.pay(BEN, 9_000).await;
    let all = async || states(&server.rewards_of(&story.maya.id).await);
    Server::until("the second is given", async || all().await == [Issued, Issued]).await;
    server.pay(BEN, 9).await;
    let told = async || server.rewards_of(&story.maya.id).await;
    Server::until("the third comes to nothing", async || all().await == [Issued, Issued, Canceled]).await;
    assert_eq!(told().await[2].reason(), RewardReason::NothingDue);
    assert_eq!(moves(stripe), steps([(-1_000, "issue 1"), (-500, "issue 1")]));

    server.refund(&story.charge, 10_000).await;
    Server::until("both are taken back", async || all().await == [Reversed, Reversed, Canceled]).await;
    assert_eq!((balance(stripe), moves(stripe).len()), (0, 4));
}

both_databases!(beside_stripe: what_is_unearned_before_it_is_given_is_not_and_may_be_given_in_another_round);
async fn what_is_unearned_before_it_is_given_is_not_and_may_be_given_in_another_round(
    server: &Server,
    stripe: &FakeStripe,
) {
    let story = Story::of(server, stripe, five_dollars()).await;
    let refund = server.refund(&story.charge, 10_000).await;
    assert_eq!(story.reward(server).await.state(), Canceled);
    server.fail(&refund).await;
    assert_eq!(story.issued(server).await.round, 2);
    assert_eq!(moves(stripe), steps([(-500, "issue 2")]));
}

both_databases!(beside_stripe: a_customer_of_another_currency_is_refused_with_the_reason);
async fn a_customer_of_another_currency_is_refused_with_the_reason(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    stripe.change("customers", CUSTOMER, |customer| customer["currency"] = "eur".into());
    server.approve(&story.reward(server).await).await;
    let failed = story.until(server, Failed).await;
    assert!(failed.detail.contains("eur") && failed.detail.contains(CUSTOMER), "{failed:?}");
    assert_eq!((failed.last_error.as_str(), failed.next_try_at), (failed.detail.as_str(), None));
    assert_eq!(heard(stripe, MOVES), 0, "nothing is converted");

    stripe.change("customers", CUSTOMER, |customer| customer["currency"] = "usd".into());
    assert_eq!(server.retry(&failed).await.state(), Issuing);
    story.until(server, Issued).await;
    assert_eq!(moves(stripe), steps([(-500, "issue 1")]));
}

both_databases!(beside_stripe: a_customer_deleted_on_the_way_gives_way_to_another_when_it_is_tried_again);
async fn a_customer_deleted_on_the_way_gives_way_to_another_when_it_is_tried_again(
    server: &Server,
    stripe: &FakeStripe,
) {
    let story = Story::of(server, stripe, five_dollars()).await;
    hold(stripe, MOVES);
    server.approve(&story.reward(server).await).await;
    until_heard(stripe, MOVES, 1).await;
    stripe.delete_customer(CUSTOMER);
    stripe.release();
    let failed = story.until(server, Failed).await;
    assert!(failed.detail.contains("404"), "{failed:?}");
    server.retry(&failed).await;
    let waiting = story.until(server, AwaitingCustomer).await;
    has_customer(server, stripe, "cus_new", MAYA);
    server.retry(&waiting).await;
    assert_eq!(story.until(server, Issued).await.stripe_customer_id, "cus_new");
    assert_eq!(moves(stripe), steps([(-500, "issue 1")]));
}

both_databases!(beside_stripe: a_campaign_gives_each_of_the_two_their_own);
async fn a_campaign_gives_each_of_the_two_their_own(server: &Server, stripe: &FakeStripe) {
    has_customer(server, stripe, CUSTOMER, MAYA);
    has_customer(server, stripe, "cus_ben", BEN);
    let referred = v1::RewardRecipient::Referred.into();
    let of_ben = credit(v1::stripe_credit::Amount::AmountMinor(300));
    let of_ben = RewardRule { recipient: referred, auto_issue: true, ..of_ben };
    let campaign = server.rewarding(vec![RewardRule { auto_issue: true, ..five_dollars() }, of_ben]).await;
    let maya = server.referrer(MAYA).await;
    let ben = server.register(&campaign, &maya, BEN).await;
    server.until_sync(&ben.id, v1::CustomerSyncState::Done).await;
    server.pay(BEN, 10_000).await;
    let given = [
        server.until_reward(&maya.id, Issued).await.stripe_customer_id,
        server.until_reward(&ben.id, Issued).await.stripe_customer_id,
    ];
    assert_eq!(given, [CUSTOMER, "cus_ben"]);
    let mut moved = moves(stripe);
    moved.sort();
    assert_eq!(moved, steps([(-500, "issue 1"), (-300, "issue 1")]));
}

both_databases!(beside_stripe: a_share_that_is_not_given_yet_follows_a_rule_in_another_currency);
async fn a_share_that_is_not_given_yet_follows_a_rule_in_another_currency(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, RewardRule { hold_days: 1, ..share(1_000, 9_000) }).await;
    server.take(Payment::of(BEN, 20_000).in_currency("eur")).await;
    let rule = Some(v1::Rule { currency: "eur".to_owned(), ..story.campaign.rule.clone().expect("a rule") });
    let campaign = Some(v1::Campaign { id: story.campaign.id.clone(), rule, ..v1::Campaign::default() });
    let update_mask = Some(prost_types::FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign, update_mask, apply_to_existing: true };
    server.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
    server.sweep().await;
    assert_eq!(server.stands(&story.ben.id).await, (v1::ReferralState::Qualified, 20_000));
    let held = story.reward(server).await;
    assert_eq!((held.state(), held.currency.as_str()), (v1::RewardState::Held, "eur"));
    server.approve(&held).await;
    server.advance_days(1);
    server.sweep().await;
    let issued = story.until(server, Issued).await;
    assert_eq!((issued.given_minor, issued.currency.as_str()), (2_000, "eur"));
    assert_eq!(stripe.all("customer_balance_transactions")[0]["currency"], "eur");
}
