//! The rules of a campaign over time: added, renamed, retired, and never changed.

use prost_types::FieldMask;
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{RewardRule, RewardState};
use tonic::Code;

use RewardState::{Canceled, Due, Held};

use crate::harness::{Payment, RULE, Server, advertised, both_databases, each_qualified, of_payments, refused, states};

both_databases!(a_rule_gets_an_id_and_the_currency_of_its_campaign);
async fn a_rule_gets_an_id_and_the_currency_of_its_campaign(server: &Server) {
    let draft = server.drafted(v1::Campaign { reward_rules: vec![each_qualified()], ..advertised(RULE) }).await;
    let rule = &draft.reward_rules[0];
    assert!(rule.id.starts_with("rwr_") && rule.id.len() == 36);
    assert_eq!((&*rule.currency, rule.effective_from, rule.retired_at), ("usd", None, None));
    assert_eq!(server.launch(&draft).await.reward_rules, draft.reward_rules);
    assert_eq!(server.campaign_now(&draft.id).await.reward_rules, draft.reward_rules);
}

both_databases!(a_rule_that_is_added_to_a_live_campaign_rewards_what_happens_from_then_on);
async fn a_rule_that_is_added_to_a_live_campaign_rewards_what_happens_from_then_on(server: &Server) {
    let campaign = server.rewarding(vec![]).await;
    let maya = server.referrer("maya@example.com").await;
    for name in ["ann", "ben", "eve"] {
        server.register(&campaign, &maya, &format!("{name}@example.com")).await;
    }
    server.pay("ann@example.com", 10_000).await;
    let of_ben = server.charge(Payment::of("ben@example.com", 10_000));
    server.advance_days(1);
    let campaign = server.with_rewards(&campaign, vec![each_qualified(), of_payments(5, 0)]).await;
    assert_eq!(campaign.reward_rules[0].effective_from.expect("a time").seconds, server.now().seconds());
    server.deliver("charge.succeeded", of_ben.body).await;
    server.pay("ann@example.com", 500).await;
    assert_eq!(server.rewards_of(&maya.id).await, [], "both qualified before, whenever that was heard of");
    server.pay("eve@example.com", 10_000).await;
    assert_eq!(server.rewards_of(&maya.id).await.len(), 2, "one for her, and one for what she paid");
}

both_databases!(a_rule_that_is_retired_keeps_what_it_promised_and_promises_nothing_more);
async fn a_rule_that_is_retired_keeps_what_it_promised_and_promises_nothing_more(server: &Server) {
    let campaign = server.rewarding(vec![RewardRule { hold_days: 5, ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    for name in ["ben", "eve"] {
        server.register(&campaign, &maya, &format!("{name}@example.com")).await;
    }
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(1);
    let retired = server.with_rewards(&campaign, vec![]).await;
    assert_eq!(retired.reward_rules.len(), 1, "it stays in the list");
    assert_eq!(retired.reward_rules[0].retired_at.expect("a time").seconds, server.now().seconds());
    server.pay("eve@example.com", 10_000).await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Held]);
    server.advance_days(5);
    server.sweep().await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Due]);
    let refund = server.refund(&charge, 10_000).await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Canceled], "what it promised had a condition");
    server.fail(&refund).await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Held]);

    let sent_back = server.with_rewards(&campaign, retired.reward_rules.clone()).await;
    assert_eq!(sent_back.reward_rules, retired.reward_rules, "what is retired stays so");
}

both_databases!(to_shorten_a_hold_is_another_rule_and_those_who_are_held_stay_so);
async fn to_shorten_a_hold_is_another_rule_and_those_who_are_held_stay_so(server: &Server) {
    let campaign = server.rewarding(vec![RewardRule { hold_days: 9, ..each_qualified() }]).await;
    let maya = server.referrer("maya@example.com").await;
    for name in ["ben", "eve"] {
        server.register(&campaign, &maya, &format!("{name}@example.com")).await;
    }
    server.pay("ben@example.com", 10_000).await;
    let held = server.reward_of(&maya.id).await;
    let shorter = RewardRule { hold_days: 1, ..campaign.reward_rules[0].clone() };
    let refusal = refused(update(server, &campaign, vec![shorter.clone()]).await);
    assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"));
    assert_eq!(refusal.fields(), ["campaign.reward_rules[0].hold_days"]);

    server.advance_days(1);
    server.with_rewards(&campaign, vec![RewardRule { id: String::new(), ..shorter }]).await;
    server.pay("eve@example.com", 10_000).await;
    server.advance_days(1);
    server.sweep().await;
    let rewards = server.rewards_of(&maya.id).await;
    assert_eq!(rewards[0], held);
    assert_eq!(states(&rewards), [Held, Due]);
}

both_databases!(only_the_name_of_a_rule_and_its_approval_ever_change);
async fn only_the_name_of_a_rule_and_its_approval_ever_change(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified(), of_payments(3, 30)]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    let mut rules = campaign.reward_rules.clone();
    rules[0] = RewardRule { display_name: "A mug".to_owned(), auto_issue: true, ..rules[0].clone() };
    let renamed = server.with_rewards(&campaign, rules.clone()).await;
    assert_eq!((&renamed.reward_rules[0], &renamed.reward_rules[1]), (&rules[0], &campaign.reward_rules[1]));
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Due, Due], "what is due already waits for its approval");

    rules[0].kind = Some(Kind::Custom(v1::CustomReward { payload: "two mugs".to_owned() }));
    rules[1].trigger = of_payments(4, 30).trigger;
    rules[1].limit_per_recipient = 5;
    rules.push(RewardRule { id: campaign.reward_rules[0].id.clone(), ..each_qualified() });
    let refusal = refused(update(server, &campaign, rules).await);
    let named = ["[0].kind", "[1].limit_per_recipient", "[1].trigger", "[2].id"];
    assert_eq!(refusal.fields(), named.map(|part| format!("campaign.reward_rules{part}")));
    assert_eq!(server.campaign_now(&campaign.id).await.reward_rules, renamed.reward_rules);
}

async fn update(
    server: &Server,
    campaign: &v1::Campaign,
    reward_rules: Vec<RewardRule>,
) -> Result<tonic::Response<v1::UpdateCampaignResponse>, tonic::Status> {
    let campaign = Some(v1::Campaign { id: campaign.id.clone(), reward_rules, ..v1::Campaign::default() });
    let update_mask = Some(FieldMask { paths: vec!["reward_rules".to_owned()] });
    server
        .caller
        .campaigns()
        .update_campaign(v1::UpdateCampaignRequest { campaign, update_mask, apply_to_existing: false })
        .await
}

both_databases!(a_draft_drops_what_is_left_out_and_an_update_of_all_fields_includes_the_rules);
async fn a_draft_drops_what_is_left_out_and_an_update_of_all_fields_includes_the_rules(server: &Server) {
    let draft = server.drafted(v1::Campaign { reward_rules: vec![each_qualified()], ..advertised(RULE) }).await;
    assert_eq!(server.with_rewards(&draft, vec![]).await.reward_rules, []);
    let live = server.rewarding(vec![each_qualified()]).await;
    let whole = v1::Campaign { etag: String::new(), display_name: "New".to_owned(), ..live.clone() };
    let request =
        v1::UpdateCampaignRequest { campaign: Some(whole.clone()), update_mask: None, apply_to_existing: false };
    let updated = server.caller.campaigns().update_campaign(request).await.expect("sent back as it was read");
    assert_eq!(updated.into_inner().campaign.expect("a campaign").reward_rules, live.reward_rules);
    let without = v1::Campaign { reward_rules: vec![], ..whole };
    let request = v1::UpdateCampaignRequest { campaign: Some(without), update_mask: None, apply_to_existing: false };
    let updated = server.caller.campaigns().update_campaign(request).await.expect("without rules");
    assert!(updated.into_inner().campaign.expect("a campaign").reward_rules[0].retired_at.is_some());
}

both_databases!(what_is_given_at_stripe_needs_a_key_and_what_was_given_there_does_not);
async fn what_is_given_at_stripe_needs_a_key_and_what_was_given_there_does_not(server: &Server) {
    let credit = v1::StripeCredit { amount: Some(Amount::AmountMinor(500)) };
    let code = v1::StripePromotionCode { coupon_id: "SPRING".to_owned(), ..v1::StripePromotionCode::default() };
    for kind in [Kind::StripeCredit(credit), Kind::StripePromotionCode(code)] {
        let rule = RewardRule { kind: Some(kind), ..each_qualified() };
        let draft = server.drafted(v1::Campaign { reward_rules: vec![rule.clone()], ..advertised(RULE) }).await;
        let launch = v1::LaunchCampaignRequest { id: draft.id.clone(), etag: String::new() };
        let refusal = refused(server.caller.campaigns().launch_campaign(launch).await);
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_KEY_REQUIRED"));
        assert!(refusal.variables["settings"].contains("stripe_"), "{refusal:?}");
        server.launch(&server.with_rewards(&draft, vec![]).await).await;
        let refusal = refused(update(server, &draft, vec![rule]).await);
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_KEY_REQUIRED"), "a live one stays able to live");
    }
}

both_databases!(there_are_at_most_twenty_rules_at_once);
async fn there_are_at_most_twenty_rules_at_once(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified(); 20]).await;
    let mut rules = campaign.reward_rules.clone();
    rules.push(each_qualified());
    let refusal = refused(update(server, &campaign, rules).await);
    assert_eq!(refusal.fields(), ["campaign.reward_rules"]);
    server.with_rewards(&campaign, vec![]).await;
    let again = server.with_rewards(&campaign, vec![each_qualified(); 20]).await;
    assert_eq!(again.reward_rules.len(), 40, "those that are retired do not count");
}
