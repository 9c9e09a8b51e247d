//! `GetReferral` beside a bare tonic unary method, in the same run over one connection each. Run by
//! `just bench --bench read`.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark reads the real clock and prints figures"
)]

#[path = "../tests/support/postgres.rs"]
mod postgres;
mod support;

use std::time::Instant;

use referrald::proto::v1;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use support::people::{self, connect};
use support::{Run, Server, millis, number};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const CALLS_AT_ONCE: usize = 32;

#[tokio::main]
async fn main() {
    let calls = number("REFERRALD_BENCH_CALLS", 30_000);
    println!("{:<9} {:<24} {:>9} {:>8} {:>8} {:>8}", "database", "method", "calls/s", "p50 ms", "p99 ms", "us/call");
    let bare = bare().await;
    for database in ["sqlite", "postgres"] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = support::database(database, folder.path());
        let server = Server::start(&url, folder.path());
        let channel = connect(&server.grpc).await;
        let id = referral(channel.clone()).await;
        let health = |channel: Channel| async move {
            HealthClient::new(channel).check(HealthCheckRequest::default()).await.expect("healthy");
        };
        let get = move |channel: Channel| {
            let id = id.clone();
            async move {
                let request = v1::GetReferralRequest { id };
                ReferralServiceClient::new(channel).get_referral(request).await.expect("found");
            }
        };
        let bare = {
            let channel = connect(&bare).await;
            run(&channel, calls, health).await
        };
        print(database, "bare tonic unary", &bare, None, None);
        let cpu = server.cpu_seconds();
        let gated = run(&channel, calls, health).await;
        print(
            database,
            "health through the gate",
            &gated,
            Some(&bare),
            Some((server.cpu_seconds() - cpu) * 1e6 / calls as f64),
        );
        let cpu = server.cpu_seconds();
        let read = run(&channel, calls, get).await;
        print(database, "GetReferral", &read, Some(&bare), Some((server.cpu_seconds() - cpu) * 1e6 / calls as f64));
    }
}

fn print(database: &str, method: &str, run: &Run, against: Option<&Run>, cpu_micros: Option<f64>) {
    let ratio = against.map(|bare| format!("{:.0} %", run.per_second / bare.per_second * 100.0)).unwrap_or_default();
    let cpu = cpu_micros.map(|micros| format!("{micros:.0}")).unwrap_or_default();
    println!(
        "{database:<9} {method:<24} {:>9.0} {:>8.2} {:>8.2} {cpu:>8} {ratio:>6}",
        run.per_second,
        millis(run.p50),
        millis(run.p99)
    );
}

/// A server of one method that does nothing, in this process.
async fn bare() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (_, health) = tonic_health::server::health_reporter();
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    tokio::spawn(tonic::transport::Server::builder().add_service(health).serve_with_incoming(incoming));
    address
}

/// A referral to read.
async fn referral(channel: Channel) -> String {
    let campaign = people::campaign(channel.clone(), vec![]).await;
    people::register(&mut ReferralServiceClient::new(channel), &campaign, "bob@example.com".to_owned()).await
}

/// Makes the calls, so many at once.
async fn run<F>(channel: &Channel, calls: usize, call: impl Fn(Channel) -> F + Clone + Send + 'static) -> Run
where
    F: Future<Output = ()> + Send,
{
    let began = Instant::now();
    let workers: Vec<_> = (0..CALLS_AT_ONCE)
        .map(|_| {
            let (channel, call) = (channel.clone(), call.clone());
            async move {
                let mut times = Vec::new();
                for _ in 0..calls / CALLS_AT_ONCE {
                    let began = Instant::now();
                    call(channel.clone()).await;
                    times.push(began.elapsed());
                }
                times
            }
        })
        .collect();
    let mut set = tokio::task::JoinSet::new();
    for worker in workers {
        set.spawn(worker);
    }
    let each = set.join_all().await.into_iter().flatten().collect();
    Run::new(began.elapsed(), each)
}
