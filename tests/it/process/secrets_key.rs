//! A secrets key that is lost, or another than the database was made with: it is noticed, and there is a way on.

use std::net::SocketAddr;

use referrald::proto::v1;
use referrald::proto::v1::list_webhook_secrets_request::Owner;
use referrald::store::Store;
use tonic::Code;

use super::commands::{add_secret_named, post};
use super::{ANY_PORT, SECRETS_KEY, Site, fails};
use crate::harness::{Caller, Database, Program, Server, both_databases, channel, person, refused};

const ANOTHER: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";
const OLD: &str = "whsec_sealedWithTheFormer";
const NEW: &str = "whsec_sealedWithTheLatter";
const ADA: &str = "ada@example.com";
const SERVE: [&str; 6] = ["serve", "--dev", "--listen", ANY_PORT, "--sidecar-listen", ANY_PORT];

/// A server that takes calls without a key of the API, with this secrets key; where to call it, and post to it.
fn serve(site: &Site, secrets_key: Option<&str>, more: &[&str]) -> (Program, Caller, SocketAddr) {
    let database = Some(("REFERRALD_DATABASE", site.url.as_str()));
    let variables: Vec<_> = database.into_iter().chain(secrets_key.map(|key| ("REFERRALD_SECRETS_KEY", key))).collect();
    let mut program = Program::start(&[&SERVE[..], more].concat(), &variables);
    let (grpc, webhooks) = program.ready();
    (program, Caller::without_key(channel(grpc.expect("an address"))), webhooks.expect("an address"))
}

fn stop(program: Program) -> String {
    program.signal("TERM");
    let ended = program.ended();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    ended.said
}

async fn register(caller: &Caller) -> Result<tonic::Response<v1::CreateReferrerResponse>, tonic::Status> {
    let referrer = Some(v1::Referrer { person: Some(person(ADA)), ..v1::Referrer::default() });
    caller.referrals().create_referrer(v1::CreateReferrerRequest { referrer, request_id: String::new() }).await
}

async fn erase(caller: &Caller) {
    let request = v1::ErasePersonRequest { email: ADA.to_owned(), ..v1::ErasePersonRequest::default() };
    caller.referrals().erase_person(request).await.expect("erased");
    assert_eq!(refused(register(caller).await).reason, "PERSON_ERASED");
}

async fn secrets(caller: &Caller) -> Vec<v1::WebhookSecret> {
    let owner = Some(Owner::Account("default".to_owned()));
    let listed = caller.campaigns().list_webhook_secrets(v1::ListWebhookSecretsRequest { owner }).await;
    listed.expect("listed").into_inner().secrets
}

both_databases!(on: another_secrets_key_is_refused_until_it_is_said_to_be_a_new_one);
async fn another_secrets_key_is_refused_until_it_is_said_to_be_a_new_one(database: Database) {
    let site = Site::new(database);
    // Nothing was made with the first, so nobody misses it.
    stop(serve(&site, Some(ANOTHER), &[]).0);
    let (program, caller, webhooks) = serve(&site, Some(SECRETS_KEY), &[]);
    add_secret_named(&caller, OLD).await;
    erase(&caller).await;
    assert_eq!(post(webhooks, OLD, "evt_1").await.status, 200);
    stop(program);

    let variables = [("REFERRALD_DATABASE", site.url.as_str()), ("REFERRALD_SECRETS_KEY", ANOTHER)];
    let words = ["not the secrets key of this database", "1 secret and 1 erasure", "--new-secrets-key"];
    fails(&Program::run(&SERVE, &variables), 1, &words);
    let another = "problem      secrets key: it is another than the one that made 1 secret and 1 erasure";
    fails(&Program::run(&["doctor"], &variables), 1, &[another]);
    assert!(site.run(&["doctor"]).said.contains("ok           secrets key: it is the one that made 1 secret and 1"));

    let (program, caller, webhooks) = serve(&site, Some(ANOTHER), &["--new-secrets-key"]);
    let listed = secrets(&caller).await;
    let [old] = listed.as_slice() else { panic!("one: {listed:?}") };
    assert_eq!((old.unreadable, old.secret.as_str()), (true, ""));
    let answer = post(webhooks, OLD, "evt_2").await;
    assert_eq!((answer.status, answer.word()), (500, "INTERNAL"), "it may be right, and nobody can say so");
    add_secret_named(&caller, NEW).await;
    Server::until("the new one is taken beside it", async || post(webhooks, NEW, "evt_3").await.status == 200).await;
    assert_eq!(post(webhooks, OLD, "evt_4").await.status, 500);
    let request = v1::RemoveWebhookSecretRequest { id: old.id.clone(), ends_at: None };
    caller.campaigns().remove_webhook_secret(request).await.expect("removed");
    Server::until("it is gone", async || post(webhooks, OLD, "evt_5").await.status == 400).await;
    let listed = secrets(&caller).await;
    assert!(matches!(listed.as_slice(), [new] if !new.unreadable && new.secret == NEW), "{listed:?}");
    register(&caller).await.expect("who was erased is known no more");
    erase(&caller).await;
    assert!(stop(program).contains("a new secrets key is taken"));

    let (program, caller, _) = serve(&site, Some(ANOTHER), &[]);
    assert_eq!(refused(register(&caller).await).kind(), (Code::FailedPrecondition, "PERSON_ERASED"));
    stop(program);
}

both_databases!(on: a_database_of_before_knows_its_key_by_what_was_sealed_with_it);
async fn a_database_of_before_knows_its_key_by_what_was_sealed_with_it(database: Database) {
    let site = Site::new(database);
    let (program, caller, _) = serve(&site, Some(SECRETS_KEY), &[]);
    add_secret_named(&caller, OLD).await;
    stop(program);
    let forget = "delete from secrets_key";
    match Store::open(&site.url, 2).await.expect("the database opens") {
        Store::Sqlite { writer, .. } => sqlx::raw_sql(forget).execute(&writer).await.map(drop),
        Store::Postgres(pool, _) => sqlx::raw_sql(forget).execute(&pool).await.map(drop),
    }
    .expect("it is as before");
    let variables = [("REFERRALD_DATABASE", site.url.as_str()), ("REFERRALD_SECRETS_KEY", ANOTHER)];
    fails(&Program::run(&SERVE, &variables), 1, &["1 secret made with another", "--new-secrets-key"]);
    let (program, caller, _) = serve(&site, Some(SECRETS_KEY), &[]);
    assert!(secrets(&caller).await.iter().all(|secret| !secret.unreadable && secret.secret == OLD));
    stop(program);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_is_lost_is_not_made_again_in_silence() {
    let site = Site::new(Database::Sqlite);
    let file = format!("{}.key", site.url.trim_start_matches("sqlite:"));
    stop(serve(&site, None, &[]).0);
    std::fs::remove_file(&file).expect("it was made");
    // Nothing was made with it, so nobody misses it.
    let (program, caller, _) = serve(&site, None, &[]);
    add_secret_named(&caller, OLD).await;
    erase(&caller).await;
    stop(program);
    std::fs::remove_file(&file).expect("it was made again");
    let variables = [("REFERRALD_DATABASE", site.url.as_str())];
    let missing = format!("{file} is missing, and this database has 1 secret and 1 erasure made with it");
    fails(&Program::run(&SERVE, &variables), 1, &[&missing, "--new-secrets-key"]);
    let none = "problem      secrets key: there is none, and this database has 1 secret and 1 erasure made with one";
    fails(&Program::run(&["doctor"], &variables), 1, &[none]);
    assert!(!std::path::Path::new(&file).exists(), "none is made by a refusal");
    let (program, caller, _) = serve(&site, None, &["--new-secrets-key"]);
    assert!(secrets(&caller).await.iter().all(|secret| secret.unreadable));
    stop(program);
    stop(serve(&site, None, &[]).0);
}
