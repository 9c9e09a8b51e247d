//! `WatchEvents`: how long after a change its event is with those who watch, on the process that made it and on another
//! one; and what the service has in memory for readers who have stopped. Run by `just bench --bench watch`.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark reads the real clock and prints figures"
)]

#[path = "../tests/support/postgres.rs"]
mod postgres;
mod support;

use std::time::{Duration, Instant};

use prost_types::FieldMask;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::event::{Cause, Change, Event, Kind};
use referrald::domain::id::ReferralId;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::proto::v1::qualification_service_client::QualificationServiceClient;
use referrald::proto::v1::referral_service_client::ReferralServiceClient;
use referrald::store::Store;
use support::people::{self, connect};
use support::{Server, millis, number};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::Streaming;
use tonic::transport::Channel;

/// How many watch over one connection.
const WATCHERS_EACH: usize = 125;
/// How often a process looks for what others wrote: changes are spread over such a time, so that they do not fall in step
/// with it.
const FOLLOW_MILLIS: usize = 400;
/// How many events are written in one transaction, where only what they cost in memory counts.
const BATCH: usize = 1000;

#[tokio::main]
async fn main() {
    let changes = number("REFERRALD_BENCH_CHANGES", 300);
    let events = number("REFERRALD_BENCH_EVENTS", 200_000);
    println!(
        "Milliseconds from the answer of a change, and from its call, until its event is there: p50, p99, longest."
    );
    println!("{:<9} {:<26} {:>26} {:>26}", "database", "watchers", "since the answer", "since the call");
    for database in ["sqlite", "postgres"] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = support::database(database, folder.path());
        // Those who have stopped listening are counted until their next event.
        let server = Server::start_with(&url, folder.path(), &["--watchers-max", "1100"]);
        let channel = connect(&server.grpc).await;
        let mut stage = Stage::new(channel).await;
        for watchers in [1, 1000] {
            let before = server.resident_kib();
            let mut audience = Audience::begin(&server.grpc, watchers).await;
            let here = stage.changes(changes, &mut audience, false).await;
            print(database, &format!("{watchers} on the same process"), &here);
            println!(
                "{database:<9} memory {:.1} MiB before, {:.1} MiB with {watchers}",
                mib(before),
                mib(server.resident_kib())
            );
        }
        if database == "postgres" {
            let replica = Server::start(&url, folder.path());
            let mut audience = Audience::begin(&replica.grpc, 1).await;
            let there = stage.changes(changes, &mut audience, true).await;
            print(database, "1 on another process", &there);
        }
        for readers in [1, 100] {
            stopped(database, &server, &url, &stage.referral_id, readers, events).await;
        }
    }
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

fn print(database: &str, watchers: &str, (answered, called): &(Vec<Duration>, Vec<Duration>)) {
    let figures = |times: &Vec<Duration>| {
        let mut times = times.clone();
        times.sort_unstable();
        let at = |percent: usize| millis(times[(times.len() * percent / 100).min(times.len() - 1)]);
        format!("{:>8.2} {:>8.2} {:>8.2}", at(50), at(99), at(100))
    };
    println!("{database:<9} {watchers:<26} {:>26} {:>26}", figures(answered), figures(called));
}

/// Somebody whose name changes.
struct Stage {
    referrals: ReferralServiceClient<Channel>,
    referral_id: String,
    names: usize,
}

impl Stage {
    async fn new(channel: Channel) -> Self {
        let campaign = people::campaign(channel.clone(), vec![]).await;
        let mut referrals = ReferralServiceClient::new(channel);
        let referral_id = people::register(&mut referrals, &campaign, "bob@example.com".to_owned()).await;
        Self { referrals, referral_id, names: 0 }
    }

    /// So many changes, one after the other, each of which everybody hears of before the next: how long each event took to
    /// each who watches, since the answer of the call and since its beginning.
    async fn changes(
        &mut self,
        number: usize,
        audience: &mut Audience,
        spread: bool,
    ) -> (Vec<Duration>, Vec<Duration>) {
        let (mut since_answers, mut since_calls) = (vec![], vec![]);
        for i in 0..number {
            if spread {
                tokio::time::sleep(Duration::from_millis((i * 137 % FOLLOW_MILLIS) as u64)).await;
            }
            self.names += 1;
            let person = v1::Person { first_name: format!("B{}", self.names), ..Default::default() };
            let referral = v1::Referral { id: self.referral_id.clone(), person: Some(person), ..Default::default() };
            let update_mask = Some(FieldMask { paths: vec!["person.first_name".to_owned()] });
            let request = v1::UpdateReferralRequest { referral: Some(referral), update_mask };
            let called = Instant::now();
            self.referrals.update_referral(request).await.expect("renamed");
            let answered = Instant::now();
            for _ in 0..audience.size {
                let came = audience.came.recv().await.expect("they watch");
                // An event may be there before the answer is.
                since_answers.push(came.saturating_duration_since(answered));
                since_calls.push(came.saturating_duration_since(called));
            }
        }
        (since_answers, since_calls)
    }
}

/// Those who watch, and when something came to one of them.
struct Audience {
    size: usize,
    came: UnboundedReceiver<Instant>,
}

impl Audience {
    async fn begin(address: &str, size: usize) -> Self {
        let (tell, came) = unbounded_channel();
        let mut channel = connect(address).await;
        for number in 0..size {
            if number % WATCHERS_EACH == 0 {
                channel = connect(address).await;
            }
            let stream = watch(channel.clone(), true).await;
            tokio::spawn(Self::listen(stream, tell.clone()));
        }
        Self { size, came }
    }

    async fn listen(mut stream: Streaming<v1::WatchEventsResponse>, tell: UnboundedSender<Instant>) {
        while let Ok(Some(answer)) = stream.message().await {
            // Nobody listens any more where this fails.
            if answer.event.is_some() && tell.send(Instant::now()).is_err() {
                return;
            }
        }
    }
}

/// A watch that stands: its first answer was read.
async fn watch(channel: Channel, only_new: bool) -> Streaming<v1::WatchEventsResponse> {
    let request =
        v1::WatchEventsRequest { mode: v1::Mode::Test.into(), heartbeat_seconds: 300, only_new, ..Default::default() };
    let mut client = QualificationServiceClient::new(channel);
    let mut stream = client.watch_events(request).await.expect("it begins").into_inner();
    stream.message().await.expect("it goes on").expect("it stands");
    stream
}

/// Writes events while readers, each on a connection of its own, have stopped: what the service has in memory.
async fn stopped(database: &str, server: &Server, url: &str, referral_id: &str, readers: usize, events: usize) {
    let before = server.resident_kib();
    let mut held = vec![];
    for _ in 0..readers {
        held.push(watch(connect(&server.grpc).await, true).await);
    }
    let watched = server.resident_kib();
    let store = Store::open(url, 1).await.expect("it opens");
    let (enrolled, _) =
        store.referral(ReferralId::parse(referral_id).expect("an id")).await.expect("asked").expect("one");
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    let (mut highest, began) = (watched, Instant::now());
    for begin in (0..events).step_by(BATCH) {
        let change = Change { kind: Kind::Updated, changed: vec!["person"] };
        let event = (Cause::Clock.into(), Event::Referral(change, Box::new(enrolled.clone())));
        let mut tx = store.write().await.expect("begins");
        let row = tx.lock_ledger(&ledger).await.expect("asked").expect("there");
        let batch = vec![event; BATCH.min(events - begin)];
        let now = Time::from_seconds(1_767_225_600);
        tx.append_events(row.id, row.last_seq, &batch, now).await.expect("appended");
        tx.commit().await.expect("committed");
        highest = highest.max(server.resident_kib());
    }
    let seconds = began.elapsed().as_secs_f64();
    // The service looks for what another process wrote.
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        highest = highest.max(server.resident_kib());
    }
    println!(
        "{database:<9} {readers} stopped readers, {events} events in {seconds:.0} s: memory {:.1} MiB before, {:.1} MiB when \
         they watched, {:.1} MiB at most",
        mib(before),
        mib(watched),
        mib(highest)
    );
    // Nothing was lost: one of them reads all of it.
    let mut reader = held.pop().expect("one");
    for _ in 0..events {
        while reader.message().await.expect("it goes on").expect("it stands").event.is_none() {}
    }
    store.close().await;
}
