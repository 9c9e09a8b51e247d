//! Pages of a list, and calls that are repeated.

use prost::Message;
use referrald::proto::v1;
use tonic::Code;

use super::{World, bytes, create_campaign, create_referral, create_referrer, d, world};
use crate::harness::{RULE, Server, advertised, both_databases};

const LISTS: [&str; 5] = [
    "CampaignService/ListCampaigns",
    "ReferralService/ListReferrers",
    "ReferralService/ListReferrals",
    "RewardService/ListRewards",
    "QualificationService/ListAuditLog",
];

/// A request of any of the lists: they have page size and token under the numbers of their own.
fn page(rpc: &str, size: i32, token: &str) -> Vec<u8> {
    let page_token = token.to_owned();
    match rpc {
        "CampaignService/ListCampaigns" => bytes(&v1::ListCampaignsRequest { page_size: size, page_token, ..d() }),
        "ReferralService/ListReferrers" => bytes(&v1::ListReferrersRequest { page_size: size, page_token, ..d() }),
        "RewardService/ListRewards" => bytes(&v1::ListRewardsRequest { page_size: size, page_token, ..d() }),
        "QualificationService/ListAuditLog" => bytes(&v1::ListAuditLogRequest { page_size: size, page_token, ..d() }),
        _ => bytes(&v1::ListReferralsRequest { page_size: size, page_token, ..d() }),
    }
}

both_databases!(a_token_is_good_for_its_own_list_and_filter_only);
async fn a_token_is_good_for_its_own_list_and_filter_only(server: &Server) {
    let world = world(server).await;
    for each in 0..2 {
        server.register(&world.campaign, &world.referrer, &format!("p{each}@example.com")).await;
    }
    let first = v1::ListReferralsRequest { page_size: 1, ..d() };
    let first = server.caller.referrals().list_referrals(first).await.expect("a page").into_inner();
    let token = first.next_page_token;
    let (digest, id) = token.split_once('.').expect("a token");
    let forged = [
        "x".to_owned(),
        ".".to_owned(),
        format!("{digest}."),
        format!("{digest}.{}", id.replace("ref_", "rfr_")),
        format!("{digest}.'; drop table referrals; --"),
        format!("0123456789abcdef.{id}"),
        format!("{token}0"),
        "x".repeat(300),
        "é".repeat(100_000),
    ];
    for rpc in LISTS {
        for forged in &forged {
            let refusal = server.caller.must_refuse(rpc, page(rpc, 0, forged)).await;
            assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_PAGE_TOKEN"), "{rpc} {forged:.40}");
        }
        if rpc != LISTS[2] {
            let refusal = server.caller.must_refuse(rpc, page(rpc, 0, &token)).await;
            assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_PAGE_TOKEN"), "{rpc}: a token of another list");
        }
    }
    let other = v1::ListReferralsRequest { state: v1::ReferralState::Pending.into(), page_token: token.clone(), ..d() };
    let refusal = server.caller.must_refuse(LISTS[2], bytes(&other)).await;
    assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_PAGE_TOKEN"), "a token of another filter");
    server.caller.ask_bytes(LISTS[2], page(LISTS[2], 2, &token)).await.expect("the size may change between pages");
}

both_databases!(a_page_is_never_larger_than_the_limit);
async fn a_page_is_never_larger_than_the_limit(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    for rpc in LISTS {
        for size in [0, 1, 501, i32::MAX] {
            server.caller.ask_bytes(rpc, page(rpc, size, "")).await.expect("a size that is too large is cut");
        }
        for size in [-1, i32::MIN] {
            let refusal = server.caller.must_refuse(rpc, page(rpc, size, "")).await;
            assert_eq!(
                (refusal.kind(), refusal.fields()),
                ((Code::InvalidArgument, "INVALID_FIELDS"), vec!["page_size"])
            );
        }
    }
}

/// What every create call answers to the same request id: with the same content, and with another.
async fn repeats(server: &Server, rpc: &str, request: Vec<u8>, other: Vec<u8>) {
    let first = server.caller.ask_bytes(rpc, request.clone()).await.expect("done");
    let again = server.caller.ask_bytes(rpc, request).await.expect("done");
    assert_eq!(first, again, "{rpc}: the same request has the same answer");
    let refusal = server.caller.must_refuse(rpc, other).await;
    assert_eq!(refusal.kind(), (Code::AlreadyExists, "REQUEST_ID_REUSED"), "{rpc}");
    assert_eq!(refusal.resource, Some(("request_id".to_owned(), "once".to_owned())));
}

both_databases!(a_create_call_that_is_repeated_is_done_once);
async fn a_create_call_that_is_repeated_is_done_once(server: &Server) {
    let world = world(server).await;
    let other = v1::Campaign { display_name: "Another".to_owned(), ..advertised(RULE) };
    let (one, two) = (create_campaign(advertised(RULE), "once"), create_campaign(other, "once"));
    repeats(server, "CampaignService/CreateCampaign", bytes(&one), bytes(&two)).await;
    let (one, two) = (create_referrer("leo@example.com", "once"), create_referrer("lea@example.com", "once"));
    repeats(server, "ReferralService/CreateReferrer", bytes(&one), bytes(&two)).await;
    let one = create_referral(&world, "eve@example.com", "once");
    let two = create_referral(&world, "ann@example.com", "once");
    repeats(server, "ReferralService/CreateReferral", bytes(&one), bytes(&two)).await;
    let secret = |secret: &str| {
        let request_id = "once".to_owned();
        bytes(&v1::AddWebhookSecretRequest { request_id, ..super::add_secret(&world.campaign.id, secret) })
    };
    let rpc = "CampaignService/AddWebhookSecret";
    repeats(server, rpc, secret("whsec_0123456789abcdef1"), secret("whsec_0123456789abcdef2")).await;
    assert_eq!(server.events("default", "TEST").await.len(), 2);

    // A repetition is answered also when a new call would be refused.
    server.end(&world.campaign).await;
    let one = create_referral(&world, "eve@example.com", "once");
    server.caller.ask("ReferralService/CreateReferral", &one).await.expect("it was done before");
}

both_databases!(a_repetition_at_the_same_moment_is_done_once_too);
async fn a_repetition_at_the_same_moment_is_done_once_too(server: &Server) {
    let world = world(server).await;
    let same = create_referrer("leo@example.com", "at once");
    let calls = (0..8).map(|_| {
        let (caller, same) = (server.caller.clone(), same.clone());
        tokio::spawn(async move { caller.ask("ReferralService/CreateReferrer", &same).await })
    });
    let mut ids = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.expect("no panic").expect("each is answered");
        let made = v1::CreateReferrerResponse::decode(answer).expect("an answer").referrer.expect("a referrer");
        ids.push(made.id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);

    let same = create_referral(&world, "eve@example.com", "at once");
    let calls = (0..8).map(|_| {
        let (caller, same) = (server.caller.clone(), same.clone());
        tokio::spawn(async move { caller.ask("ReferralService/CreateReferral", &same).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic").expect("each is answered");
    }
    assert_eq!(server.events("default", "TEST").await.len(), 2, "ben and eve");
}

both_databases!(who_is_there_already_is_named);
async fn who_is_there_already_is_named(server: &Server) {
    let world = world(server).await;
    let rpc = "ReferralService/CreateReferrer";
    let refusal = server.caller.must_refuse(rpc, bytes(&create_referrer("MAYA@example.com", ""))).await;
    assert_eq!(refusal.kind(), (Code::AlreadyExists, "ALREADY_EXISTS"));
    assert_eq!(refusal.resource, Some(("referrer".to_owned(), world.referrer.id.clone())));
    assert_eq!(refusal.variables["unique"], "email");
    let mut same_code = create_referrer("leo@example.com", "");
    same_code.referrer.as_mut().expect("a referrer").code.clone_from(&world.referrer.code);
    let refusal = server.caller.must_refuse(rpc, bytes(&same_code)).await;
    assert_eq!(refusal.variables["unique"], "code");

    let leo = server.referrer("leo@example.com").await;
    let by_leo = World {
        campaign: world.campaign.clone(),
        referrer: leo.clone(),
        referral: d(),
        secret_id: d(),
        reward_id: d(),
    };
    let request = create_referral(&by_leo, "BEN@example.com", "");
    let refusal = server.caller.must_refuse("ReferralService/CreateReferral", bytes(&request)).await;
    assert_eq!(refusal.kind(), (Code::AlreadyExists, "ALREADY_EXISTS"));
    assert_eq!(refusal.resource, Some(("referral".to_owned(), world.referral.id.clone())));
    let again = create_referral(&world, "Ben@example.com", "");
    let again = server.caller.referrals().create_referral(again).await.expect("the same referrer may ask again");
    assert_eq!(again.into_inner().referral.expect("a referral").id, world.referral.id);

    let rename = v1::Referrer { id: leo.id, person: Some(crate::harness::person("maya@example.com")), ..d() };
    let request = v1::UpdateReferrerRequest { referrer: Some(rename), update_mask: None };
    let refusal = server.caller.must_refuse("ReferralService/UpdateReferrer", bytes(&request)).await;
    assert_eq!(refusal.kind(), (Code::AlreadyExists, "ALREADY_EXISTS"));
}
