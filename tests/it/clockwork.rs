//! What time alone decides, and what waits for a campaign.

use referrald::proto::v1;
use referrald::proto::v1::{CampaignState, ReferralState};
use tonic::Code;

use crate::harness::{Payment, RULE, Server, advertised, both_databases, person, refused, timestamp};

use ReferralState::{Expired, Pending, Qualified};

both_databases!(a_referral_expires_by_the_clock_and_a_late_delivery_still_qualifies_it);
async fn a_referral_expires_by_the_clock_and_a_late_delivery_still_qualifies_it(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(10);
    let in_time = server.charge(Payment::of("ben@example.com", 10_000));
    server.advance_days(21);
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Expired, 0));
    assert_eq!(server.explain(&ben.id).await.seconds_left, 0);

    server.pay("ben@example.com", 50_000).await;
    assert_eq!(server.stands(&ben.id).await, (Expired, 0), "the window is over");
    server.deliver("charge.succeeded", in_time.body.clone()).await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.spend_minor), (Qualified, 10_000));
    assert_eq!(now.qualified_at.expect("a time").seconds, in_time.body["created"].as_i64().expect("a time"));
}

both_databases!(a_server_left_alone_expires_what_is_due);
async fn a_server_left_alone_expires_what_is_due(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(30);
    Server::until("the referral expires", async || server.stands(&ben.id).await.0 == Expired).await;
}

both_databases!(a_campaign_that_cannot_be_decided_keeps_no_other_from_it);
async fn a_campaign_that_cannot_be_decided_keeps_no_other_from_it(server: &Server) {
    let maya = server.referrer("maya@example.com").await;
    let mut waiting = Vec::new();
    for email in ["ann@example.com", "ben@example.com", "cleo@example.com"] {
        let campaign = server.campaign(RULE).await;
        waiting.push(server.register(&campaign, &maya, email).await);
    }
    // Of the one in the middle nothing can be made, whichever way they are taken.
    let mut tx = server.app.store.write().await.expect("begins");
    let spoil = format!("update referrals set state = 'LOST' where id = '{}'", waiting[1].id);
    tx.run(&spoil, vec![]).await.expect("spoilt");
    tx.commit().await.expect("committed");
    server.advance_days(30);
    server.app.sweep().await.expect_err("one could not be decided, and that is said");
    for at in [0, 2] {
        assert_eq!(server.stands(&waiting[at].id).await, (Expired, 0));
    }
}

both_databases!(a_qualified_referral_stays_so_after_its_window);
async fn a_qualified_referral_stays_so_after_its_window(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(40);
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    server.refund(&charge, 5_000).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000), "refunds after the window are not looked at");
}

both_databases!(a_refund_that_any_time_counts_expires_a_referral_whose_window_is_over);
async fn a_refund_that_any_time_counts_expires_a_referral_whose_window_is_over(server: &Server) {
    let any_time = v1::RefundScope::AnyTime.into();
    let campaign = server.campaign(v1::Rule { refund_scope: any_time, ..RULE }).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(40);
    server.sweep().await;
    server.refund(&charge, 5_000).await;
    assert_eq!(server.stands(&ben.id).await, (Expired, 5_000));
}

both_databases!(hundreds_of_referrals_that_are_due_at_once_are_all_decided);
async fn hundreds_of_referrals_that_are_due_at_once_are_all_decided(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    // More than two batches of the sweep.
    let number = 2 * referrald::app::sweep::BATCH_MAX + 1;
    for each in 0..number {
        server.register(&campaign, &maya, &format!("person{each}@example.com")).await;
    }
    server.advance_days(31);
    server.sweep().await;
    let events = server.events("default", "TEST").await;
    let expired = events.iter().filter(|(_, kind)| kind == "referral.expired").count();
    assert_eq!(expired, number as usize);
    assert!(events.iter().zip(1..).all(|((seq, _), wanted)| *seq == wanted), "the numbers have no gaps");
}

both_databases!(a_paused_campaign_records_and_decides_nothing_until_resumed);
async fn a_paused_campaign_records_and_decides_nothing_until_resumed(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.pause(&campaign).await;

    server.pay("ben@example.com", 10_000).await;
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 0));
    let why = server.explain(&ben.id).await;
    assert_eq!((why.spend_minor, why.decision_waits), (10_000, true), "the explanation knows");
    server.advance_days(31);
    server.sweep().await;
    assert_eq!(server.stands(&eve.id).await, (Pending, 0));

    server.launch(&campaign).await;
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    assert_eq!(server.stands(&eve.id).await, (Expired, 0));
    assert!(!server.explain(&ben.id).await.decision_waits);
}

both_databases!(an_ended_campaign_settles_its_open_referrals);
async fn an_ended_campaign_settles_its_open_referrals(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.end(&campaign).await;
    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    server.advance_days(31);
    server.sweep().await;
    assert_eq!(server.stands(&eve.id).await.0, Expired);
}

both_databases!(what_a_paused_campaign_missed_is_decided_when_it_ends);
async fn what_a_paused_campaign_missed_is_decided_when_it_ends(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.pause(&campaign).await;
    server.pay("ben@example.com", 10_000).await;
    server.end(&campaign).await;
    server.sweep().await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
}

both_databases!(a_campaign_ends_by_itself_at_its_end);
async fn a_campaign_ends_by_itself_at_its_end(server: &Server) {
    let ends_at = Some(timestamp(server.now().plus_days(2)));
    let campaign = server.launched(v1::Campaign { ends_at, ..advertised(RULE) }).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.advance_days(2);
    server.sweep().await;
    assert_eq!(server.campaign_now(&campaign.id).await.state(), CampaignState::Ended);

    let request = v1::CreateReferralRequest {
        campaign_id: campaign.id.clone(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerId(maya.id.clone())),
        person: Some(person("eve@example.com")),
        ..v1::CreateReferralRequest::default()
    };
    let refusal = refused(server.caller.referrals().create_referral(request.clone()).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "CAMPAIGN_STATE"));
    let again = v1::CreateReferralRequest { person: Some(person("ben@example.com")), ..request };
    let same = server.caller.referrals().create_referral(again).await.expect("it was registered before");
    assert_eq!(same.into_inner().referral.expect("a referral").id, ben.id);

    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000), "the open ones are settled");
}

both_databases!(nobody_signs_up_before_the_start_or_after_the_end);
async fn nobody_signs_up_before_the_start_or_after_the_end(server: &Server) {
    let now = server.now();
    let (starts_at, ends_at) = (Some(timestamp(now)), Some(timestamp(now.plus_days(9))));
    let campaign = server.launched(v1::Campaign { starts_at, ends_at, ..advertised(RULE) }).await;
    let maya = server.referrer("maya@example.com").await;
    let request = v1::CreateReferralRequest {
        campaign_id: campaign.id.clone(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerId(maya.id)),
        person: Some(person("ben@example.com")),
        registered_at: Some(timestamp(now.plus_seconds(-1))),
        request_id: String::new(),
    };
    let refusal = refused(server.caller.referrals().create_referral(request.clone()).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "CAMPAIGN_CLOSED"));
    assert_eq!(refusal.precondition.as_deref(), Some("CAMPAIGN_CLOSED"));
    let on_time = v1::CreateReferralRequest { registered_at: Some(timestamp(now)), ..request };
    server.caller.referrals().create_referral(on_time).await.expect("the start is in");
}
