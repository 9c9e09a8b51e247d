//! The audit log: every call that changes something leaves one line, and nothing else leaves any.

use prost_types::FieldMask;
use referrald::app::Scope;
use referrald::domain::campaign::Mode;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{AuditLine, AuditSubjectKind, CustomerSyncState, RewardRule};

use crate::doors::opens;
use crate::errors::world;
use crate::harness::{Caller, RULE, Server, both_databases, each_qualified, person, rpcs, timestamp};

/// Calls of scope `write` or `admin` that leave no line, and why.
const LEAVE_NONE: [(&str, &str); 1] = [("QualificationService/ListAuditLog", "it changes nothing")];

/// Whether a call is to leave a line.
fn leaves_a_line(rpc: &str) -> bool {
    let changes = [Scope::Write, Scope::Admin].iter().any(|scope| opens(rpc).contains(scope));
    changes && !LEAVE_NONE.iter().any(|(name, _)| *name == rpc)
}

fn all() -> v1::ListAuditLogRequest {
    v1::ListAuditLogRequest { page_size: 500, ..v1::ListAuditLogRequest::default() }
}

async fn listed(caller: &Caller, request: v1::ListAuditLogRequest) -> Vec<AuditLine> {
    caller.qualifications().list_audit_log(request).await.expect("a page").into_inner().lines
}

/// Calls and subjects.
fn told(lines: &[AuditLine]) -> Vec<(&str, &str)> {
    lines.iter().map(|line| (line.call.as_str(), line.subject_id.as_str())).collect()
}

/// The key of the stories.
async fn own_key(server: &Server) -> String {
    let keys = server.app.keys().await.expect("keys");
    keys.iter().find(|key| key.name == "tests").expect("the stories have a key").id.to_string()
}

/// A reward that is on its way to Stripe and gets no answer, and somebody whose look at Stripe gets none.
async fn waiting(server: &Server, stripe: &FakeStripe, campaign: &v1::Campaign) -> (v1::Reward, v1::Referral) {
    let five_dollars = Kind::StripeCredit(v1::StripeCredit { amount: Some(Amount::AmountMinor(500)) });
    let giving = server.rewarding(vec![RewardRule { kind: Some(five_dollars), ..each_qualified() }]).await;
    let lena = server.referrer("lena@example.com").await;
    let zed = server.register(&giving, &lena, "zed@example.com").await;
    server.until_sync(&zed.id, CustomerSyncState::Done).await;
    server.pay("zed@example.com", 10_000).await;
    stripe.plan("GET /v1/customers", 10_000, Fault::before(How::Status(429)));
    let reward = server.approve(&server.reward_of(&lena.id).await).await;
    (reward, server.register(campaign, &lena, "ida@example.com").await)
}

both_databases!(beside_stripe: every_call_that_changes_something_leaves_one_line);
async fn every_call_that_changes_something_leaves_one_line(server: &Server, stripe: &FakeStripe) {
    use prost::Message;
    let world = world(server).await;
    let (reward, ida) = waiting(server, stripe, &world.campaign).await;
    let key = own_key(server).await;
    let mut tried = Vec::new();
    for (rpc, request) in world.requests() {
        let (id, etag) = (reward.id.clone(), String::new());
        let referral_id = ida.id.clone();
        let request = match rpc {
            "RewardService/RetryReward" => v1::RetryRewardRequest { id, etag }.encode_to_vec(),
            "ReferralService/RetryCustomerSync" => v1::RetryCustomerSyncRequest { referral_id, etag }.encode_to_vec(),
            "ReferralService/UpdateReferral" => rename(&ida.id, "Bea").encode_to_vec(),
            _ => request,
        };
        let before = listed(&server.caller, all()).await.len();
        server.caller.ask_bytes(rpc, request).await.unwrap_or_else(|status| panic!("{rpc}: {status:?}"));
        let lines = &listed(&server.caller, all()).await[before..];
        if !leaves_a_line(rpc) {
            assert_eq!(told(lines), [], "{rpc} changes nothing that the log tells");
            continue;
        }
        tried.push(rpc);
        let [line] = lines else { panic!("{rpc} leaves one line, not {lines:?}") };
        assert_eq!((line.call.as_str(), &line.key_id, line.account.as_str()), (rpc, &key, "default"));
        assert!(!line.subject_id.is_empty() && line.subject_kind() != AuditSubjectKind::Unspecified, "{line:?}");
        let both_modes = matches!(line.subject_kind(), AuditSubjectKind::Referrer | AuditSubjectKind::Erasure);
        assert_eq!(line.mode() == v1::Mode::Unspecified, both_modes, "{line:?}");
    }
    let missing: Vec<String> =
        rpcs().into_iter().filter(|rpc| leaves_a_line(rpc) && !tried.contains(&rpc.as_str())).collect();
    assert!(missing.is_empty(), "no line is looked for of {missing:?}");
}

fn rename(id: &str, first_name: &str) -> v1::UpdateReferralRequest {
    let person = Some(v1::Person { first_name: first_name.to_owned(), ..v1::Person::default() });
    let referral = Some(v1::Referral { id: id.to_owned(), person, ..v1::Referral::default() });
    let update_mask = Some(FieldMask { paths: vec!["person.first_name".to_owned()] });
    v1::UpdateReferralRequest { referral, update_mask }
}

both_databases!(a_line_names_what_changed_and_says_no_value);
async fn a_line_names_what_changed_and_says_no_value(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.caller.referrals().update_referral(rename(&ben.id, "Benedict")).await.expect("renamed");
    let (referral_id, reason) = (ben.id.clone(), "as agreed with Ben".to_owned());
    let request = v1::QualifyReferralRequest { referral_id, reason, etag: String::new() };
    server.caller.qualifications().qualify_referral(request).await.expect("qualified");
    let lines = listed(&server.caller, v1::ListAuditLogRequest { subject_id: ben.id.clone(), ..all() }).await;
    let changed: Vec<Vec<&str>> = lines.iter().map(|line| line.changed.iter().map(String::as_str).collect()).collect();
    assert_eq!(changed, [vec![], vec!["first_name"], vec!["state", "qualified_at", "override"]]);
    assert_eq!(lines[0].subject_kind(), AuditSubjectKind::Referral);
    server.pause(&campaign).await;
    let lines = listed(&server.caller, v1::ListAuditLogRequest { subject_id: campaign.id, ..all() }).await;
    assert_eq!(lines.last().expect("it was paused").changed, ["state"]);

    let rows = server.app.store.rows("select * from audit_log", vec![]).await.expect("the log");
    for row in rows {
        let said: Vec<String> =
            ["call", "subject_id", "changed"].iter().map(|column| row.text(column).expect("a text")).collect();
        let secret = Server::secret_of("default", Mode::Test);
        for value in ["@example.com", "Ben", "Ada", secret.as_str()] {
            assert!(!said.join(" ").contains(value), "{said:?} says {value}");
        }
    }
}

both_databases!(what_is_refused_repeated_or_no_change_leaves_no_line);
async fn what_is_refused_repeated_or_no_change_leaves_no_line(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let request = v1::CreateReferralRequest {
        campaign_id: campaign.id.clone(),
        referrer: Some(v1::create_referral_request::Referrer::ReferrerId(maya.id.clone())),
        person: Some(person("ben@example.com")),
        registered_at: None,
        request_id: "once".to_owned(),
    };
    let ben = server.caller.referrals().create_referral(request.clone()).await.expect("registered").into_inner();
    let ben = ben.referral.expect("a referral");
    let before = listed(&server.caller, all()).await;

    server.caller.referrals().create_referral(request.clone()).await.expect("the same answer");
    let again = v1::CreateReferralRequest { request_id: "twice".to_owned(), ..request };
    server.caller.referrals().create_referral(again).await.expect("they are there already");
    let same = rename(&ben.id, &ben.person.as_ref().expect("a person").first_name);
    server.caller.referrals().update_referral(same).await.expect("nothing to change");
    let secret = v1::AddWebhookSecretRequest {
        ledger: Some(v1::add_webhook_secret_request::Ledger::CampaignId(campaign.id.clone())),
        secret: Server::secret_of("default", Mode::Test),
        ..v1::AddWebhookSecretRequest::default()
    };
    server.caller.campaigns().add_webhook_secret(secret).await.expect("it is active already");
    let etag = "9".to_owned();
    let stale = v1::PauseCampaignRequest { id: campaign.id.clone(), etag };
    server.caller.campaigns().pause_campaign(stale).await.expect_err("another etag");
    server.pay("ben@example.com", 10_000).await;
    server.advance_days(40);
    server.sweep().await;
    assert_eq!(listed(&server.caller, all()).await, before);
}

both_databases!(the_log_is_filtered_and_comes_in_pages);
async fn the_log_is_filtered_and_comes_in_pages(server: &Server) {
    let campaign = server.campaign(RULE).await;
    server.clock.advance_seconds(60);
    let later = server.now();
    let maya = server.referrer("maya@example.com").await;
    let other = server.caller_of(&Scope::ALL, None).await;
    let pause = v1::PauseCampaignRequest { id: campaign.id.clone(), etag: String::new() };
    other.campaigns().pause_campaign(pause).await.expect("paused");
    let calls = ["CampaignService/CreateCampaign", "CampaignService/LaunchCampaign", "CampaignService/PauseCampaign"];
    let id = campaign.id.as_str();

    let of_campaign = v1::ListAuditLogRequest { subject_id: campaign.id.clone(), ..all() };
    assert_eq!(told(&listed(&server.caller, of_campaign.clone()).await), calls.map(|call| (call, id)));
    let of_call = v1::ListAuditLogRequest { call: calls[1].to_owned(), ..all() };
    assert_eq!(told(&listed(&server.caller, of_call).await), [(calls[1], id)]);
    let of_key = v1::ListAuditLogRequest { key_id: own_key(server).await, ..of_campaign.clone() };
    assert_eq!(told(&listed(&server.caller, of_key).await), [(calls[0], id), (calls[1], id)]);
    let until = v1::ListAuditLogRequest { until_at: Some(timestamp(later)), ..of_campaign.clone() };
    assert_eq!(told(&listed(&server.caller, until).await), [(calls[0], id), (calls[1], id)]);
    let from = v1::ListAuditLogRequest { from_at: Some(timestamp(later)), account: "default".to_owned(), ..all() };
    let made = ("ReferralService/CreateReferrer", maya.id.as_str());
    assert_eq!(told(&listed(&server.caller, from).await), [made, (calls[2], id)]);

    let mut request = v1::ListAuditLogRequest { page_size: 2, ..of_campaign };
    let mut paged = Vec::new();
    loop {
        let page = server.caller.qualifications().list_audit_log(request.clone()).await.expect("a page").into_inner();
        assert!(page.lines.len() <= 2);
        paged.extend(page.lines);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(told(&paged), calls.map(|call| (call, id)));
}

both_databases!(a_key_of_one_account_sees_the_lines_of_that_account_only);
async fn a_key_of_one_account_sees_the_lines_of_that_account_only(server: &Server) {
    server.campaign(RULE).await;
    server.take_webhooks_of("eu", Mode::Test).await;
    let stranger = server.caller_of(&Scope::ALL, Some("eu")).await;
    let seen = listed(&stranger, all()).await;
    let calls: Vec<&str> = seen.iter().map(|line| line.call.as_str()).collect();
    assert_eq!(calls, ["", "keys create"], "its secret, which the process itself added, and its key");
    assert!(seen.iter().all(|line| line.account == "eu"), "{seen:?}");
    let asked = v1::ListAuditLogRequest { account: "default".to_owned(), ..all() };
    assert_eq!(listed(&stranger, asked).await, []);
}

both_databases!(keys_that_an_operator_makes_and_revokes_are_told_without_a_key);
async fn keys_that_an_operator_makes_and_revokes_are_told_without_a_key(server: &Server) {
    let (key, plain) = server.app.create_key("shop".into(), vec![Scope::Read], None, None).await.expect("a key");
    server.app.revoke_key(key.id).await.expect("revoked");
    server.app.revoke_key(key.id).await.expect_err("it is revoked already");
    let id = key.id.to_string();
    let lines = listed(&server.caller, v1::ListAuditLogRequest { subject_id: id.clone(), ..all() }).await;
    assert_eq!(told(&lines), [("keys create", id.as_str()), ("keys revoke", id.as_str())]);
    let kinds = |line: &AuditLine| line.key_id.is_empty() && line.subject_kind() == AuditSubjectKind::ApiKey;
    assert!(lines.iter().all(kinds), "{lines:?}");
    assert!(!format!("{lines:?}").contains(&plain));
}
