//! Signed webhook → durable commit, through the whole sidecar; beside it, on the same database in the same run, one
//! committed single-row insert per event; then the same with work waiting on a Stripe that hangs. Run by
//! `just bench --bench ingest`, or one half of it with `-- inserts` or `-- jobs`.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark reads the real clock and prints figures"
)]

mod beside_jobs;
mod inserts;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use inserts::inserts;
use referrald::clock::Clock;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::proto::v1::add_webhook_secret_request::Ledger;
use referrald::proto::v1::campaign_service_client::CampaignServiceClient;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use referrald::stripe::{sample, signature};
use support::{Run, Server, millis, number, people};

const SECRET: &str = "whsec_bench_0123456789";
const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// People who pay, now and then the same; every second is a referral.
const PEOPLE: usize = 4000;

#[tokio::main]
async fn main() {
    let events = number("REFERRALD_BENCH_EVENTS", 6000);
    let halves: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let asked = |half: &str| halves.is_empty() || halves.iter().any(|asked| asked == half);
    if asked("inserts") {
        beside_inserts(events).await;
    }
    if asked("jobs") {
        beside_jobs::run(events).await;
    }
}

async fn beside_inserts(events: usize) {
    println!(
        "{:<9} {:>5} {:>9} {:>8} {:>8} {:>8}   {:>9} {:>8} {:>8} {:>6}",
        "", "", "webhooks", "p50", "p99", "CPU", "inserts", "p50", "p99", ""
    );
    println!(
        "{:<9} {:>5} {:>9} {:>8} {:>8} {:>8}   {:>9} {:>8} {:>8} {:>6}",
        "database", "conns", "/s", "ms", "ms", "us/ev", "/s", "ms", "ms", "ratio"
    );
    for database in ["sqlite", "postgres"] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = support::database(database, folder.path());
        let server = Server::start(&url, folder.path());
        prepare(&server).await;
        let only = number("REFERRALD_BENCH_CONNECTIONS", 0);
        for (round, connections) in CONNECTIONS.into_iter().enumerate().filter(|(_, n)| only == 0 || only == *n) {
            let count = if connections == 1 { events / 6 } else { events };
            let bodies = bodies(round, count);
            let cpu = server.cpu_seconds();
            let webhooks = webhooks(&server, connections, bodies).await;
            let cpu = (server.cpu_seconds() - cpu) * 1e6 / count as f64;
            let inserts = inserts(&url, folder.path(), connections, count).await;
            println!(
                "{database:<9} {connections:>5} {:>9.0} {:>8.2} {:>8.2} {cpu:>8.0}   {:>9.0} {:>8.2} {:>8.2} {:>5.2}x",
                webhooks.per_second,
                millis(webhooks.p50),
                millis(webhooks.p99),
                inserts.per_second,
                millis(inserts.p50),
                millis(inserts.p99),
                webhooks.per_second / inserts.per_second,
            );
        }
        println!("{database:<9} resident after all: {} KiB", server.resident_kib());
    }
}

/// A live campaign, a secret, and the referrals.
async fn prepare(server: &Server) -> String {
    let channel = people::connect(&server.grpc).await;
    let id = people::campaign(channel.clone(), vec![]).await;
    let ledger = Some(Ledger::CampaignId(id.clone()));
    let request = v1::AddWebhookSecretRequest { ledger, secret: SECRET.into(), ..Default::default() };
    CampaignServiceClient::new(channel).add_webhook_secret(request).await.expect("added");
    register(server, &id, (0..PEOPLE).step_by(2)).await;
    id
}

/// Registers people in a campaign.
async fn register(server: &Server, campaign_id: &str, numbers: impl Iterator<Item = usize>) {
    let mut referrals = ReferralServiceClient::new(people::connect(&server.grpc).await);
    for i in numbers {
        people::register(&mut referrals, campaign_id, email(i)).await;
    }
}

fn email(i: usize) -> String {
    format!("person{i}@example.com")
}

/// Charges of known customers, as Stripe sends them.
fn bodies(round: usize, count: usize) -> Vec<Bytes> {
    let now = Clock::default().now();
    (0..count).map(|i| Bytes::from(body(round, i, now))).collect()
}

fn body(round: usize, i: usize, now: Time) -> Vec<u8> {
    let person = i % PEOPLE;
    let (id, intent) = (format!("ch_{round}_{i}"), format!("pi_{round}_{i}"));
    let (customer, email) = (format!("cus_{person}"), email(person));
    let charge = sample::charge(sample::Charge {
        id: &id,
        amount_minor: 4900,
        currency: "eur",
        created_at: now,
        customer_id: Some(&customer),
        payment_intent_id: Some(&intent),
        email: Some(&email),
        captured_minor: 4900,
        refunded_minor: 0,
    });
    let event = sample::event(&format!("evt_{round}_{i}"), "charge.succeeded", now, false, charge);
    event.to_string().into_bytes()
}

/// Posts every body once over so many connections.
async fn webhooks(server: &Server, connections: usize, bodies: Vec<Bytes>) -> Run {
    let uri: Arc<str> = format!("http://{}/webhooks/stripe/accounts/default", server.webhooks).into();
    let now = Clock::default().now();
    let signed: Vec<(Bytes, String)> =
        bodies.into_iter().map(|body| (body.clone(), signature::sign(&body, SECRET, now))).collect();
    let (signed, next) = (Arc::new(signed), Arc::new(AtomicUsize::new(0)));
    run(connections, move || {
        let (uri, signed, next) = (uri.clone(), signed.clone(), next.clone());
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        async move {
            let mut times = Vec::new();
            while let Some((body, signature)) = signed.get(next.fetch_add(1, Ordering::Relaxed)) {
                let request = Request::post(&*uri).header("stripe-signature", signature).body(Full::new(body.clone()));
                let began = Instant::now();
                let response = client.request(request.expect("a request")).await.expect("an answer");
                assert!(response.status().is_success(), "{}", response.status());
                response.into_body().collect().await.expect("a body");
                times.push(began.elapsed());
            }
            times
        }
    })
    .await
}

/// Runs so many workers at once.
async fn run<F>(workers: usize, worker: impl Fn() -> F) -> Run
where
    F: Future<Output = Vec<std::time::Duration>> + Send + 'static,
{
    let began = Instant::now();
    let tasks: Vec<_> = (0..workers).map(|_| tokio::spawn(worker())).collect();
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await.expect("no panic"));
    }
    Run::new(began.elapsed(), each)
}
