//! Webhooks as Stripe, and as others, post them: what the real sidecar answers, and what is then on record.

use std::fs;
use std::path::{Path, PathBuf};

use referrald::app::{Caller, Repeatable, Scope};
use referrald::domain::campaign::{Ledger, Mode};
use referrald::sidecar::BODY_BYTES_MAX;
use referrald::stripe::{sample, signature};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{Answer, Payment, RULE, Server, both_databases};

const URL: &str = "/webhooks/stripe/accounts/default";

fn secret() -> String {
    Server::secret_of("default", Mode::Test)
}

impl Server {
    async fn post_text(&self, body: &str) -> Answer {
        self.post_signed(URL, body.as_bytes().to_vec(), &secret()).await
    }

    async fn count(&self, table: &str) -> i64 {
        let rows = self.app.store.rows(&format!("select count(*) as n from {table}"), vec![]).await;
        rows.expect("counted")[0].int("n").expect("a number")
    }

    fn paid(&self) -> Value {
        let charge = self.charge(Payment::of("ben@example.com", 5_000));
        self.event("charge.succeeded", false, charge.body)
    }
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, word: &str, reason: &str) {
    assert_eq!((answer.status, answer.word(), answer.reason()), (status, word, reason), "{answer:?}");
}

both_databases!(what_no_secret_of_ours_signed_is_refused_and_leaves_nothing);
async fn what_no_secret_of_ours_signed_is_refused_and_leaves_nothing(server: &Server) {
    server.take_webhooks_of("other", Mode::Test).await;
    let body = server.paid().to_string().into_bytes();
    let (now, right) = (server.now(), secret());
    let others = Server::secret_of("other", Mode::Test);
    assert_answer(&server.post(URL, &[], body.clone()).await, 400, "SIGNATURE_MISSING", "");
    for (signature, word) in [
        (String::new(), "SIGNATURE_MISSING"),
        ("v1=00".to_owned(), "SIGNATURE_MALFORMED"),
        (signature::sign(&body, &right, now.plus_seconds(-301)), "SIGNATURE_TOO_OLD"),
        (signature::sign(&body, "whsec_wrong", now), "SIGNATURE_NO_MATCH"),
        (signature::sign(&body, &others, now), "SIGNATURE_NO_MATCH"),
        (signature::sign(&body[1..], &right, now), "SIGNATURE_NO_MATCH"),
    ] {
        let answer = server.post(URL, &[("stripe-signature", &signature)], body.clone()).await;
        assert_answer(&answer, 400, word, "");
    }
    assert_eq!((server.count("deliveries").await, server.count("charges").await), (0, 0));
}

both_databases!(an_unknown_campaign_and_a_wrong_signature_are_answered_alike);
async fn an_unknown_campaign_and_a_wrong_signature_are_answered_alike(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let body = server.paid().to_string().into_bytes();
    let known = format!("/webhooks/stripe/{}", campaign.id);
    let wrong = server.post_signed(&known, body.clone(), "whsec_wrong").await;
    for path in [
        "/webhooks/stripe/cmp_00000000000000000000000000000000",
        "/webhooks/stripe/no-campaign",
        "/webhooks/stripe/%00",
        "/webhooks/stripe/%ff",
        "/webhooks/stripe/accounts/nobody",
    ] {
        let answer = server.post_signed(path, body.clone(), &secret()).await;
        assert_eq!((answer.status, &answer.body), (wrong.status, &wrong.body), "{path}");
    }
    assert_eq!(wrong.status, 400);
}

both_databases!(an_event_of_another_mode_or_account_than_its_secret_is_ignored_with_the_reason);
async fn an_event_of_another_mode_or_account_than_its_secret_is_ignored_with_the_reason(server: &Server) {
    let live = Value::from(true);
    let mut event = server.paid();
    event["livemode"] = live;
    assert_answer(&server.post_event("default", Mode::Test, &event).await, 200, "ignored", "OTHER_MODE");
    let mut event = server.paid();
    event["account"] = "acct_other".into();
    assert_answer(&server.post_event("default", Mode::Test, &event).await, 200, "ignored", "OTHER_ACCOUNT");
    assert_eq!(server.count("charges").await, 0);
}

both_databases!(what_is_no_snapshot_event_is_refused_and_says_what_to_do);
async fn what_is_no_snapshot_event_is_refused_and_says_what_to_do(server: &Server) {
    let thin = fixture("2026-10-28.endive.thin.json");
    let answer = server.post_text(&thin).await;
    assert_answer(&answer, 400, "THIN_EVENT", "");
    assert!(answer.body["message"].as_str().expect("a message").contains("snapshot"));
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_event = server.paid().to_string().replace("\"metadata\":{}", &format!("\"metadata\":{deep}"));
    for body in ["", "{", "null", "no JSON", "\u{0}", deep.as_str(), deep_event.as_str()] {
        let answer = server.post_text(body).await;
        let word = if body == "null" { "NOT_AN_EVENT" } else { "NOT_JSON" };
        assert_answer(&answer, 400, word, "");
    }
    assert_answer(&server.post_text("{}").await, 400, "NOT_AN_EVENT", "");
    let not_utf8 = server.post_signed(URL, vec![b'"', 0xff, b'"'], &secret()).await;
    assert_answer(&not_utf8, 400, "NOT_JSON", "");
    assert_eq!(server.count("deliveries").await, 0);
}

both_databases!(a_body_of_the_limit_is_read_and_one_byte_more_is_too_large);
async fn a_body_of_the_limit_is_read_and_one_byte_more_is_too_large(server: &Server) {
    let event = server.paid().to_string();
    let padded = |bytes: usize| format!("{event}{}", " ".repeat(bytes - event.len()));
    assert_answer(&server.post_text(&padded(BODY_BYTES_MAX)).await, 200, "recorded", "");
    assert_answer(&server.post_text(&padded(BODY_BYTES_MAX + 1)).await, 413, "BODY_TOO_LARGE", "");
}

both_databases!(an_amount_that_cannot_be_is_ignored_with_the_field_that_is_wrong);
async fn an_amount_that_cannot_be_is_ignored_with_the_field_that_is_wrong(server: &Server) {
    for (field, value) in [
        ("amount", json!(-1)),
        ("amount", json!(1_000_000_000_000_i64)),
        ("amount", serde_json::from_str("12345678901234567890").expect("a number")),
        ("amount", serde_json::from_str("123456789012345678901234567890").expect("a number")),
        ("amount", json!(1.5)),
        ("amount", json!("5000")),
        ("amount_captured", json!(-1)),
        ("created", json!(-1)),
        ("created", json!(i64::MAX)),
        ("currency", json!("dollars")),
        ("currency", json!("")),
        ("status", json!("new")),
        ("id", json!("")),
        ("id", json!("x".repeat(256))),
        ("customer", json!(7)),
    ] {
        let mut event = server.paid();
        event["data"]["object"][field] = value;
        let answer = server.post_event("default", Mode::Test, &event).await;
        assert_answer(&answer, 200, "ignored", "UNREADABLE");
        let detail = answer.body["detail"].as_str().expect("a detail");
        assert!(detail.starts_with(&format!("data.object.{field} ")), "{detail}");
    }
    assert_eq!(server.count("charges").await, 0);
}

both_databases!(a_currency_that_nobody_knows_is_recorded_and_counts_nothing);
async fn a_currency_that_nobody_knows_is_recorded_and_counts_nothing(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.take(Payment::of("ben@example.com", 50_000).in_currency("zzz")).await;
    assert_eq!(server.stands(&ben.id).await.1, 0);
}

/// Puts a NUL into every text of a body but the words that are its own.
fn spoiled(value: &mut Value) {
    match value {
        Value::String(text) => text.push('\0'),
        Value::Array(items) => items.iter_mut().for_each(spoiled),
        Value::Object(fields) => fields.values_mut().for_each(spoiled),
        _ => {}
    }
}

both_databases!(a_nul_in_any_text_is_left_out_and_the_rest_is_recorded);
async fn a_nul_in_any_text_is_left_out_and_the_rest_is_recorded(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut event = server.paid();
    spoiled(&mut event);
    assert_answer(&server.post_event("default", Mode::Test, &event).await, 200, "recorded", "");
    assert_eq!(server.stands(&ben.id).await.1, 5_000);
    let mut unknown = server.event("some\0thing.new", false, json!({ "id": "x\0" }));
    spoiled(&mut unknown);
    assert_answer(&server.post_event("default", Mode::Test, &unknown).await, 200, "ignored", "TYPE");
}

both_databases!(an_event_that_names_no_new_money_is_ignored);
async fn an_event_that_names_no_new_money_is_ignored(server: &Server) {
    for kind in ["payment_intent.succeeded", "invoice.paid", "something.new", "charge", "charge.dispute"] {
        let event = server.event(kind, false, json!({ "id": "in_1", "object": "invoice", "amount_paid": 5_000 }));
        assert_answer(&server.post_event("default", Mode::Test, &event).await, 200, "ignored", "TYPE");
    }
}

both_databases!(two_events_of_one_object_in_one_second_come_to_the_same_in_any_order);
async fn two_events_of_one_object_in_one_second_come_to_the_same_in_any_order(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    for (email, turned) in [("ann@example.com", false), ("ben@example.com", true)] {
        let referral = server.register(&campaign, &maya, email).await;
        let mut charge = server.charge(Payment::of(email, 5_000)).body;
        let paid = server.event("charge.succeeded", false, charge.clone());
        charge["amount_refunded"] = 2_000.into();
        let mut refunded = server.event("charge.refunded", false, charge);
        refunded["created"] = paid["created"].clone();
        let mut events = [paid, refunded];
        if turned {
            events.reverse();
        }
        for event in events {
            assert_answer(&server.post_event("default", Mode::Test, &event).await, 200, "recorded", "");
        }
        assert_eq!(server.stands(&referral.id).await.1, 3_000);
    }
}

both_databases!(the_same_event_through_both_urls_changes_nothing_more);
async fn the_same_event_through_both_urls_changes_nothing_more(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let body = server.paid().to_string().into_bytes();
    let own = format!("/webhooks/stripe/{}", campaign.id);
    assert_answer(&server.post_signed(&own, body.clone(), &secret()).await, 200, "recorded", "");
    let events = server.events("default", "TEST").await;
    for path in [URL, own.as_str()] {
        assert_answer(&server.post_signed(path, body.clone(), &secret()).await, 200, "duplicate", "");
    }
    assert_eq!(server.events("default", "TEST").await, events);
    assert_eq!(server.stands(&ben.id).await.1, 5_000);
}

both_databases!(secrets_rotate_without_a_delivery_being_lost);
async fn secrets_rotate_without_a_delivery_being_lost(server: &Server) {
    let everybody = Caller::internal(&Scope::ALL);
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    let post = async |secret: &str| {
        let body = server.paid().to_string().into_bytes();
        server.post_signed(URL, body, secret).await.status
    };
    let (old, new) = (secret(), "whsec_the_new_one_0123456789");
    assert_eq!((post(&old).await, post(new).await), (200, 400));
    // A URL is asked about once a second at most.
    server.clock.advance_seconds(2);
    let once = Repeatable::default();
    server.app.add_secret(&everybody, ledger, new, None, &once).await.expect("added");
    assert_eq!((post(new).await, post(&old).await), (200, 200), "both at once, and the new one at once");
    let secrets = server.app.secrets(&everybody, "default", true).await.expect("listed");
    let first = secrets.iter().find(|known| known.plain.as_deref() == Some(&old)).expect("the old one");
    let tomorrow = Some(server.now().plus_days(1));
    server.app.remove_secret(&everybody, first.row.id, tomorrow).await.expect("it will end");
    server.clock.advance_seconds(86_000);
    assert_eq!((post(&old).await, post(new).await), (200, 200), "until the day that was said");
    server.clock.advance_seconds(406);
    assert_eq!((post(&old).await, post(new).await), (400, 200), "then it stops within seconds");
    let secrets = server.app.secrets(&everybody, "default", true).await.expect("listed");
    let [second] = secrets.as_slice() else { panic!("one is left") };
    server.app.remove_secret(&everybody, second.row.id, None).await.expect("removed");
    server.clock.advance_seconds(6);
    assert_eq!(post(new).await, 400, "a removed one stops within seconds");
}

both_databases!(a_database_that_is_gone_is_503_until_it_is_back);
async fn a_database_that_is_gone_is_503_until_it_is_back(server: &Server) {
    let event = server.paid();
    assert_answer(&server.post_event("default", Mode::Test, &event).await, 200, "recorded", "");
    server.app.store.close().await;
    let event = server.paid();
    let answer = server.post_event("default", Mode::Test, &event).await;
    assert_answer(&answer, 503, "STORE_UNAVAILABLE", "");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(server.get("/healthz").await.status, 200);
}

both_databases!(a_client_that_goes_away_in_the_middle_leaves_nothing_half_done);
async fn a_client_that_goes_away_in_the_middle_leaves_nothing_half_done(server: &Server) {
    let event = server.paid();
    let body = event.to_string();
    let signature = signature::sign(body.as_bytes(), &secret(), server.now());
    let head = format!(
        "POST {URL} HTTP/1.1\r\nhost: it\r\ncontent-length: {}\r\nstripe-signature: {signature}\r\n\r\n",
        body.len()
    );
    for sent in [0, 1, head.len() / 2, head.len(), head.len() + 10, head.len() + body.len()] {
        let mut stream = TcpStream::connect(server.sidecar_at).await.expect("connects");
        stream.write_all(&format!("{head}{body}").as_bytes()[..sent]).await.expect("sent");
        drop(stream);
    }
    let answer = server.post_event("default", Mode::Test, &event).await;
    assert!(answer.status == 200 && ["recorded", "duplicate"].contains(&answer.word()), "{answer:?}");
    assert_eq!((server.count("deliveries").await, server.count("charges").await), (1, 1));
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stripe").join(name);
    fs::read_to_string(&path).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

both_databases!(bodies_of_three_api_versions_are_recorded);
async fn bodies_of_three_api_versions_are_recorded(server: &Server) {
    for version in ["2020-08-27", "2023-10-16", "2026-10-28.endive"] {
        for kind in [
            "customer.created",
            "checkout.session.completed",
            "charge.succeeded.customer",
            "charge.succeeded.guest",
            "charge.captured.partial",
            "charge.refunded",
            "refund.created",
            "refund.failed",
            "charge.dispute.created",
            "charge.dispute.closed",
        ] {
            let mut event: Value = serde_json::from_str(&fixture(&format!("{version}.{kind}.json"))).expect("JSON");
            let mode = if event["livemode"] == true { Mode::Live } else { Mode::Test };
            assert_eq!(mode, Mode::Test, "{version} {kind}");
            // The versions have the same ids; as deliveries they are others.
            event["id"] = format!("evt_{version}_{kind}").into();
            assert_answer(&server.post_event("default", mode, &event).await, 200, "recorded", "");
        }
    }
}

/// Every JSON file of the corpus, as far as it is there.
fn corpus() -> Vec<PathBuf> {
    let named = std::env::var_os("REFERRALD_STRIPE_CORPUS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/stripe-events"));
    let mut files = Vec::new();
    for part in ["stripe-ruby-mock", "stripe-sync-engine"] {
        let entries = fs::read_dir(folder.join(part)).into_iter().flatten().flatten();
        files.extend(entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "json")));
    }
    if files.is_empty() {
        assert!(std::env::var_os("CI").is_none(), "REFERRALD_STRIPE_CORPUS names no folder of Stripe event bodies");
        println!("skipped: REFERRALD_STRIPE_CORPUS names no folder of Stripe event bodies");
    }
    files
}

both_databases!(every_body_that_others_captured_is_taken_or_refused_and_never_fails);
async fn every_body_that_others_captured_is_taken_or_refused_and_never_fails(server: &Server) {
    server.take_webhooks_of("default", Mode::Live).await;
    for path in corpus() {
        let body = fs::read(&path).expect("a file");
        let event: Value = serde_json::from_slice(&body).unwrap_or_default();
        let mode = if event["livemode"] == true { Mode::Live } else { Mode::Test };
        let secret = Server::secret_of("default", mode);
        let answer = server.post_signed(URL, body, &secret).await;
        assert!([200, 400].contains(&answer.status), "{}: {answer:?}", path.display());
        assert!(!answer.word().is_empty(), "{}: {answer:?}", path.display());
    }
}

both_databases!(an_event_without_a_campaign_waits_for_the_registration);
async fn an_event_without_a_campaign_waits_for_the_registration(server: &Server) {
    let at = server.now();
    let body =
        sample::event("evt_1", "customer.created", at, false, sample::customer("cus_1", "b@example.com", "B", at));
    assert_answer(&server.post_event("default", Mode::Test, &body).await, 200, "recorded", "");
    server.take(Payment::of("", 7_000).by("cus_1")).await;
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let referral = server.register_at(&campaign, &maya, "b@example.com", at).await;
    assert_eq!(server.stands(&referral.id).await.1, 7_000);
}
