//! The commands beside `serve`, a sidecar on its own, and what the log never says.

use std::os::unix::fs::PermissionsExt;

use http::Method;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::stripe::{sample, signature};
use tonic::Code;

use super::{ANY_PORT, SECRETS_KEY, Site, fails};
use crate::harness::{Answer, Caller, Database, Program, Refusal, both_databases, channel, send};

const SIGNING_SECRET: &str = "whsec_neverInTheLog0123456789";
const LIST: &str = "CampaignService/ListCampaigns";

both_databases!(on: a_key_is_made_listed_used_and_revoked);
async fn a_key_is_made_listed_used_and_revoked(database: Database) {
    let site = Site::new(database);
    let key = site.key("read,write");
    let list = site.run(&["keys", "list"]);
    assert_eq!(list.code, Some(0));
    assert!(list.said.contains("good") && list.said.contains("a test") && !list.said.contains(&key), "{list:?}");
    let id = list.said.split_whitespace().find(|word| word.starts_with("key_")).expect("an id").to_owned();

    let mut program = site.serve(&[]);
    let at = program.ready().0.expect("an address");
    let caller = Caller::with_key(channel(at), &key);
    caller.ask_bytes(LIST, vec![]).await.expect("the key is good");
    fails(&site.run(&["keys", "revoke", &id]), 0, &["is revoked"]);
    crate::harness::Server::until("the running server takes it no more", async || {
        let answer = caller.ask_bytes(LIST, vec![]).await;
        answer.is_err_and(|status| Refusal::of(&status).kind() == (Code::Unauthenticated, "KEY_INVALID"))
    })
    .await;
    assert!(site.run(&["keys", "list"]).said.contains("revoked"));
    fails(&site.run(&["keys", "revoke", &id]), 1, &[&id]);
    fails(&site.run(&["keys", "revoke", "key_1"]), 1, &["the id", "key_"]);
    fails(&site.run(&["keys", "create", "--name", " ", "--scopes", "read"]), 1, &["--name", "is required"]);
    fails(&site.run(&["keys", "create", "--name", "x", "--scopes", "root"]), 2, &["root", "ingest"]);
    let mislaid = site.run(&["keys", "create", "--name", "x", "--scopes", "read", "--account", "Ä"]);
    fails(&mislaid, 1, &["--account"]);
}

#[test]
fn an_event_without_a_secret_to_sign_it_says_where_there_is_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    fails(&Program::run(&["send-event", file], &[]), 1, &["REFERRALD_WEBHOOK_SECRET", "AddWebhookSecret", "the demo"]);
}

both_databases!(on: a_server_that_may_not_migrate_refuses_an_empty_database);
async fn a_server_that_may_not_migrate_refuses_an_empty_database(database: Database) {
    let site = Site::new(database);
    let serve = ["serve", "--no-migrate", "--listen", ANY_PORT, "--sidecar-listen", ANY_PORT];
    fails(&site.run(&serve), 1, &["referrald migrate"]);
    fails(&site.run(&["migrate"]), 0, &["of this version"]);
    fails(&site.run(&["migrate"]), 0, &["of this version"]);
    let mut program = site.serve(&["--no-migrate"]);
    let (grpc, webhooks) = program.ready();
    assert!(grpc.expect("an address").port() > 0 && webhooks.expect("an address").port() > 0);
    let healthz = send(webhooks.expect("an address"), Method::GET, "/healthz", &[], vec![]).await;
    assert_eq!(healthz.status, 200);
    program.signal("INT");
    assert_eq!(program.ended().code, Some(0));
}

#[test]
fn a_key_file_beside_a_sqlite_database_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("it.db").display());
    let variables = [("REFERRALD_DATABASE", database.as_str())];
    let mut digits = Vec::new();
    for _ in 0..2 {
        let arguments = ["serve", "--listen", ANY_PORT, "--no-sidecar"];
        let mut program = Program::start(&arguments, &variables);
        assert_eq!(program.ready().1, None, "there is no sidecar");
        program.signal("TERM");
        let ended = program.ended();
        let file = folder.path().join("it.db.key");
        let mode = std::fs::metadata(&file).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        digits.push(std::fs::read_to_string(file).expect("it can be read"));
        assert!(!ended.said.contains(digits[0].trim()), "{}", ended.said);
    }
    assert_eq!(digits[0], digits[1], "it is made once");
}

/// Posts a customer that came into being, as Stripe does.
pub(super) async fn post(at: std::net::SocketAddr, secret: &str, id: &str) -> Answer {
    let now = referrald::clock::Clock::default().now();
    let customer = sample::customer("cus_1", "ben@example.com", "Ben", Time::from_seconds(now.seconds()));
    let body = sample::event(id, "customer.created", now, false, customer).to_string().into_bytes();
    let signature = signature::sign(&body, secret, now);
    let headers = [("stripe-signature", signature.as_str())];
    send(at, Method::POST, "/webhooks/stripe/accounts/default", &headers, body).await
}

async fn add_secret(caller: &Caller) {
    add_secret_named(caller, SIGNING_SECRET).await;
}

/// Adds a signing secret to the default account in test mode.
pub(super) async fn add_secret_named(caller: &Caller, secret: &str) {
    let ledger = v1::AccountMode { account: String::new(), mode: v1::Mode::Test.into() };
    let request = v1::AddWebhookSecretRequest {
        ledger: Some(v1::add_webhook_secret_request::Ledger::AccountMode(ledger)),
        secret: secret.to_owned(),
        ..v1::AddWebhookSecretRequest::default()
    };
    caller.campaigns().add_webhook_secret(request).await.expect("added");
}

both_databases!(on: a_sidecar_on_its_own_records_webhooks_of_a_server_elsewhere);
async fn a_sidecar_on_its_own_records_webhooks_of_a_server_elsewhere(database: Database) {
    let site = Site::new(database);
    let (admin, ingest) = (site.key("admin"), site.key("ingest"));
    let mut server = site.serve(&["--no-sidecar"]);
    let at = server.ready().0.expect("an address");
    add_secret(&Caller::with_key(channel(at), &admin)).await;

    let upstream = format!("http://{at}");
    let sidecar = ["sidecar", "--upstream", &upstream, "--sidecar-listen", ANY_PORT];
    let mut sidecar = Program::start(&sidecar, &[("REFERRALD_KEY", &ingest)]);
    let webhooks = sidecar.ready().1.expect("an address");
    let answer = post(webhooks, SIGNING_SECRET, "evt_1").await;
    assert_eq!((answer.status, answer.word()), (200, "recorded"), "{}", sidecar.said());
    assert_eq!(post(webhooks, SIGNING_SECRET, "evt_1").await.word(), "duplicate");
    assert_eq!(post(webhooks, "whsec_of_somebody_else", "evt_2").await.status, 400);
    assert_eq!(send(webhooks, Method::GET, "/readyz", &[], vec![]).await.status, 200);

    server.signal("TERM");
    let server = server.ended();
    assert_eq!(server.code, Some(0), "{}", server.said);
    assert_eq!(post(webhooks, SIGNING_SECRET, "evt_3").await.status, 503, "Stripe keeps it for later");
    assert_eq!(send(webhooks, Method::GET, "/readyz", &[], vec![]).await.status, 503);
    assert_eq!(send(webhooks, Method::GET, "/healthz", &[], vec![]).await.status, 200);
    sidecar.signal("TERM");
    let sidecar = sidecar.ended();
    assert_eq!(sidecar.code, Some(0), "{}", sidecar.said);
    for said in [server.said, sidecar.said] {
        for secret in [SIGNING_SECRET, &admin, &ingest, SECRETS_KEY, "ben@example.com"] {
            assert!(!said.contains(secret), "{secret} is in: {said}");
        }
    }
}

both_databases!(on: the_log_names_no_secret_however_much_it_says);
async fn the_log_names_no_secret_however_much_it_says(database: Database) {
    let site = Site::new(database);
    let key = site.key("read,write,ingest,admin");
    let [url, secrets_key] = site.variables();
    let serve = ["serve", "--listen", ANY_PORT, "--sidecar-listen", ANY_PORT];
    let mut program = Program::start(&serve, &[url, secrets_key, ("RUST_LOG", "debug")]);
    let (at, webhooks) = program.ready();
    let caller = Caller::with_key(channel(at.expect("an address")), &key);
    add_secret(&caller).await;
    let webhooks = webhooks.expect("an address");
    assert_eq!(post(webhooks, SIGNING_SECRET, "evt_1").await.status, 200);
    assert_eq!(post(webhooks, "whsec_wrong_and_secret_too", "evt_2").await.status, 400);
    let owner = Some(v1::list_webhook_secrets_request::Owner::Account("default".to_owned()));
    let shown = caller.campaigns().list_webhook_secrets(v1::ListWebhookSecretsRequest { owner }).await;
    assert_eq!(shown.expect("shown").into_inner().secrets[0].secret, SIGNING_SECRET);
    let nonsense = v1::AddWebhookSecretRequest { secret: "sk_live_notForTheLog".to_owned(), ..Default::default() };
    caller.campaigns().add_webhook_secret(nonsense).await.expect_err("that is no signing secret");
    let wrong = Caller::with_key(channel(at.expect("an address")), "rfd_wrongAndSecretToo");
    wrong.ask_bytes(LIST, vec![]).await.expect_err("that is no key");
    program.signal("TERM");
    let ended = program.ended();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    for call in ["AddWebhookSecret", "SIGNATURE_NO_MATCH", "evt_1", "request_id"] {
        assert!(ended.said.contains(call), "the log says what happened: {call}");
    }
    let secrets =
        [SIGNING_SECRET, &key, SECRETS_KEY, "wrong_and_secret", "notForTheLog", "wrongAndSecret", "ben@example.com"];
    for secret in secrets {
        let line = ended.said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
