//! `referrald import` of a million charges: how many a minute, and what the importer and the service have in memory at
//! most. The lines are written as they are read, so that the disk only takes the database. Run by
//! `just bench --bench import`, or with `-- 10000000 sqlite` for so many charges and one database.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark reads the real clock and prints figures"
)]

#[path = "../tests/support/postgres.rs"]
mod postgres;
mod support;

use std::io::{BufWriter, Read, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use referrald::domain::time::Time;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use referrald::stripe::sample;
use support::{Server, memory_kib, people};

const CHARGES: u64 = 1_000_000;
/// Who pays, in turn; so many of them are registered.
const PEOPLE: u64 = 100_000;
const REGISTERED: u64 = 1_000;
/// The first charge, and how many seconds lie between two.
const BEGUN_AT: i64 = 1_700_000_000;
const SECONDS: i64 = 5;
/// How long a line of Stripe's is, about.
const LINE_BYTES: usize = 2_048;
const LOOK_PAUSE: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let charges = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(CHARGES);
    let names = ["sqlite", "postgres"];
    let asked: Vec<&str> = names.into_iter().filter(|name| arguments.iter().any(|asked| asked == name)).collect();
    println!(
        "{:<9} {:>10} {:>8} {:>11} {:>13} {:>12}",
        "database", "charges", "seconds", "a minute", "importer, KiB", "service, KiB"
    );
    for database in if asked.is_empty() { names.to_vec() } else { asked } {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start(&support::database(database, folder.path()), folder.path());
        register(&server).await;
        let (seconds, importer_kib) = import(&server, charges);
        let a_minute = charges as f64 / seconds * 60.0;
        let service_kib = server.highest_kib();
        println!("{database:<9} {charges:>10} {seconds:>8.0} {a_minute:>11.0} {importer_kib:>13} {service_kib:>12}");
    }
}

async fn register(server: &Server) {
    let channel = people::connect(&server.grpc).await;
    let campaign = people::campaign(channel.clone(), vec![]).await;
    let mut referrals = ReferralServiceClient::new(channel);
    for person in 0..REGISTERED {
        people::register(&mut referrals, &campaign, email(person)).await;
    }
}

fn email(person: u64) -> String {
    format!("person{person:08}@example.com")
}

/// Imports so many charges; how many seconds that took, and what the importer had in memory at most.
fn import(server: &Server, charges: u64) -> (f64, u64) {
    let began = Instant::now();
    let mut importer = Command::new(env!("CARGO_BIN_EXE_referrald"))
        .args(["import", "--mode", "test", "-"])
        .env("REFERRALD_SERVER", format!("http://{}", server.grpc))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let (lines, mut said) = (importer.stdin.take().expect("piped"), importer.stdout.take().expect("piped"));
    let writer = thread::spawn(move || write(lines, charges));
    let id = importer.id();
    let watcher = thread::spawn(move || {
        let mut highest = 0;
        // Nothing is told of one that has ended.
        while let Some(kib) = memory_kib(id, "VmHWM") {
            highest = kib;
            thread::sleep(LOOK_PAUSE);
        }
        highest
    });
    let mut text = String::new();
    said.read_to_string(&mut text).expect("text");
    let seconds = began.elapsed().as_secs_f64();
    let highest = watcher.join().expect("it looks until the end");
    assert!(importer.wait().expect("it ends").success(), "{text}");
    assert!(text.starts_with(&format!("{charges} lines: {charges} recorded, 0 known before")), "{text}");
    writer.join().expect("all lines were written");
    (seconds, highest)
}

/// A charge to a line, each with an id and a time of its own.
fn write(lines: ChildStdin, charges: u64) {
    let template = template();
    let mut lines = BufWriter::new(lines);
    for number in 0..charges {
        let at = BEGUN_AT + SECONDS * i64::try_from(number).expect("not that many");
        for part in template.split('@') {
            let written = match part {
                "ID" => write!(lines, "{number:012}"),
                "EMAIL" => write!(lines, "{}", email(number % PEOPLE)),
                "TIME" => write!(lines, "{at}"),
                text => write!(lines, "{text}"),
            };
            written.expect("the importer reads");
        }
    }
    lines.flush().expect("the importer reads");
}

/// A charge as Stripe lists it, with names in the place of what differs.
fn template() -> String {
    let mut charge = sample::charge(sample::Charge {
        id: "ch_@ID@",
        amount_minor: 5_000,
        currency: "eur",
        created_at: Time::from_seconds(BEGUN_AT),
        customer_id: None,
        payment_intent_id: Some("pi_@ID@"),
        email: Some("@EMAIL@"),
        captured_minor: 5_000,
        refunded_minor: 0,
    });
    let description = LINE_BYTES.saturating_sub(charge.to_string().len());
    charge["description"] = "x".repeat(description).into();
    charge.to_string().replace(&BEGUN_AT.to_string(), "@TIME@") + "\n"
}
