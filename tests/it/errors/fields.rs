//! Requests that are wrong in themselves: every field is named, and nothing is done.

use prost_types::{FieldMask, Timestamp};
use referrald::proto::v1;
use tonic::Code;

use super::{World, bytes, create_campaign, create_referral, create_referrer, d, facts, world};
use crate::harness::{RULE, Server, advertised, both_databases, person, rpcs, timestamp};

const BAD_TIME: Timestamp = Timestamp { seconds: -1, nanos: 0 };

fn long(length: usize) -> String {
    "x".repeat(length)
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() })
}

/// A person with everything wrong.
fn nonsense() -> v1::Person {
    v1::Person {
        email: "nobody".to_owned(),
        first_name: long(257),
        last_name: "a\nb".to_owned(),
        phone: long(33),
        custom: [("a b".to_owned(), String::new())].into(),
    }
}

const EVERYTHING_OF_A_CAMPAIGN: [&str; 19] = [
    "campaign.account",
    "campaign.display_name",
    "campaign.ends_at",
    "campaign.field_mappings[0].source",
    "campaign.field_mappings[0].target",
    "campaign.landing_url",
    "campaign.mode",
    "campaign.rule.count_prior_days",
    "campaign.rule.currency",
    "campaign.rule.currency_policy",
    "campaign.rule.dispute_policy",
    "campaign.rule.existing_email_mode",
    "campaign.rule.method",
    "campaign.rule.new_customer_mode",
    "campaign.rule.operator",
    "campaign.rule.refund_policy",
    "campaign.rule.refund_scope",
    "campaign.rule.target_minor",
    "campaign.rule.window_days",
];

fn worst_campaign() -> v1::Campaign {
    v1::Campaign {
        account: "Ä".to_owned(),
        mode: 9,
        display_name: long(257),
        starts_at: Some(timestamp(referrald::domain::time::Time::from_seconds(10))),
        ends_at: Some(BAD_TIME),
        landing_url: "shop".to_owned(),
        field_mappings: vec![d()],
        rule: Some(v1::Rule {
            currency: "dollars".to_owned(),
            target_minor: 0,
            window_days: 0,
            operator: 9,
            method: 9,
            refund_policy: 9,
            refund_scope: 9,
            dispute_policy: 9,
            currency_policy: 9,
            count_prior_days: 3_651,
            new_customer_mode: 9,
            existing_email_mode: 9,
        }),
        ..d()
    }
}

/// Requests with all fields wrong, and the names of all of them.
fn wrong_requests(world: &World) -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let (id, etag) = ("cmp_1".to_owned(), String::new());
    let (reason, referral_id, page_size) = (String::new(), "rfr_1".to_owned(), -1);
    let person_fields = |path: &str| match path {
        "referrer" => vec![
            "referrer.account",
            "referrer.code",
            "referrer.person.custom",
            "referrer.person.email",
            "referrer.person.first_name",
            "referrer.person.last_name",
            "referrer.person.phone",
            "request_id",
        ],
        _ => vec![
            "campaign_id",
            "person.custom",
            "person.email",
            "person.first_name",
            "person.last_name",
            "person.phone",
            "referrer_code",
            "registered_at",
            "request_id",
        ],
    };
    let worst_referrer =
        v1::Referrer { account: "Ä".to_owned(), code: "a b".to_owned(), person: Some(nonsense()), ..d() };
    let worst_referral = v1::CreateReferralRequest {
        campaign_id: String::new(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerCode(String::new())),
        person: Some(nonsense()),
        registered_at: Some(BAD_TIME),
        request_id: long(65),
    };
    let campaign = |campaign: v1::Campaign| v1::Campaign { id: world.campaign.id.clone(), ..campaign };
    let mut settings = EVERYTHING_OF_A_CAMPAIGN.to_vec();
    settings.retain(|field| !["campaign.account", "campaign.mode"].contains(field));
    vec![
        ("CampaignService/CreateCampaign", vec![], vec!["campaign.display_name", "campaign.mode", "campaign.rule"]),
        ("CampaignService/CreateCampaign", bytes(&create_campaign(worst_campaign(), &long(65))), {
            [&EVERYTHING_OF_A_CAMPAIGN[..], &["request_id"]].concat()
        }),
        ("CampaignService/GetCampaign", vec![], vec!["id"]),
        ("CampaignService/GetCampaign", bytes(&v1::GetCampaignRequest { id: id.clone() }), vec!["id"]),
        (
            "CampaignService/ListCampaigns",
            bytes(&v1::ListCampaignsRequest {
                account: "Ä".to_owned(),
                mode: 9,
                state: 9,
                page_size,
                page_token: String::new(),
            }),
            vec!["account", "mode", "page_size", "state"],
        ),
        ("CampaignService/UpdateCampaign", vec![], vec!["campaign.id"]),
        (
            "CampaignService/UpdateCampaign",
            bytes(&v1::UpdateCampaignRequest { campaign: Some(campaign(worst_campaign())), update_mask: None }),
            settings,
        ),
        (
            "CampaignService/UpdateCampaign",
            bytes(&v1::UpdateCampaignRequest {
                campaign: Some(campaign(d())),
                update_mask: mask(&["account", "state", "rule.age", "no\nsense"]),
            }),
            vec!["update_mask"],
        ),
        (
            "CampaignService/LaunchCampaign",
            bytes(&v1::LaunchCampaignRequest { id: id.clone(), etag: long(33) }),
            vec!["etag", "id"],
        ),
        (
            "CampaignService/PauseCampaign",
            bytes(&v1::PauseCampaignRequest { id: id.clone(), etag: long(33) }),
            vec!["etag", "id"],
        ),
        (
            "CampaignService/EndCampaign",
            bytes(&v1::EndCampaignRequest { id: id.clone(), etag: long(33) }),
            vec!["etag", "id"],
        ),
        (
            "CampaignService/GetWebhookSetup",
            bytes(&v1::GetWebhookSetupRequest { campaign_id: id.clone() }),
            vec!["campaign_id"],
        ),
        ("CampaignService/AddWebhookSecret", vec![], vec!["ledger", "secret"]),
        (
            "CampaignService/AddWebhookSecret",
            bytes(&v1::AddWebhookSecretRequest {
                ledger: Some(v1::add_webhook_secret_request::Ledger::AccountMode(v1::AccountMode {
                    account: long(41),
                    mode: 0,
                })),
                secret: "sk_test_0123456789abcdef".to_owned(),
                stripe_account_id: long(65),
                request_id: long(65),
            }),
            vec!["account_mode.account", "account_mode.mode", "request_id", "secret", "stripe_account_id"],
        ),
        ("CampaignService/RemoveWebhookSecret", vec![], vec!["id"]),
        ("CampaignService/ListWebhookSecrets", vec![], vec!["owner"]),
        ("ReferralService/CreateReferrer", vec![], vec!["referrer.person"]),
        (
            "ReferralService/CreateReferrer",
            bytes(&v1::CreateReferrerRequest { referrer: Some(worst_referrer), request_id: long(65) }),
            person_fields("referrer"),
        ),
        ("ReferralService/GetReferrer", bytes(&v1::GetReferrerRequest { id: id.clone() }), vec!["id"]),
        (
            "ReferralService/ListReferrers",
            bytes(&v1::ListReferrersRequest {
                account: "Ä".to_owned(),
                code: "a b".to_owned(),
                email: "nobody".to_owned(),
                page_size,
                ..d()
            }),
            vec!["account", "code", "email", "page_size"],
        ),
        (
            "ReferralService/UpdateReferrer",
            bytes(&v1::UpdateReferrerRequest {
                referrer: Some(v1::Referrer { id: world.referrer.id.clone(), ..d() }),
                update_mask: mask(&["code", "id"]),
            }),
            vec!["update_mask"],
        ),
        (
            "ReferralService/UpdateReferrer",
            bytes(&v1::UpdateReferrerRequest {
                referrer: Some(v1::Referrer { id: world.referrer.id.clone(), person: Some(nonsense()), ..d() }),
                update_mask: mask(&["person"]),
            }),
            vec![
                "referrer.person.custom",
                "referrer.person.email",
                "referrer.person.first_name",
                "referrer.person.last_name",
                "referrer.person.phone",
            ],
        ),
        ("ReferralService/CreateReferral", vec![], vec!["campaign_id", "person", "referrer"]),
        ("ReferralService/CreateReferral", bytes(&worst_referral), person_fields("referral")),
        (
            "ReferralService/CreateReferral",
            bytes(&v1::CreateReferralRequest {
                person: Some(v1::Person { email: "a@b".to_owned(), ..d() }),
                ..create_referral(world, "", "")
            }),
            vec!["person.first_name"],
        ),
        ("ReferralService/GetReferral", bytes(&v1::GetReferralRequest { id: id.clone() }), vec!["id"]),
        (
            "ReferralService/ListReferrals",
            bytes(&v1::ListReferralsRequest {
                campaign_id: "ref_1".to_owned(),
                referrer_id: "x".to_owned(),
                state: 9,
                page_size,
                ..d()
            }),
            vec!["campaign_id", "page_size", "referrer_id", "state"],
        ),
        (
            "ReferralService/UpdateReferral",
            bytes(&v1::UpdateReferralRequest {
                referral: Some(v1::Referral { id: world.referral.id.clone(), ..d() }),
                update_mask: mask(&["person.email", "state"]),
            }),
            vec!["update_mask"],
        ),
        (
            "ReferralService/UpdateReferral",
            bytes(&v1::UpdateReferralRequest {
                referral: Some(v1::Referral { id: world.referral.id.clone(), person: Some(nonsense()), ..d() }),
                update_mask: None,
            }),
            vec![
                "referral.person.custom",
                "referral.person.first_name",
                "referral.person.last_name",
                "referral.person.phone",
            ],
        ),
        ("ReferralService/FindReferral", vec![], vec!["by"]),
        ("QualificationService/RecordFacts", vec![], vec!["deliveries", "mode"]),
        (
            "QualificationService/RecordFacts",
            bytes(&v1::RecordFactsRequest { account: "Ä".to_owned(), mode: 9, deliveries: vec![d()] }),
            vec![
                "account",
                "deliveries[0].created_at",
                "deliveries[0].facts",
                "deliveries[0].id",
                "deliveries[0].type",
                "mode",
            ],
        ),
        (
            "QualificationService/RecordFacts",
            bytes(&v1::RecordFactsRequest {
                deliveries: vec![facts("", "evt").deliveries[0].clone(); 201],
                ..facts("", "evt")
            }),
            vec!["deliveries"],
        ),
        ("QualificationService/ExplainQualification", vec![], vec!["referral_id"]),
        (
            "QualificationService/QualifyReferral",
            bytes(&v1::QualifyReferralRequest {
                referral_id: referral_id.clone(),
                reason: reason.clone(),
                etag: long(33),
            }),
            vec!["etag", "reason", "referral_id"],
        ),
        (
            "QualificationService/DisqualifyReferral",
            bytes(&v1::DisqualifyReferralRequest {
                referral_id: referral_id.clone(),
                reason: long(1001),
                etag: long(33),
            }),
            vec!["etag", "reason", "referral_id"],
        ),
        (
            "QualificationService/ClearOverride",
            bytes(&v1::ClearOverrideRequest { referral_id, etag: long(33) + &etag }),
            vec!["etag", "referral_id"],
        ),
    ]
}

both_databases!(every_wrong_field_of_every_call_is_named_at_once);
async fn every_wrong_field_of_every_call_is_named_at_once(server: &Server) {
    let world = world(server).await;
    let requests = wrong_requests(&world);
    for (rpc, request, fields) in &requests {
        let refusal = server.caller.must_refuse(rpc, request.clone()).await;
        assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"), "{rpc}: {refusal:?}");
        assert_eq!(&refusal.fields(), fields, "{rpc}: {}", refusal.message);
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
    let request = v1::UpdateCampaignRequest { campaign, update_mask };
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
    request.referrer.as_mut().and_then(|r| r.person.as_mut()).expect("a person").last_name = "\u{7f}".to_owned();
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
    assert_eq!(crate::harness::Refusal::of(&status).kind(), (Code::InvalidArgument, "INVALID_FIELDS"));
    let status = server.caller.ask_bytes("CampaignService/NoSuchCall", vec![]).await.expect_err("no call");
    assert_eq!(status.code(), Code::Unimplemented, "{status:?}");
}
