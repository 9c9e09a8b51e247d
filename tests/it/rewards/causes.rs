//! What earns a reward, and for whom: every trigger, pattern and limit.

use referrald::proto::v1;
use referrald::proto::v1::reward::{Cause, Recipient};
use referrald::proto::v1::reward_rule::{Pattern, Trigger};
use referrald::proto::v1::{RewardReason, RewardRecipient, RewardRule, RewardState};

use RewardState::{Canceled, Due, Issued, ReversalDue};

use crate::harness::{Payment, RULE, Server, advertised, both_databases, each_qualified, of_payments, states};

/// A rule for who was invited.
fn for_referred(rule: RewardRule) -> RewardRule {
    RewardRule { recipient: RewardRecipient::Referred.into(), ..rule }
}

both_databases!(a_referral_that_qualifies_earns_its_referrer_a_reward_and_itself_another);
async fn a_referral_that_qualifies_earns_its_referrer_a_reward_and_itself_another(server: &Server) {
    let automatic = RewardRule { auto_issue: true, ..for_referred(each_qualified()) };
    let campaign = server.rewarding(vec![each_qualified(), automatic]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(server.rewards_by(v1::ListRewardsRequest::default()).await, []);
    server.pay("ben@example.com", 10_000).await;

    let of_maya = server.reward_of(&maya.id).await;
    assert_eq!((of_maya.state(), of_maya.round, &of_maya.rule_id), (Due, 1, &campaign.reward_rules[0].id));
    assert_eq!(of_maya.recipient, Some(Recipient::ReferrerId(maya.id.clone())));
    assert_eq!(of_maya.cause, Some(Cause::CauseReferralId(ben.id.clone())));
    assert_eq!((&of_maya.referral_id, &of_maya.campaign_id), (&ben.id, &campaign.id));
    assert_eq!((of_maya.amount_minor, of_maya.given_minor, &*of_maya.currency), (None, 0, "usd"));
    assert_eq!(of_maya.custom_payload, "a mug");
    let of_ben = server.reward_of(&ben.id).await;
    assert_eq!((of_ben.state(), of_ben.issued_at.is_some()), (Issued, true), "its rule asks for no approval");
    assert_eq!(of_ben.recipient, Some(Recipient::ReferredId(ben.id.clone())));

    let by_referral = v1::ListRewardsRequest { referral_id: ben.id.clone(), ..v1::ListRewardsRequest::default() };
    assert_eq!(server.rewards_by(by_referral).await.len(), 2, "both were earned by the referral");
    assert_eq!(server.reward_events().await, ["reward.due", "reward.due", "reward.issued"]);
    let told = server.told().await;
    let (_, body) = told.last().expect("an event");
    let reward = &body["reward"];
    assert_eq!((reward["id"].as_str(), reward["custom_payload"].as_str()), (Some(&*of_ben.id), Some("a mug")));
    assert_eq!((reward["rule_id"].as_str(), reward["recipient_id"].as_str()), (Some(&*of_ben.rule_id), Some(&*ben.id)));
    assert_eq!((reward["cause_type"].as_str(), reward["cause"].as_str()), (Some("REFERRAL"), Some(&*ben.id)));
    assert_eq!((reward["state"].as_str(), reward["round"].as_i64()), (Some("ISSUED"), Some(1)));
    assert_eq!(body["changed"], serde_json::json!(["state", "issued_at"]));
    server.pay("ben@example.com", 99_000).await;
    assert_eq!(server.rewards_by(v1::ListRewardsRequest::default()).await.len(), 2, "and none is earned twice");
}

both_databases!(a_registration_earns_the_person_something_at_once_unless_disqualified);
async fn a_registration_earns_the_person_something_at_once_unless_disqualified(server: &Server) {
    let trigger = Some(Trigger::Registered(v1::RegisteredTrigger {}));
    let welcome = RewardRule { trigger, auto_issue: true, ..for_referred(each_qualified()) };
    let campaign = server.rewarding(vec![welcome]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(server.reward_of(&ben.id).await.state(), Issued);
    let herself = server.register(&campaign, &maya, "maya@example.com").await;
    assert_eq!(server.rewards_of(&herself.id).await, [], "self-referrals get nothing");
    assert_eq!(server.rewards_of(&maya.id).await, []);

    server.customer("cus_ben", "ben@example.com", server.now().plus_days(-9)).await;
    let now = server.reward_of(&ben.id).await;
    assert_eq!((now.state(), now.reason()), (ReversalDue, RewardReason::Unearned), "he was a customer before");
}

both_databases!(payments_earn_from_the_qualification_on_even_after_the_window);
async fn payments_earn_from_the_qualification_on_even_after_the_window(server: &Server) {
    let campaign = server.rewarding(vec![of_payments(3, 90)]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(1);
    server.pay("ben@example.com", 4_000).await;
    assert_eq!(server.rewards_of(&maya.id).await, [], "the target is not reached");
    server.advance_days(1);
    let second = server.pay("ben@example.com", 6_000).await;
    let first = server.reward_of(&maya.id).await;
    assert_eq!(first.cause, Some(Cause::CauseChargeId(second.id.clone())), "the payment that qualified earns too");
    server.advance_days(40);
    let renewal = server.pay("ben@example.com", 1_000).await;
    assert_eq!(server.rewards_of(&maya.id).await.len(), 2, "the window is over, and what is paid goes on to earn");
    server.advance_days(50);
    server.pay("ben@example.com", 1_000).await;
    assert_eq!(server.rewards_of(&maya.id).await.len(), 2, "ninety days after the qualification it does not");

    let late = server.now().plus_days(-45);
    for day in 0..2 {
        server.take(Payment::of("ben@example.com", 500).at(late.plus_days(day))).await;
    }
    let rewards = server.rewards_of(&maya.id).await;
    assert_eq!(states(&rewards), [Due; 3], "three payments of a person earn something, and no fourth");
    server.refund(&renewal, 1_000).await;
    let rewards = server.rewards_of(&maya.id).await;
    assert_eq!(states(&rewards), [Due, Canceled, Due, Due], "the next payment takes the place of one given back");
}

both_databases!(a_limit_on_payments_holds_over_all_referrals_and_a_free_place_is_filled);
async fn a_limit_on_payments_holds_over_all_referrals_and_a_free_place_is_filled(server: &Server) {
    let limited = RewardRule { limit_per_recipient: 2, ..of_payments(10, 0) };
    let campaign = server.rewarding(vec![limited]).await;
    let maya = server.referrer("maya@example.com").await;
    for name in ["ben", "eve"] {
        server.register(&campaign, &maya, &format!("{name}@example.com")).await;
    }
    let first = server.pay("ben@example.com", 10_000).await;
    for name in ["ben", "eve", "eve"] {
        server.advance_days(1);
        server.pay(&format!("{name}@example.com"), 10_000).await;
    }
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Due, Due]);
    server.refund(&first, 1).await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Due, Due], "a part is left");
    server.dispute(&first, 10_000, server.now(), "needs_response").await;
    server.sweep().await;
    let due: Vec<v1::Reward> =
        server.rewards_of(&maya.id).await.into_iter().filter(|reward| reward.state() == Due).collect();
    assert_eq!(due.len(), 2, "eve's payment has found the place that ben's lost: {due:?}");
    assert_ne!(due[0].referral_id, due[1].referral_id);
}

both_databases!(every_third_referral_earns_a_numbered_reward_and_the_highest_falls_first);
async fn every_third_referral_earns_a_numbered_reward_and_the_highest_falls_first(server: &Server) {
    let every_nth = |n| RewardRule { pattern: Some(Pattern::EveryNth(n)), ..each_qualified() };
    let campaign = server.rewarding(vec![every_nth(3)]).await;
    let (maya, leo) = (server.referrer("maya@example.com").await, server.referrer("leo@example.com").await);
    let mut charges = Vec::new();
    for number in 0..6 {
        let email = format!("p{number}@example.com");
        server.register(&campaign, &maya, &email).await;
        charges.push(server.pay(&email, 10_000).await);
        assert_eq!(server.rewards_of(&maya.id).await.len(), (number + 1) / 3, "{number}");
    }
    server.register(&campaign, &leo, "other@example.com").await;
    server.pay("other@example.com", 10_000).await;
    assert_eq!(server.rewards_of(&leo.id).await, [], "each referrer has a count of their own");
    let slots = |rewards: &[v1::Reward]| rewards.iter().map(|reward| reward.cause.clone()).collect::<Vec<_>>();
    let rewards = server.rewards_of(&maya.id).await;
    assert_eq!(slots(&rewards), [Some(Cause::CauseSlot(1)), Some(Cause::CauseSlot(2))]);
    assert!(rewards.iter().all(|reward| reward.referral_id.is_empty()), "no single referral earned it");

    server.approve(&rewards[0]).await;
    server.approve(&rewards[1]).await;
    server.refund(&charges[0], 10_000).await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Issued, ReversalDue], "five referrals make one slot");
    server.pay("p0@example.com", 10_000).await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Issued, Issued], "it was not taken back yet, so it stays");
}

both_databases!(milestones_are_reached_once_each);
async fn milestones_are_reached_once_each(server: &Server) {
    let milestones = v1::Milestones { at: vec![4, 1] };
    let campaign =
        server.rewarding(vec![RewardRule { pattern: Some(Pattern::Milestones(milestones)), ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    for (number, rewards) in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)] {
        let email = format!("p{number}@example.com");
        server.register(&campaign, &maya, &email).await;
        server.pay(&email, 10_000).await;
        assert_eq!(server.rewards_of(&maya.id).await.len(), rewards, "{number}");
    }
}

both_databases!(a_limit_is_for_the_earliest_and_what_was_issued_stands);
async fn a_limit_is_for_the_earliest_and_what_was_issued_stands(server: &Server) {
    let campaign = server.rewarding(vec![RewardRule { limit_per_recipient: 1, ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    let start = server.now().plus_days(-9);
    let mut people = Vec::new();
    for name in ["ann", "ben", "eve"] {
        people.push(server.register_at(&campaign, &maya, &format!("{name}@example.com"), start).await);
    }
    let held = async || {
        let rewards = server.rewards_of(&maya.id).await;
        let standing = rewards.into_iter().filter(|reward| reward.state() != Canceled);
        standing.map(|reward| (reward.referral_id.clone(), reward.state())).collect::<Vec<_>>()
    };
    let pay = async |name: &str, day| {
        server.take(Payment::of(&format!("{name}@example.com"), 10_000).at(start.plus_days(day))).await
    };
    pay("ben", 2).await;
    assert_eq!(held().await, [(people[1].id.clone(), Due)]);
    let earlier = pay("ann", 1).await;
    assert_eq!(held().await, [(people[0].id.clone(), Due)], "hers came first, though it was heard of later");
    pay("eve", 3).await;
    assert_eq!(held().await, [(people[0].id.clone(), Due)]);

    server.refund(&earlier, 10_000).await;
    assert_eq!(held().await, [(people[1].id.clone(), Due)], "the next in time takes the place");
    let rewards = server.rewards_of(&maya.id).await;
    let bens = rewards.iter().find(|reward| reward.state() == Due).expect("one is due");
    assert_eq!(bens.round, 2);
    server.approve(bens).await;
    pay("ann", 1).await;
    assert_eq!(held().await, [(people[1].id.clone(), Issued)], "what was issued is not taken for another");
}

both_databases!(a_payment_that_turns_out_to_be_anothers_still_earns_their_referrer_one_reward);
async fn a_payment_that_turns_out_to_be_anothers_still_earns_their_referrer_one_reward(server: &Server) {
    let campaign = server.rewarding(vec![RewardRule { auto_issue: true, ..of_payments(5, 0) }]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    for name in ["ben", "eve"] {
        server.pay(&format!("{name}@example.com"), 10_000).await;
    }
    server.advance_days(1);
    let renewal = server.pay("ben@example.com", 700).await;
    let of_renewal = async || {
        let rewards = server.rewards_of(&maya.id).await;
        assert_eq!(rewards.len(), 3);
        rewards.into_iter().find(|reward| reward.cause == Some(Cause::CauseChargeId(renewal.id.clone())))
    };
    assert_eq!(of_renewal().await.expect("a reward").referral_id, ben.id);
    let mut tagged = renewal.body.clone();
    tagged["metadata"] = serde_json::json!({ "referral_id": eve.id });
    server.deliver("charge.updated", tagged).await;
    let now = of_renewal().await.expect("a reward");
    assert_eq!((&now.referral_id, now.state(), now.round), (&eve.id, Issued, 1), "it was given, and stays given");
}

both_databases!(two_referrers_and_two_campaigns_do_not_share_anything);
async fn two_referrers_and_two_campaigns_do_not_share_anything(server: &Server) {
    let rule = || RewardRule { limit_per_recipient: 1, ..each_qualified() };
    let (one, two) = (server.rewarding(vec![rule()]).await, server.rewarding(vec![rule()]).await);
    let plain = server.launched(advertised(RULE)).await;
    let (maya, leo) = (server.referrer("maya@example.com").await, server.referrer("leo@example.com").await);
    server.register(&one, &maya, "ben@example.com").await;
    server.register(&two, &maya, "ben@example.com").await;
    server.register(&one, &leo, "eve@example.com").await;
    server.register(&plain, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    server.pay("eve@example.com", 10_000).await;
    let campaigns = |rewards: Vec<v1::Reward>| {
        rewards.into_iter().map(|reward| reward.campaign_id).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(campaigns(server.rewards_of(&maya.id).await), [one.id.clone(), two.id.clone()].into());
    assert_eq!(campaigns(server.rewards_of(&leo.id).await), [one.id.clone()].into());
}
