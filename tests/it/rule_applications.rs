//! A newer rule for the referrals of before: who qualifies by it, who does not any more, and when.

use prost_types::FieldMask;
use referrald::proto::v1;
use referrald::proto::v1::{CauseType, ReferralState, RewardState};

use crate::harness::{Payment, RULE, Server, advertised, both_databases, each_qualified};
use crate::watch::all;

use ReferralState::{Expired, Pending, Qualified};

/// The campaign with another rule, for all its referrals or for new ones only.
async fn ruled(server: &Server, campaign: &v1::Campaign, rule: v1::Rule, apply_to_existing: bool) -> v1::Campaign {
    let changed = v1::Campaign { id: campaign.id.clone(), rule: advertised(rule).rule, ..v1::Campaign::default() };
    let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing };
    let answer = server.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
    answer.into_inner().campaign.expect("a campaign")
}

fn target(target_minor: i64) -> v1::Rule {
    v1::Rule { target_minor, ..RULE }
}

/// How far it is: the version, how many are done, of how many, and whether that is the end.
async fn progress(server: &Server, campaign: &v1::Campaign) -> (u32, u64, u64, bool) {
    let now = server.campaign_now(&campaign.id).await.rule_application.expect("it was asked for");
    (now.rule_version, now.referrals_done, now.referrals_total, now.finished_at.is_some())
}

both_databases!(a_lower_target_qualifies_who_has_reached_it_and_a_higher_one_takes_it_back);
async fn a_lower_target_qualifies_who_has_reached_it_and_a_higher_one_takes_it_back(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    let paid = server.pay("ben@example.com", 6_000).await;
    assert_eq!(server.campaign_now(&campaign.id).await.rule_application, None, "nobody asked for any");
    server.advance_days(1);

    let changed = ruled(server, &campaign, target(5_000), true).await;
    assert_eq!(changed.rule_version, 2);
    server.sweep().await;
    assert_eq!(progress(server, &campaign).await, (2, 2, 2, true));
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.rule_version, now.spend_minor), (Qualified, 2, 6_000));
    assert_eq!(now.qualified_at.expect("a time").seconds, paid.body["created"].as_i64().expect("a time"));
    assert_eq!(server.reward_of(&maya.id).await.state(), RewardState::Due);
    assert_eq!(server.referral(&eve.id).await.rule_version, 2, "whoever has paid nothing is under the rule too");
    assert_eq!(server.explain(&eve.id).await.missing_minor, Some(5_000));

    ruled(server, &campaign, target(7_000), true).await;
    server.sweep().await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.rule_version, now.unqualified_at), (Pending, 3, None), "by this rule it never was");
    assert_eq!(server.reward_of(&maya.id).await.state(), RewardState::Canceled);
    assert_eq!(server.campaign_now(&campaign.id).await.etag, "4", "progress is no change of the campaign");
}

both_databases!(the_events_name_the_call_that_asked_and_the_version_that_changed);
async fn the_events_name_the_call_that_asked_and_the_version_that_changed(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 6_000).await;
    ruled(server, &campaign, target(5_000), true).await;
    server.sweep().await;
    let events = server.watch(all()).await.events(3).await;
    let told = &events[2];
    assert_eq!((told.r#type.as_str(), &told.referral_id), ("referral.qualified", &ben.id));
    assert_eq!(told.changed, ["rule_version", "state", "qualified_at"]);
    let cause = told.cause.clone().expect("a cause");
    assert_eq!((cause.r#type(), cause.call.as_str()), (CauseType::Call, "CampaignService/UpdateCampaign"));
    assert!(cause.key_id.starts_with("key_"), "{cause:?}");
}

both_databases!(another_window_finds_payments_that_were_too_late_and_ends_what_was_open);
async fn another_window_finds_payments_that_were_too_late_and_ends_what_was_open(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(40);
    server.sweep().await;
    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&ben.id).await, (Expired, 0));
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.advance_days(2);

    ruled(server, &campaign, v1::Rule { window_days: 60, ..RULE }, true).await;
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    ruled(server, &campaign, v1::Rule { window_days: 1, ..RULE }, true).await;
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Expired, 0));
    assert_eq!(server.stands(&eve.id).await, (Expired, 0));
}

both_databases!(a_rule_that_skips_existing_customers_judges_those_of_before_anew);
async fn a_rule_that_skips_existing_customers_judges_those_of_before_anew(server: &Server) {
    let update = v1::Rule { existing_email_mode: v1::ExistingEmailMode::UpdateExisting.into(), ..RULE };
    let campaign = server.campaign(update).await;
    let maya = server.referrer("maya@example.com").await;
    server.customer("cus_1", "ben@example.com", server.now().plus_seconds(-86_400)).await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    ruled(server, &campaign, RULE, true).await;
    server.sweep().await;
    let now = server.referral(&ben.id).await;
    assert_eq!(now.state(), ReferralState::Disqualified);
    assert_eq!(now.disqualified_reason(), v1::DisqualifiedReason::ExistingCustomer);
}

both_databases!(an_override_stands_under_every_rule);
async fn an_override_stands_under_every_rule(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let (referral_id, reason, etag) = (ben.id.clone(), "as agreed".to_owned(), String::new());
    let request = v1::QualifyReferralRequest { referral_id, reason, etag };
    let before = server.caller.qualifications().qualify_referral(request).await.expect("done").into_inner();
    ruled(server, &campaign, target(20_000), true).await;
    server.sweep().await;
    let now = server.referral(&ben.id).await;
    let before = before.referral.expect("a referral");
    assert_eq!((now.state(), now.qualified_at, now.rule_version), (Qualified, before.qualified_at, 2));
}

both_databases!(hundreds_of_referrals_get_the_rule_once_however_many_carry_it_out);
async fn hundreds_of_referrals_get_the_rule_once_however_many_carry_it_out(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    // More than two batches.
    let number = 2 * u64::from(referrald::app::sweep::BATCH_MAX) + 1;
    for each in 0..number {
        server.register(&campaign, &maya, &format!("person{each}@example.com")).await;
    }
    ruled(server, &campaign, target(5_000), true).await;
    tokio::join!(server.sweep(), server.sweep(), server.sweep());
    assert_eq!(progress(server, &campaign).await, (2, number, number, true));
    let events = server.events("default", "TEST").await;
    let updated = events.iter().filter(|(_, kind)| kind == "referral.updated").count();
    assert_eq!(updated as u64, number, "each of them changed once");
    assert!(events.iter().zip(1..).all(|((seq, _), wanted)| *seq == wanted), "the numbers have no gaps");
}

both_databases!(a_paused_campaign_applies_nothing_until_resumed_and_a_further_change_raises_the_version);
async fn a_paused_campaign_applies_nothing_until_resumed_and_a_further_change_raises_the_version(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 6_000).await;
    server.pause(&campaign).await;
    ruled(server, &campaign, target(5_000), true).await;
    server.sweep().await;
    assert_eq!(progress(server, &campaign).await, (2, 0, 1, false));
    assert_eq!(server.stands(&ben.id).await, (Pending, 6_000));

    ruled(server, &campaign, target(1), false).await;
    assert_eq!(progress(server, &campaign).await, (2, 0, 1, false), "that one is for new referrals");
    ruled(server, &campaign, target(6_001), true).await;
    assert_eq!(progress(server, &campaign).await, (4, 0, 1, false));

    server.launch(&campaign).await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    assert_eq!(eve.rule_version, 4, "a new referral has the newest version");
    server.sweep().await;
    assert_eq!(progress(server, &campaign).await, (4, 1, 1, true));
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.rule_version), (Pending, 4));
}

both_databases!(the_rule_as_it_is_can_be_applied_without_any_other_change);
async fn the_rule_as_it_is_can_be_applied_without_any_other_change(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.take(Payment::of("ben@example.com", 6_000)).await;
    let changed = ruled(server, &campaign, target(5_000), false).await;
    server.sweep().await;
    assert_eq!(server.referral(&ben.id).await.rule_version, 1);

    let named = v1::Campaign { id: campaign.id.clone(), etag: changed.etag.clone(), ..v1::Campaign::default() };
    let request = v1::UpdateCampaignRequest { campaign: Some(named), update_mask: None, apply_to_existing: true };
    let answer = server.caller.campaigns().update_campaign(request.clone()).await.expect("done").into_inner();
    let applied = answer.campaign.expect("a campaign");
    let same = |campaign: v1::Campaign| (campaign.rule_version, campaign.rule, campaign.display_name);
    assert_eq!(same(applied), same(changed));
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 6_000));
    let finished = server.campaign_now(&campaign.id).await;

    server.advance_days(1);
    let again = request.campaign.map(|named| v1::Campaign { etag: finished.etag.clone(), ..named });
    let request = v1::UpdateCampaignRequest { campaign: again, update_mask: None, apply_to_existing: true };
    let answer = server.caller.campaigns().update_campaign(request).await.expect("done").into_inner();
    let again = answer.campaign.expect("a campaign").rule_application;
    assert_eq!(again, finished.rule_application, "it was done already");
    let empty = server.campaign(RULE).await;
    ruled(server, &empty, target(5_000), true).await;
    assert_eq!(progress(server, &empty).await, (2, 0, 0, true), "without referrals there is nothing to do");
}
