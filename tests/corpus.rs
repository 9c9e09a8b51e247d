//! Events and signatures that others wrote, and whole bodies of our own in three API versions.
//!
//! The corpus is no part of the project: `REFERRALD_STRIPE_CORPUS` names its folder. Without it these tests say that
//! they were skipped, and fail where `CI` is set. So does the one that asks Stripe's own library.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use referrald::convert::{Violations, deliveries_from_proto, delivery_to_proto};
use referrald::domain::delivery::{Content, Delivery, Ignored};
use referrald::domain::fact::Fact;
use referrald::domain::time::Time;
use referrald::stripe::event::{Refusal, read};
use referrald::stripe::signature::{Key, sign, verify};
use referrald::stripe::{EVENT_TYPES, sample};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is not there is said, and in CI it is a failure.
fn found(path: PathBuf, how: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    assert!(env::var_os("CI").is_none(), "{} is missing: {how}", path.display());
    println!("skipped: {} is missing: {how}", path.display());
    None
}

fn corpus() -> Option<PathBuf> {
    let named = env::var_os("REFERRALD_STRIPE_CORPUS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root().join("../shared/data/stripe-events"));
    found(folder, "REFERRALD_STRIPE_CORPUS names a folder of Stripe event bodies")
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|problem| panic!("{}: {problem}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

fn parsed(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

/// Whatever the reader makes of a body, the service must take it as it is: a delivery that it refused would come again
/// for three days.
fn assert_taken_by_the_service(delivery: &Delivery, body: &str) {
    let mut violations = Violations::default();
    let back = deliveries_from_proto(&mut violations, delivery.route, vec![delivery_to_proto(delivery)]);
    assert_eq!(violations.finish(), Ok(()), "{body}");
    assert_eq!(back.first(), Some(delivery), "{body}");
}

/// What became of a body in a word; every delivery that is ignored says why.
fn verdict(body: &str) -> &'static str {
    match read(body.as_bytes()) {
        Ok(event) => {
            assert_taken_by_the_service(&event.delivery, body);
            match &event.delivery.content {
                Content::Facts(facts) if !facts.is_empty() => "facts",
                Content::Facts(_) => panic!("neither facts nor a reason: {body}"),
                Content::Ignored(why, detail) => {
                    assert!(!detail.is_empty(), "no reason: {body}");
                    if *why == Ignored::Type { "type" } else { "unreadable" }
                }
            }
        }
        Err(refusal) => {
            assert!(!refusal.message().is_empty());
            "refused"
        }
    }
}

#[test]
fn every_event_that_others_captured_is_read_or_ignored_for_a_reason() {
    let Some(corpus) = corpus() else { return };
    let folders = ["stripe-ruby-mock", "stripe-sync-engine"].map(|name| corpus.join(name));
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| json_files(folder)).collect();
    assert!(files.len() > 100, "{} files", files.len());
    let mut others = Vec::new();
    for path in files {
        let body = fs::read_to_string(&path).expect("text");
        let kind = parsed(&path)["type"].as_str().unwrap_or_default().to_owned();
        let expected = if EVENT_TYPES.contains(&kind.as_str()) { "facts" } else { "type" };
        let verdict = verdict(&body);
        if verdict != expected {
            others.push(format!("{}: {verdict}", path.file_stem().expect("a name").display()));
        }
    }
    // Sketches from before 2015: a charge without a status, disputes without an id.
    let sketches = ["charge.dispute.closed", "charge.dispute.updated", "charge.updated"];
    assert_eq!(others, sketches.map(|name| format!("{name}: unreadable")));
}

#[test]
fn every_object_of_the_newest_api_is_read_in_an_envelope() {
    let Some(corpus) = corpus() else { return };
    let resources = parsed(&corpus.join("stripe-openapi/fixtures3.json"))["resources"].take();
    for (resource, kinds) in [
        ("charge", "charge."),
        ("refund", "refund."),
        ("refund", "charge.refund."),
        ("dispute", "charge.dispute."),
        ("customer", "customer."),
        ("deleted_customer", "customer.deleted"),
        ("checkout.session", "checkout.session."),
    ] {
        let of_kind = |kind: &&&str| kind.starts_with(kinds) && (kinds != "charge." || kind.split('.').count() == 2);
        for kind in EVENT_TYPES.iter().filter(of_kind) {
            let object = resources[resource].clone();
            let body = sample::event("evt_1", kind, Time::from_seconds(1_795_000_000), false, object).to_string();
            assert_eq!(verdict(&body), "facts", "{kind}");
        }
    }
    for (resource, object) in resources.as_object().expect("resources") {
        let at = Time::from_seconds(1_795_000_000);
        for kind in EVENT_TYPES {
            // An object under a type that is not its own is no fact of another object.
            let body = sample::event("evt_1", kind, at, false, object.clone()).to_string();
            let verdict = verdict(&body);
            assert!(["facts", "unreadable"].contains(&verdict), "{resource} as {kind}: {verdict}");
        }
    }
}

#[test]
fn signatures_get_the_verdict_of_stripes_own_library() {
    let Some(corpus) = corpus() else { return };
    let vectors = parsed(&corpus.join("signature-vectors.json"));
    let payload = vectors["payload"].as_str().expect("a payload");
    let reserialised = serde_json::from_str::<Value>(payload).expect("JSON").to_string();
    let key = Key::new(vectors["secret"].as_str().expect("a secret"));
    let cases = vectors["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 21);
    for case in cases {
        let body = match case["payload"].as_str() {
            Some("payload + trailing newline") => format!("{payload}\n"),
            Some("reserialised payload") => reserialised.clone(),
            _ => payload.to_owned(),
        };
        let now = Time::from_seconds(case["now"].as_i64().expect("a time"));
        let verdict = verify(body.as_bytes(), case["header"].as_str(), [&key], now);
        assert_eq!(verdict.is_ok(), case["official_node"] == "ok", "{}: {verdict:?}", case["name"]);
    }
}

/// Runs Python with Stripe's own library over what stands on its standard input.
fn official(script: &str, input: &Value) -> Option<String> {
    let python = root().join("target/tools/venv/bin/python");
    let how = "python3 -m venv target/tools/venv && target/tools/venv/bin/pip install stripe==16.1.0";
    let mut child = Command::new(found(python, how)?)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    child.stdin.take().expect("piped").write_all(input.to_string().as_bytes()).expect("written");
    let output = child.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "Stripe's library refused");
    Some(String::from_utf8(output.stdout).expect("text").trim().to_owned())
}

#[test]
fn what_we_sign_stripes_own_library_takes_and_the_other_way_round() {
    let at = Time::from_seconds(1_795_000_000);
    let customer = sample::customer("cus_1", "ada@example.com", "Ada Łovelace", at);
    let body = sample::event("evt_1", "customer.created", at, false, customer).to_string();
    let (secret, header) = ("whsec_0123456789abcdef", sign(body.as_bytes(), "whsec_0123456789abcdef", at));
    let input = json!({ "body": body, "header": header, "secret": secret, "at": at.seconds() });
    let script = "import json, sys, stripe\n\
        given = json.load(sys.stdin)\n\
        stripe.Webhook.construct_event(given['body'], given['header'], given['secret'], tolerance=None)\n\
        signed = '%d.%s' % (given['at'], given['body'])\n\
        print('t=%d,v1=%s' % (given['at'], stripe.WebhookSignature._compute_signature(signed, given['secret'])))";
    let Some(theirs) = official(script, &input) else { return };
    assert_eq!(verify(body.as_bytes(), Some(&theirs), [&Key::new(secret)], at), Ok(0));
    assert_eq!(theirs, header);
}

fn fixtures() -> Vec<PathBuf> {
    json_files(&root().join("tests/fixtures/stripe"))
}

fn fixture(name: &str) -> Vec<Fact> {
    let body = fs::read(root().join(format!("tests/fixtures/stripe/{name}.json"))).expect(name);
    match read(&body).expect(name).delivery.content {
        Content::Facts(facts) => facts,
        other @ Content::Ignored(..) => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_body_of_our_own_brings_facts_and_the_thin_one_is_refused() {
    for path in fixtures() {
        let body = fs::read_to_string(&path).expect("text");
        if path.to_string_lossy().ends_with("thin.json") {
            assert_eq!(read(body.as_bytes()), Err(Refusal::Thin));
        } else {
            assert_eq!(verdict(&body), "facts", "{}", path.display());
        }
    }
    assert_eq!(fixtures().len(), 32);
}

#[test]
fn three_api_versions_tell_of_the_same_money() {
    for version in ["2020-08-27", "2023-10-16", "2026-10-28.endive"] {
        let charge = |name: &str| match fixture(&format!("{version}.{name}")).swap_remove(0) {
            Fact::Charge(charge) => charge,
            other => panic!("{other:?}"),
        };
        let paid = charge("charge.succeeded.customer");
        assert_eq!((paid.captured_minor, paid.customer_id.as_deref()), (4900, Some("cus_Referrald00001")));
        let guest = charge("charge.succeeded.guest");
        assert!(guest.customer_id.is_none() && guest.emails.contains_key("grace@example.com"));
        let partial = charge("charge.captured.partial");
        let given_back: i64 = partial.refunded.keys().sum();
        assert_eq!((partial.captured_minor, given_back - partial.released_minor), (3000, 0), "{version}");
        assert_eq!(charge("charge.refunded").refunded.keys().collect::<Vec<_>>(), [&1500]);
    }
    let old = fixture("2020-08-27.charge.refunded");
    assert!(matches!(&old[..], [_, Fact::Refund(refund)] if refund.amount_minor == 1500));
}

#[test]
fn the_sample_bodies_are_whole_bodies_of_the_newest_version() {
    let at = Time::from_seconds(1_795_000_000);
    let made = [
        (
            "charge.succeeded.customer",
            sample::charge(sample::Charge {
                id: "ch_0Referrald000000000000001",
                amount_minor: 4900,
                currency: "eur",
                created_at: at,
                customer_id: Some("cus_Referrald00001"),
                payment_intent_id: Some("pi_0Referrald000000000000001"),
                email: Some("Ada@Example.com"),
                captured_minor: 4900,
                refunded_minor: 0,
            }),
        ),
        (
            "refund.failed",
            sample::refund(
                "re_0Referrald000000000000001",
                "ch_0Referrald000000000000001",
                1500,
                "eur",
                at.plus_days(1),
                "failed",
            ),
        ),
        (
            "customer.created",
            sample::customer("cus_Referrald00001", "Ada@Example.com", "Ada Example", at.plus_seconds(-3600)),
        ),
    ];
    for (name, object) in made {
        let path = root().join(format!("tests/fixtures/stripe/{}.{name}.json", sample::API_VERSION));
        assert_eq!(parsed(&path)["data"]["object"], object, "{name}");
    }
}

/// Every path to a value that is no object or list.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| leaves(value, &format!("{path}/{i}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn whatever_a_field_holds_nothing_breaks_and_the_service_takes_what_is_read() {
    let nested = (0..100).fold(Value::Null, |inner, _| json!([inner]));
    let odd = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!("\u{0}\u{7f} \n"),
        json!("é".repeat(2000)),
        json!({}),
        json!([{}]),
        nested,
    ];
    for path in fixtures().into_iter().filter(|path| path.to_string_lossy().contains("endive")) {
        let whole = parsed(&path);
        let mut paths = Vec::new();
        leaves(&whole, "", &mut paths);
        for (leaf, odd) in paths.iter().flat_map(|leaf| odd.iter().map(move |odd| (leaf, odd))) {
            let mut changed = whole.clone();
            *changed.pointer_mut(leaf).expect("a leaf") = odd.clone();
            verdict(&changed.to_string());
        }
    }
}
