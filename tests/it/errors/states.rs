//! Requests that are right in themselves and that the state of things does not allow.

use prost_types::FieldMask;
use referrald::app::Scope;
use referrald::domain::campaign::Mode;
use referrald::proto::v1;
use referrald::proto::v1::CampaignState;
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use tonic::Code;

use super::{World, add_secret, bytes, cancel_reward, create_referral, d, facts, nobody, world};
use crate::harness::{Database, RULE, Server, advertised, both_databases, rpcs};

/// Calls that name nothing that could be missing.
const NAMELESS: [&str; 8] = [
    "CampaignService/CreateCampaign",
    "CampaignService/ListCampaigns",
    "ReferralService/CreateReferrer",
    "ReferralService/ListReferrers",
    "ReferralService/ListReferrals",
    "ReferralService/FindReferral",
    "RewardService/ListRewards",
    "QualificationService/ListAuditLog",
];

/// Calls that name an account alone.
const NAME_AN_ACCOUNT: [&str; 5] = [
    "ReferralService/ErasePerson",
    "QualificationService/RecordFacts",
    "QualificationService/ExplainEvent",
    "QualificationService/Reconcile",
    "QualificationService/GetReconciliation",
];

both_databases!(what_is_not_there_is_named);
async fn what_is_not_there_is_named(server: &Server) {
    let world = world(server).await;
    let requests = World::absent().requests();
    assert_eq!(requests.len(), rpcs().len(), "a request for every call");
    for (rpc, request) in requests {
        if NAMELESS.contains(&rpc) || NAME_AN_ACCOUNT.contains(&rpc) {
            continue;
        }
        let refusal = server.caller.must_refuse(rpc, request).await;
        assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"), "{rpc}");
        let (kind, name) = refusal.resource.expect("it says what is missing");
        assert!(name.ends_with("00001") && !kind.is_empty(), "{rpc}: {kind} {name}");
    }
    let refusal = server.caller.must_refuse("QualificationService/RecordFacts", bytes(&facts("nobody", "evt"))).await;
    assert_eq!(refusal.resource, Some(("account".to_owned(), "nobody".to_owned())));
    let request = v1::ErasePersonRequest { account: "nobody".to_owned(), ..super::erase("eve@example.com") };
    let refusal = server.caller.must_refuse("ReferralService/ErasePerson", bytes(&request)).await;
    assert_eq!(refusal.resource, Some(("account".to_owned(), "nobody".to_owned())));
    let mut request = create_referral(&world, "eve@example.com", "");
    request.referrer = Some(v1::create_referral_request::Referrer::ReferrerCode("nobody".to_owned()));
    let refusal = server.caller.must_refuse("ReferralService/CreateReferral", bytes(&request)).await;
    assert_eq!(refusal.resource, Some(("referrer".to_owned(), "nobody".to_owned())));
}

both_databases!(what_belongs_to_another_account_is_not_there);
async fn what_belongs_to_another_account_is_not_there(server: &Server) {
    let world = world(server).await;
    server.take_webhooks_of("eu", Mode::Test).await;
    let stranger = server.caller_of(&Scope::ALL, Some("eu")).await;
    for (rpc, request) in world.requests() {
        if rpc.contains("/List") || rpc.contains("/Find") {
            continue;
        }
        let refusal = stranger.must_refuse(rpc, request).await;
        assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"), "{rpc}");
    }
    let found = stranger.referrals().find_referral(super::find("ben@example.com")).await.expect("none is no error");
    assert!(found.into_inner().referrals.is_empty());
    assert_eq!(server.events("default", "TEST").await.len(), 1, "nothing was done");

    // A referrer of another account brings nobody, even for who may see both.
    let leo = server.referrer_in("eu", "leo@example.com").await;
    let crossed =
        World { campaign: world.campaign.clone(), referrer: leo, referral: d(), secret_id: d(), reward_id: d() };
    let request = create_referral(&crossed, "eve@example.com", "");
    let refusal = server.caller.must_refuse("ReferralService/CreateReferral", bytes(&request)).await;
    assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"));
}

both_databases!(an_etag_that_is_not_current_changes_nothing);
async fn an_etag_that_is_not_current_changes_nothing(server: &Server) {
    let world = world(server).await;
    let (id, etag, referral_id) = (world.campaign.id.clone(), "99".to_owned(), world.referral.id.clone());
    let reason = "by hand".to_owned();
    let referrer = Some(v1::Referrer { etag: etag.clone(), ..world.referrer.clone() });
    let referral = Some(v1::Referral { etag: etag.clone(), ..world.referral.clone() });
    let campaign = Some(v1::Campaign { etag: etag.clone(), ..world.campaign.clone() });
    for (rpc, request) in [
        ("CampaignService/UpdateCampaign", bytes(&v1::UpdateCampaignRequest { campaign, ..d() })),
        // In the wrong state too, and the etag is looked at first.
        ("CampaignService/LaunchCampaign", bytes(&v1::LaunchCampaignRequest { id: id.clone(), etag: etag.clone() })),
        ("CampaignService/PauseCampaign", bytes(&v1::PauseCampaignRequest { id: id.clone(), etag: etag.clone() })),
        ("CampaignService/EndCampaign", bytes(&v1::EndCampaignRequest { id, etag: etag.clone() })),
        ("ReferralService/UpdateReferrer", bytes(&v1::UpdateReferrerRequest { referrer, update_mask: None })),
        ("ReferralService/UpdateReferral", bytes(&v1::UpdateReferralRequest { referral, update_mask: None })),
        (
            "QualificationService/QualifyReferral",
            bytes(&v1::QualifyReferralRequest {
                referral_id: referral_id.clone(),
                reason: reason.clone(),
                etag: etag.clone(),
            }),
        ),
        (
            "QualificationService/DisqualifyReferral",
            bytes(&v1::DisqualifyReferralRequest { referral_id: referral_id.clone(), reason, etag: etag.clone() }),
        ),
        ("QualificationService/ClearOverride", bytes(&v1::ClearOverrideRequest { referral_id, etag: etag.clone() })),
        (
            "RewardService/ApproveReward",
            bytes(&v1::ApproveRewardRequest { id: world.reward_id.clone(), etag: etag.clone() }),
        ),
        ("RewardService/CancelReward", bytes(&cancel_reward(&world.reward_id, &etag))),
        ("RewardService/RetryReward", bytes(&v1::RetryRewardRequest { id: world.reward_id.clone(), etag })),
    ] {
        let refusal = server.caller.must_refuse(rpc, request).await;
        assert_eq!(refusal.kind(), (Code::Aborted, "ETAG_MISMATCH"), "{rpc}");
        assert_eq!(refusal.variables["given"], "99");
        assert!(!refusal.variables["current"].is_empty());
    }
    assert_eq!(server.referral(&world.referral.id).await, world.referral);
}

both_databases!(a_campaign_moves_along_its_life_only);
async fn a_campaign_moves_along_its_life_only(server: &Server) {
    use CampaignState::{Draft, Ended, Live, Paused};
    let moved = async |campaign: &v1::Campaign, rpc: &str, ok: bool| {
        // Launch, pause and end have the same fields under the same numbers.
        let request = bytes(&v1::LaunchCampaignRequest { id: campaign.id.clone(), etag: String::new() });
        if ok {
            server.caller.ask_bytes(rpc, request).await.expect(rpc);
            return;
        }
        let refusal = server.caller.must_refuse(rpc, request).await;
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "CAMPAIGN_STATE"), "{rpc}");
        assert_eq!(refusal.precondition.as_deref(), Some("CAMPAIGN_STATE"));
        assert!(refusal.variables.contains_key("state") && refusal.variables.contains_key("needed"));
    };
    for (state, launch, pause, end) in [
        (Draft, true, false, false),
        (Live, false, true, true),
        (Paused, true, false, true),
        (Ended, false, false, false),
    ] {
        for (rpc, ok) in [("LaunchCampaign", launch), ("PauseCampaign", pause), ("EndCampaign", end)] {
            let campaign = in_state(server, state).await;
            moved(&campaign, &format!("CampaignService/{rpc}"), ok).await;
        }
    }
    let maya = server.referrer("maya@example.com").await;
    for state in [Draft, Paused, Ended] {
        let campaign = in_state(server, state).await;
        let ids = World { campaign, referrer: maya.clone(), referral: d(), secret_id: d(), reward_id: d() };
        let request = bytes(&create_referral(&ids, "eve@example.com", ""));
        let refusal = server.caller.must_refuse("ReferralService/CreateReferral", request).await;
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "CAMPAIGN_STATE"), "{state:?}");
    }
    let ended = in_state(server, Ended).await;
    let request = v1::UpdateCampaignRequest { campaign: Some(v1::Campaign { etag: d(), ..ended }), ..d() };
    let refusal = server.caller.must_refuse("CampaignService/UpdateCampaign", bytes(&request)).await;
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "CAMPAIGN_STATE"));
}

async fn in_state(server: &Server, state: CampaignState) -> v1::Campaign {
    let campaign = server.drafted(advertised(RULE)).await;
    match state {
        CampaignState::Draft | CampaignState::Unspecified => campaign,
        CampaignState::Live => server.launch(&campaign).await,
        CampaignState::Paused => server.pause(&server.launch(&campaign).await).await,
        CampaignState::Ended => server.end(&server.launch(&campaign).await).await,
    }
}

fn line(field: &str, target: &str) -> v1::FieldMapping {
    let source = Some(v1::field_mapping::Source::Field(field.to_owned()));
    v1::FieldMapping { source, target: target.to_owned() }
}

both_databases!(a_campaign_that_writes_to_stripe_needs_a_key_and_says_so_when_it_goes_live);
async fn a_campaign_that_writes_to_stripe_needs_a_key_and_says_so_when_it_goes_live(server: &Server) {
    let full = vec![line("first_name", "name"), line("email", "email")];
    let (at_once, settlement) = (v1::NewCustomerMode::CreateAtOnce.into(), v1::CurrencyPolicy::SettlementAmount.into());
    let (duplicate, update): (i32, i32) =
        (v1::ExistingEmailMode::CreateDuplicate.into(), v1::ExistingEmailMode::UpdateExisting.into());
    let live = server.campaign(RULE).await;
    for (rule, mappings) in [
        (v1::Rule { new_customer_mode: at_once, ..RULE }, full.clone()),
        (v1::Rule { existing_email_mode: duplicate, ..RULE }, full.clone()),
        (v1::Rule { existing_email_mode: update, ..RULE }, full.clone()),
        (v1::Rule { currency_policy: settlement, ..RULE }, vec![]),
    ] {
        let campaign = v1::Campaign { field_mappings: mappings, ..advertised(rule) };
        let draft = server.drafted(campaign.clone()).await;
        let request = bytes(&v1::LaunchCampaignRequest { id: draft.id, etag: String::new() });
        let refusal = server.caller.must_refuse("CampaignService/LaunchCampaign", request).await;
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_KEY_REQUIRED"), "{campaign:?}");
        assert_eq!(refusal.precondition.as_deref(), Some("STRIPE_KEY_REQUIRED"));
        assert!(!refusal.variables["settings"].is_empty());

        let campaign = Some(v1::Campaign { id: live.id.clone(), ..campaign });
        let request = bytes(&v1::UpdateCampaignRequest { campaign, ..d() });
        let refusal = server.caller.must_refuse("CampaignService/UpdateCampaign", request).await;
        assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_KEY_REQUIRED"), "a live one stays able to live");
    }
    assert_eq!(server.campaign_now(&live.id).await, live, "nothing was done");
    let campaign = v1::Campaign { id: live.id.clone(), field_mappings: full, ..d() };
    let update_mask = Some(FieldMask { paths: vec!["field_mappings".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(campaign), update_mask, apply_to_existing: false };
    server.caller.ask("CampaignService/UpdateCampaign", &request).await.expect("a mapping alone writes nothing");
}

both_databases!(on: a_key_lets_the_campaigns_of_its_own_account_and_mode_write_to_stripe);
async fn a_key_lets_the_campaigns_of_its_own_account_and_mode_write_to_stripe(database: Database) {
    let transport = Transport::new("https://stripe.invalid").expect("TLS");
    let keys = Keyring::read("eu=sk_test_1,sk_live_2", &transport, 20).expect("keys");
    let server = Server::start_calling(database, keys).await;
    let field_mappings = vec![line("first_name", "name"), line("email", "email")];
    let rule = v1::Rule { new_customer_mode: v1::NewCustomerMode::CreateAtOnce.into(), ..RULE };
    let at_once = v1::Campaign { field_mappings, ..advertised(rule) };
    for (account, mode, has_key) in [
        ("eu", v1::Mode::Test, true),
        ("eu", v1::Mode::Live, false),
        ("default", v1::Mode::Live, true),
        ("default", v1::Mode::Test, false),
    ] {
        let (account, mode) = (account.to_owned(), mode.into());
        let campaign = v1::Campaign { account, mode, ..at_once.clone() };
        let id = server.drafted(campaign.clone()).await.id;
        let request = v1::LaunchCampaignRequest { id, etag: String::new() };
        let launched = server.caller.campaigns().launch_campaign(request).await;
        assert_eq!(launched.is_ok(), has_key, "{campaign:?}");
    }
    server.stop().await;
}

both_databases!(there_is_nothing_to_clear_without_an_override);
async fn there_is_nothing_to_clear_without_an_override(server: &Server) {
    let world = world(server).await;
    let request = bytes(&v1::ClearOverrideRequest { referral_id: world.referral.id, etag: String::new() });
    let refusal = server.caller.must_refuse("QualificationService/ClearOverride", request).await;
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "NO_OVERRIDE"));
    assert_eq!(refusal.precondition.as_deref(), Some("NO_OVERRIDE"));
}

both_databases!(sixteen_secrets_are_active_at_once_and_no_more);
async fn sixteen_secrets_are_active_at_once_and_no_more(server: &Server) {
    let world = world(server).await;
    let rpc = "CampaignService/AddWebhookSecret";
    let secret = |each: usize| add_secret(&world.campaign.id, &format!("whsec_0123456789abcdef{each}"));
    for each in 1..16 {
        server.caller.ask(rpc, &secret(each)).await.expect("there is room");
    }
    let refusal = server.caller.must_refuse(rpc, bytes(&secret(16))).await;
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "LIMIT_REACHED"));
    assert_eq!((refusal.precondition.as_deref(), &*refusal.variables["limit"]), (Some("LIMIT_REACHED"), "16"));
    server.caller.ask(rpc, &secret(15)).await.expect("one that is there already is answered as it is");

    let removal = v1::RemoveWebhookSecretRequest { id: world.secret_id.clone(), ends_at: None };
    server.caller.ask("CampaignService/RemoveWebhookSecret", &removal).await.expect("removed");
    let refusal = server.caller.must_refuse("CampaignService/RemoveWebhookSecret", bytes(&removal)).await;
    assert_eq!(refusal.kind(), (Code::NotFound, "NOT_FOUND"), "it is gone");
    server.caller.ask(rpc, &secret(16)).await.expect("there is room again");

    let live = v1::AddWebhookSecretRequest {
        ledger: Some(v1::add_webhook_secret_request::Ledger::AccountMode(v1::AccountMode {
            account: String::new(),
            mode: v1::Mode::Live.into(),
        })),
        ..secret(16)
    };
    let refusal = server.caller.must_refuse(rpc, bytes(&live)).await;
    assert_eq!(refusal.kind(), (Code::AlreadyExists, "ALREADY_EXISTS"), "a secret speaks for one ledger");
    assert!(!refusal.message.contains("whsec_"), "a secret is never repeated");
}

both_databases!(what_is_wrong_in_itself_is_said_before_what_is_missing);
async fn what_is_wrong_in_itself_is_said_before_what_is_missing(server: &Server) {
    let referral_id = nobody("ref");
    let request = bytes(&v1::QualifyReferralRequest { referral_id, reason: String::new(), etag: "99".to_owned() });
    let refusal = server.caller.must_refuse("QualificationService/QualifyReferral", request).await;
    assert_eq!((refusal.kind(), refusal.fields()), ((Code::InvalidArgument, "INVALID_FIELDS"), vec!["reason"]));
}
