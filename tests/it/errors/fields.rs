//! Requests that are wrong in themselves: every field is named, and nothing is done.

use prost_types::FieldMask;
use referrald::proto::v1;
use tonic::Code;

use super::wrong::{long, wrong_requests};
use super::{bytes, create_campaign, create_referral, create_referrer, d, facts, world};
use crate::harness::{RULE, Refusal, Server, advertised, both_databases, person, rpcs, timestamp};

both_databases!(every_wrong_field_of_every_call_is_named_at_once);
async fn every_wrong_field_of_every_call_is_named_at_once(server: &Server) {
    let world = world(server).await;
    let requests = wrong_requests(&world);
    for (rpc, request, fields) in &requests {
        let fields: Vec<&str> = fields.split(", ").collect();
        let refusal = server.caller.must_refuse(rpc, request.clone()).await;
        assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"), "{rpc}: {refusal:?}");
        assert_eq!(refusal.fields(), fields, "{rpc}: {}", refusal.message);
        assert_eq!(refusal.variables["fields"].split(", ").count(), fields.len(), "{rpc}: {refusal:?}");
    }
    let tried = |rpc: &String| requests.iter().any(|(name, ..)| name == rpc);
    let untried: Vec<String> = rpcs().into_iter().filter(|rpc| !tried(rpc)).collect();
    assert!(untried.is_empty(), "no wrong request is tried for {untried:?}");
    assert_eq!(server.events("default", "TEST").await.len(), 1, "nothing was done");
}

both_databases!(a_flood_of_wrong_fields_still_gets_an_answer_that_every_client_can_read);
async fn a_flood_of_wrong_fields_still_gets_an_answer_that_every_client_can_read(server: &Server) {
    let wrong = v1::Charge { currency: "dollars".to_owned(), amount_minor: -1, emails: vec![long(300); 4], ..d() };
    let fact = v1::Fact { fact: Some(v1::fact::Fact::Charge(wrong)) };
    let delivery = v1::Delivery { facts: vec![fact; 10], api_version: long(65), ..d() };
    let request = v1::RecordFactsRequest { deliveries: vec![delivery; 200], ..facts("", "evt") };
    let refusal = server.caller.must_refuse("QualificationService/RecordFacts", bytes(&request)).await;
    assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"));
    assert!(refusal.fields.len() >= 10, "{refusal:?}");

    let world = world(server).await;
    let campaign = Some(v1::Campaign { id: world.campaign.id.clone(), ..d() });
    let path = "é".repeat(10_000);
    let update_mask = Some(FieldMask { paths: vec![path; 100] });
    let request = v1::UpdateCampaignRequest { campaign, update_mask, apply_to_existing: false };
    let refusal = server.caller.must_refuse("CampaignService/UpdateCampaign", bytes(&request)).await;
    assert_eq!(refusal.fields(), ["update_mask", "…"], "the rest is counted");
}

both_databases!(a_time_in_the_future_is_refused_and_this_second_is_not);
async fn a_time_in_the_future_is_refused_and_this_second_is_not(server: &Server) {
    let world = world(server).await;
    let rpc = "ReferralService/CreateReferral";
    let at = |seconds| v1::CreateReferralRequest {
        registered_at: Some(timestamp(server.now().plus_seconds(seconds))),
        ..create_referral(&world, "eve@example.com", "")
    };
    let refusal = server.caller.must_refuse(rpc, bytes(&at(60))).await;
    assert_eq!((refusal.kind(), refusal.fields()), ((Code::InvalidArgument, "INVALID_FIELDS"), vec!["registered_at"]));
    server.caller.ask(rpc, &at(0)).await.expect("now is not the future");
}

both_databases!(an_end_before_the_start_is_refused);
async fn an_end_before_the_start_is_refused(server: &Server) {
    let at = Some(timestamp(server.now()));
    let campaign = v1::Campaign { starts_at: at, ends_at: at, ..advertised(RULE) };
    let request = bytes(&create_campaign(campaign, ""));
    let refusal = server.caller.must_refuse("CampaignService/CreateCampaign", request).await;
    assert_eq!(refusal.fields(), ["campaign.ends_at"]);
}

both_databases!(text_is_trimmed_and_has_no_control_characters);
async fn text_is_trimmed_and_has_no_control_characters(server: &Server) {
    let mut request = create_referrer(" maya@example.com ", "");
    let bell = v1::Person { last_name: "\u{7}".to_owned(), ..person("maya@example.com") };
    request.referrer.as_mut().expect("a referrer").person = Some(bell);
    let refusal = server.caller.must_refuse("ReferralService/CreateReferrer", bytes(&request)).await;
    assert_eq!(refusal.fields(), ["referrer.person.last_name"]);
    let nul = v1::Person { custom: [("plan".to_owned(), "a\0b".to_owned())].into(), ..person("maya@example.com") };
    request.referrer.as_mut().expect("a referrer").person = Some(nul);
    let refusal = server.caller.must_refuse("ReferralService/CreateReferrer", bytes(&request)).await;
    assert_eq!(refusal.fields(), ["referrer.person.custom"]);
}

both_databases!(what_is_no_message_is_refused_as_such);
async fn what_is_no_message_is_refused_as_such(server: &Server) {
    let status =
        server.caller.ask_bytes("CampaignService/GetCampaign", vec![0x0a, 0xff]).await.expect_err("no message");
    assert_eq!(Refusal::of(&status).kind(), (Code::InvalidArgument, "INVALID_FIELDS"));
    let status = server.caller.ask_bytes("CampaignService/NoSuchCall", vec![]).await.expect_err("no call");
    assert_eq!(Refusal::of(&status).kind(), (Code::Unimplemented, "UNIMPLEMENTED"));
}
