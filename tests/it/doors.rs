//! Who may call what: keys, scopes, and how long a key that is gone still opens.

use std::time::Duration;

use referrald::app::Scope;
use referrald::domain::id::KeyId;
use referrald::grpc::Limits;
use referrald::proto::v1;
use referrald::server::Options;
use tonic::Code;

use crate::harness::{Caller, Database, RULE, Refusal, Server, both_databases, rpcs};

/// The scopes that open a call, as its comment in the proto says.
pub fn opens(rpc: &str) -> &'static [Scope] {
    use Scope::{Admin, Ingest, Read, Write};
    let (_, method) = rpc.split_once('/').expect("Service/Method");
    match method {
        "ListWebhookSecrets" => &[Read, Ingest],
        "CreateWebhookEndpoint"
        | "AddWebhookSecret"
        | "RemoveWebhookSecret"
        | "ListAuditLog"
        | "SyncReferrers"
        | "ErasePerson" => &[Admin],
        "RecordFacts" => &[Ingest],
        _ if ["Get", "List", "Find", "Explain", "Simulate", "Watch"].iter().any(|verb| method.starts_with(verb)) => {
            &[Read]
        }
        _ => &[Write],
    }
}

both_databases!(every_call_asks_for_its_scope_before_it_looks_at_anything_else);
async fn every_call_asks_for_its_scope_before_it_looks_at_anything_else(server: &Server) {
    for scope in Scope::ALL {
        let caller = server.caller_of(&[scope], None).await;
        for rpc in rpcs() {
            // No message at all: a call that gets past its scope says what is wrong with that.
            let answer = caller.ask_bytes(&rpc, vec![0xff]).await.expect_err("no message");
            let refusal = Refusal::of(&answer);
            if opens(&rpc).contains(&scope) {
                assert_eq!(refusal.kind(), (Code::InvalidArgument, "INVALID_FIELDS"), "{rpc} {scope:?}");
            } else {
                assert_eq!(refusal.kind(), (Code::PermissionDenied, "SCOPE_MISSING"), "{rpc} {scope:?}");
                let needed = opens(&rpc).iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" or ");
                assert_eq!(refusal.variables["needed"], needed, "{rpc}");
            }
        }
    }
}

both_databases!(nobody_without_a_good_key_gets_further_than_the_door);
async fn nobody_without_a_good_key_gets_further_than_the_door(server: &Server) {
    let channel = server.caller.channel();
    let unknown = format!("rfd_{}", "0".repeat(64));
    let strangers = [
        Caller::without_key(channel.clone()),
        Caller::with_key(channel.clone(), &unknown),
        Caller::with_key(channel.clone(), ""),
        Caller::with_key(channel.clone(), &"x".repeat(8_000)),
        Caller::showing(channel.clone(), &unknown),
        Caller::showing(channel.clone(), &format!("Basic {unknown}")),
        Caller::showing(channel, "Bearer"),
    ];
    for stranger in strangers {
        for rpc in rpcs() {
            let refusal = stranger.must_refuse(&rpc, vec![0xff]).await;
            assert_eq!(refusal.kind(), (Code::Unauthenticated, "KEY_INVALID"), "{rpc}");
            assert!(!refusal.message.contains("0000"), "a key is never repeated: {}", refusal.message);
        }
    }
}

both_databases!(a_key_ends_when_it_expires_and_soon_after_it_is_revoked);
async fn a_key_ends_when_it_expires_and_soon_after_it_is_revoked(server: &Server) {
    let list = "CampaignService/ListCampaigns";
    let expires_at = Some(server.now().plus_seconds(60));
    let (_, plain) = server.app.create_key("short".into(), vec![Scope::Read], None, expires_at).await.expect("a key");
    let caller = server.caller_with(&plain);
    caller.ask_bytes(list, vec![]).await.expect("it is good");
    server.clock.advance_seconds(66);
    let refusal = caller.must_refuse(list, vec![]).await;
    assert_eq!(refusal.kind(), (Code::Unauthenticated, "KEY_INVALID"));
    assert!(refusal.message.contains("expired"), "{}", refusal.message);

    let (key, plain) = server.app.create_key("mislaid".into(), vec![Scope::Read], None, None).await.expect("a key");
    let caller = server.caller_with(&plain);
    caller.ask_bytes(list, vec![]).await.expect("it is good");
    server.app.revoke_key(key.id).await.expect("revoked");
    server.clock.advance_seconds(6);
    let refusal = caller.must_refuse(list, vec![]).await;
    assert_eq!(refusal.kind(), (Code::Unauthenticated, "KEY_INVALID"));
    assert!(refusal.message.contains("revoked"), "{}", refusal.message);
    server.app.revoke_key(key.id).await.expect_err("it is revoked already");
    let unknown = KeyId::new(server.now(), [0; 10]);
    server.app.revoke_key(unknown).await.expect_err("there is no such key");
}

both_databases!(secrets_are_shown_to_the_ingest_scope_only);
async fn secrets_are_shown_to_the_ingest_scope_only(server: &Server) {
    let owner = Some(v1::list_webhook_secrets_request::Owner::Account("default".to_owned()));
    let request = v1::ListWebhookSecretsRequest { owner };
    let plain = Server::secret_of("default", referrald::domain::campaign::Mode::Test);
    for (scope, shown) in [(Scope::Read, ""), (Scope::Ingest, plain.as_str())] {
        let caller = server.caller_of(&[scope], None).await;
        let answer = caller.campaigns().list_webhook_secrets(request.clone()).await.expect("an answer").into_inner();
        assert_eq!(answer.secrets.iter().map(|secret| secret.secret.as_str()).collect::<Vec<_>>(), [shown]);
    }
}

both_databases!(on: an_open_server_asks_for_no_key_and_still_refuses_a_wrong_one);
async fn an_open_server_asks_for_no_key_and_still_refuses_a_wrong_one(database: Database) {
    let server = Server::start_with(database, Options { open: true, ..Options::default() }).await;
    let nobody = Caller::without_key(server.channel());
    nobody.ask_bytes("CampaignService/ListCampaigns", vec![]).await.expect("it is open");
    for shown in ["Bearer rfd_wrong", "Bearer"] {
        let wrong = Caller::showing(server.channel(), shown);
        let refusal = wrong.must_refuse("CampaignService/ListCampaigns", vec![]).await;
        assert_eq!(refusal.kind(), (Code::Unauthenticated, "KEY_INVALID"));
        assert!(refusal.message.ends_with("leave the authorization header out"), "{}", refusal.message);
    }
    server.stop().await;
}

both_databases!(on: calls_above_the_limit_are_told_to_come_back);
async fn calls_above_the_limit_are_told_to_come_back(database: Database) {
    let limits = Limits { calls_max: 1, ..Limits::default() };
    let server = &Server::start_with(database, Options { limits, ..Options::default() }).await;
    let campaign = server.campaign(RULE).await;
    // The only place is taken by a call that waits for the writer.
    let held = server.hold_the_writes().await;
    let id = campaign.id.clone();
    let caller = server.caller.clone();
    let waiting = tokio::spawn(async move {
        loop {
            let pause = v1::PauseCampaignRequest { id: id.clone(), etag: String::new() };
            let answer = caller.campaigns().pause_campaign(pause).await;
            // The calls below may be faster than this one.
            if !matches!(&answer, Err(status) if status.code() == Code::ResourceExhausted) {
                return answer;
            }
        }
    });
    Server::until("a call is refused for the number of calls", async || {
        let answer = server.caller.ask_bytes("CampaignService/ListCampaigns", vec![]).await;
        let Err(status) = answer else { return false };
        let refusal = Refusal::of(&status);
        assert_eq!(refusal.kind(), (Code::ResourceExhausted, "OVERLOADED"));
        assert!(refusal.retry_after.is_some_and(|after| !after.is_zero()), "it says when");
        true
    })
    .await;
    assert_eq!(server.get("/readyz").await.status, 200, "who only asks for health is not turned away");
    held.let_go().await;
    waiting.await.expect("no panic").expect("the waiting call is done");
    server.caller.ask_bytes("CampaignService/ListCampaigns", vec![]).await.expect("there is room again");
}

both_databases!(on: a_message_that_never_ends_holds_a_place_no_longer_than_its_deadline);
async fn a_message_that_never_ends_holds_a_place_no_longer_than_its_deadline(database: Database) {
    let limits = Limits { calls_max: 1, deadline_max: Duration::from_secs(1), ..Limits::default() };
    let server = Server::start_with(database, Options { limits, ..Options::default() }).await;
    for name in ["CampaignService/PauseCampaign", "CampaignService/ListCampaigns"] {
        let status = server.caller.ask_without_end(name).await;
        assert_eq!(status.code(), Code::DeadlineExceeded, "{name}: {status:?}");
        // A read is broken off right after its answer.
        Server::until("its place is free", async || {
            server.caller.ask_bytes("CampaignService/ListCampaigns", vec![]).await.is_ok()
        })
        .await;
    }
    server.stop().await;
}
