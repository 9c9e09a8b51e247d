//! Deadlines, callers who go away, messages that are too large, and a server that ends with calls under way.

use std::time::Duration;

use prost::Message;
use referrald::proto::v1;
use referrald::proto::v1::CampaignState;
use referrald::server::Options;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::{Database, RULE, Refusal, Server, both_databases, person};

/// Long enough to be on its way, and short against every other limit.
const SHORT: Duration = Duration::from_millis(300);

fn pause(campaign: &v1::Campaign) -> v1::PauseCampaignRequest {
    v1::PauseCampaignRequest { id: campaign.id.clone(), etag: String::new() }
}

both_databases!(a_deadline_that_passes_is_said_and_the_write_is_whole);
async fn a_deadline_that_passes_is_said_and_the_write_is_whole(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let held = server.hold_the_writes().await;
    let request = pause(&campaign).encode_to_vec();
    let pause = "CampaignService/PauseCampaign";
    let answer = server.caller.ask_in_time(server.grpc_at, pause, request, "300m").await;
    assert_eq!(
        Refusal::of(&answer.expect_err("the writes are held")).kind(),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    assert_eq!(server.campaign_now(&campaign.id).await.state(), CampaignState::Live);
    held.let_go().await;
    // The write was on its way, and a caller who stops waiting does not tear it.
    Server::until("the write is done", async || {
        server.campaign_now(&campaign.id).await.state() == CampaignState::Paused
    })
    .await;
}

both_databases!(a_caller_who_goes_away_leaves_a_registration_whole);
async fn a_caller_who_goes_away_leaves_a_registration_whole(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let held = server.hold_the_writes().await;
    let request = v1::CreateReferralRequest {
        campaign_id: campaign.id.clone(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerId(maya.id.clone())),
        person: Some(person("ben@example.com")),
        ..v1::CreateReferralRequest::default()
    };
    let mut referrals = server.caller.referrals();
    tokio::time::timeout(SHORT, referrals.create_referral(request)).await.expect_err("the writes are held");
    held.let_go().await;
    Server::until("the registration is whole", async || {
        server.events("default", "TEST").await == [(1, "referral.registered".to_owned())]
    })
    .await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(server.events("default", "TEST").await.len(), 1, "the same one is found");
    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&ben.id).await.0, v1::ReferralState::Qualified);
}

both_databases!(a_message_that_is_too_large_is_refused_with_the_limit);
async fn a_message_that_is_too_large_is_refused_with_the_limit(server: &Server) {
    let limit = referrald::grpc::MESSAGE_BYTES_MAX;
    let refusal = server.caller.must_refuse("CampaignService/GetCampaign", vec![0; limit + 1]).await;
    assert_eq!(refusal.kind(), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
    assert_eq!(refusal.variables["limit_bytes"], limit.to_string());
}

both_databases!(a_webhook_that_cannot_be_recorded_in_time_is_to_be_sent_again);
async fn a_webhook_that_cannot_be_recorded_in_time_is_to_be_sent_again(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.charge(crate::harness::Payment::of("ben@example.com", 10_000));
    let event = server.event("charge.succeeded", false, charge.body);
    let held = server.hold_the_writes().await;
    let answer = server.post_event("default", referrald::domain::campaign::Mode::Test, &event).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.headers.contains_key("retry-after"));
    held.let_go().await;
    let answer = server.post_event("default", referrald::domain::campaign::Mode::Test, &event).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(server.stands(&ben.id).await, (v1::ReferralState::Qualified, 10_000));
    assert_eq!(server.events("default", "TEST").await.len(), 2);
}

both_databases!(every_service_says_that_it_serves);
async fn every_service_says_that_it_serves(server: &Server) {
    let mut health = HealthClient::new(server.channel());
    for service in referrald::grpc::SERVICES {
        let answer = health.check(HealthCheckRequest { service: service.to_owned() }).await.expect("it is known");
        assert_eq!(answer.into_inner().status(), ServingStatus::Serving, "{service}");
    }
    let unknown = health.check(HealthCheckRequest { service: "no.Service".to_owned() }).await.expect_err("unknown");
    assert_eq!(unknown.code(), Code::NotFound);
    assert_eq!((server.get("/healthz").await.status, server.get("/readyz").await.status), (200, 200));
}

both_databases!(on: a_server_that_ends_says_so_and_finishes_what_is_under_way);
async fn a_server_that_ends_says_so_and_finishes_what_is_under_way(database: Database) {
    let mut server = Server::start(database).await;
    let campaign = server.campaign(RULE).await;
    let mut health = HealthClient::new(server.channel());
    let mut watch = health.watch(HealthCheckRequest::default()).await.expect("a stream").into_inner();
    let first = watch.message().await.expect("an answer").expect("the state");
    assert_eq!(first.status(), ServingStatus::Serving);

    let held = server.hold_the_writes().await;
    let (caller, request) = (server.caller.clone(), pause(&campaign));
    let under_way = tokio::spawn(async move { caller.campaigns().pause_campaign(request).await });
    server.until_a_write_waits().await;
    server.begin_to_stop();
    let next = watch.message().await.expect("an answer").expect("the state");
    assert_eq!(next.status(), ServingStatus::NotServing);
    drop(watch);

    held.let_go().await;
    let answer = under_way.await.expect("no panic").expect("it was under way and is finished").into_inner();
    assert_eq!(answer.campaign.expect("a campaign").state(), CampaignState::Paused);
    let channel = server.channel();
    server.stop().await;
    let mut health = HealthClient::new(channel);
    health.check(HealthCheckRequest::default()).await.expect_err("nobody listens any more");
}

both_databases!(on: a_call_that_does_not_end_does_not_keep_the_server_for_ever);
async fn a_call_that_does_not_end_does_not_keep_the_server_for_ever(database: Database) {
    let server = Server::start_with(database, Options { drain: SHORT, ..Options::default() }).await;
    let mut health = HealthClient::new(server.channel());
    let watch = health.watch(HealthCheckRequest::default()).await.expect("a stream").into_inner();
    server.stop().await;
    drop(watch);
}
