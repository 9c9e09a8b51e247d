//! Bad days: the process, the database or the disk is gone in the middle. What was answered 2xx is there afterwards, and
//! posting everything again gives the whole, once.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use referrald::clock::Clock;
use referrald::domain::campaign::Mode;
use referrald::domain::time::Time;
use referrald::server::Options;
use referrald::store::Store;
use referrald::stripe::{sample, signature};
use tokio::task::JoinSet;

use crate::harness::{Database, RULE, Server, both_databases, start_in};
use crate::postgres::Cluster;

const PAYMENTS: usize = 300;
const POSTERS: usize = 8;
const MINOR: i64 = 7;
const EMAIL: &str = "ben@example.com";

/// The program itself, killed when it is dropped.
struct Program {
    child: Child,
    sidecar_at: SocketAddr,
}

impl Program {
    fn start(database_url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_referrald"))
            .args(["serve", "--database", database_url, "--listen", "127.0.0.1:0", "--sidecar-listen", "127.0.0.1:0"])
            .env("REFERRALD_SECRETS_KEY", "07".repeat(32))
            .env("RUST_LOG", "referrald=info,sqlx=off")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is there");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let ready = lines.find_map(|line| {
            let said: serde_json::Value = serde_json::from_str(&line.expect("text")).expect("JSON");
            (said["fields"]["message"] == "ready").then(|| said["fields"]["webhooks"].as_str().map(str::to_owned))
        });
        let at = ready.flatten().expect("it says where it takes webhooks");
        // Whatever else it says must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, sidecar_at: at.parse().expect("an address") }
    }

    fn kill_9(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it was started here");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody pays a little, again and again.
#[derive(Clone)]
struct Poster {
    client: Client<HttpConnector, Full<Bytes>>,
    secret: String,
    at: Time,
}

impl Poster {
    fn new(at: Time) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, secret: Server::secret_of("default", Mode::Test), at }
    }

    fn body(&self, number: usize) -> Vec<u8> {
        let (id, intent) = (format!("ch_{number}"), format!("pi_{number}"));
        let charge = sample::charge(sample::Charge {
            id: &id,
            amount_minor: MINOR,
            currency: "usd",
            created_at: self.at,
            customer_id: None,
            payment_intent_id: Some(&intent),
            email: Some(EMAIL),
            captured_minor: MINOR,
            refunded_minor: 0,
        });
        let event = sample::event(&format!("evt_{number}"), "charge.succeeded", self.at, false, charge);
        event.to_string().into_bytes()
    }

    /// The status, if there is an answer.
    async fn post(&self, at: SocketAddr, number: usize) -> Option<u16> {
        let body = self.body(number);
        let signature = signature::sign(&body, &self.secret, Clock::default().now());
        let request = Request::post(format!("http://{at}/webhooks/stripe/accounts/default"))
            .header("stripe-signature", signature)
            .body(Full::new(Bytes::from(body)))
            .expect("a request");
        self.client.request(request).await.ok().map(|answer| answer.status().as_u16())
    }

    /// Posts all payments, several at once, and calls `at_enough` when so many were taken; whoever is refused, or gets no
    /// answer, gives up. Returns those that were taken, and the other statuses.
    async fn storm(&self, at: SocketAddr, enough: usize, at_enough: impl FnOnce()) -> (Vec<usize>, Vec<u16>) {
        let (next, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (said, mut hear) = tokio::sync::mpsc::unbounded_channel();
        let mut posters = JoinSet::new();
        for _ in 0..POSTERS {
            let (poster, next, taken, said) = (self.clone(), next.clone(), taken.clone(), said.clone());
            posters.spawn(async move {
                let mut answers = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= PAYMENTS {
                        return answers;
                    }
                    let status = poster.post(at, number).await;
                    answers.push((number, status));
                    if status != Some(200) {
                        return answers;
                    }
                    if status == Some(200) && taken.fetch_add(1, Ordering::Relaxed) + 1 == enough {
                        let _ = said.send(());
                    }
                }
            });
        }
        drop(said);
        hear.recv().await;
        at_enough();
        let answers: Vec<_> = posters.join_all().await.into_iter().flatten().collect();
        let taken = answers.iter().filter(|(_, status)| *status == Some(200)).map(|(number, _)| *number).collect();
        let others = answers.iter().filter_map(|(_, status)| *status).filter(|status| *status != 200).collect();
        (taken, others)
    }
}

/// A campaign that takes part, and somebody who is invited; returns who, and when payments are made.
async fn prepared(server: &Server) -> (String, Time) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, EMAIL).await;
    (ben.id, server.now().plus_seconds(1))
}

async fn opened(url: &str) -> Store {
    Store::open(url, 2).await.expect("the database opens")
}

/// Of those that were taken, none is missing. All is read at one moment, since a group may still be under way.
async fn assert_kept(store: &Store, taken: &[usize]) {
    let mut tx = store.snapshot().await.expect("the database answers");
    let rows = tx.rows("select id from deliveries", vec![]).await.expect("listed");
    let kept: Vec<String> = rows.iter().map(|row| row.text("id").expect("an id")).collect();
    for number in taken {
        assert!(kept.contains(&format!("evt_{number}")), "evt_{number} was answered 200 and is lost");
    }
    let rows = tx.rows("select id from charges", vec![]).await.expect("listed");
    assert_eq!(rows.len(), kept.len(), "no delivery without its charge");
    let rows = tx.rows("select spend_minor from referrals", vec![]).await.expect("listed");
    let spend = rows[0].int("spend_minor").expect("a number");
    assert_eq!(spend, MINOR * i64::try_from(kept.len()).expect("few"), "no charge without its decision");
    let rows = tx.rows("select seq from events order by seq", vec![]).await.expect("listed");
    let numbers: Vec<i64> = rows.iter().map(|row| row.int("seq").expect("a number")).collect();
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>(), "no gap in the log");
}

both_databases!(on: a_process_killed_at_any_time_has_kept_what_it_acknowledged);
async fn a_process_killed_at_any_time_has_kept_what_it_acknowledged(database: Database) {
    let (url, _folder) = start_in(database);
    let server = Server::start_on(url.clone(), None, Options::default()).await;
    let (_, at) = prepared(&server).await;
    server.stop().await;
    let poster = Poster::new(at);
    for enough in [1, 20, 90, 200] {
        let mut program = Program::start(&url);
        let sidecar_at = program.sidecar_at;
        let (taken, others) = poster.storm(sidecar_at, enough, || program.kill_9()).await;
        assert!(taken.len() >= enough);
        assert_eq!(others, Vec::<u16>::new(), "taken, or no answer");
        let store = opened(&url).await;
        assert_kept(&store, &taken).await;
        store.close().await;
    }
    let program = Program::start(&url);
    let (taken, others) = poster.storm(program.sidecar_at, PAYMENTS, || {}).await;
    assert_eq!((taken.len(), others.len()), (PAYMENTS, 0));
    let store = opened(&url).await;
    assert_kept(&store, &taken).await;
    let rows = store.rows("select id from charges", vec![]).await.expect("listed");
    assert_eq!(rows.len(), PAYMENTS, "all of it, once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_postgres_is_killed_nothing_acknowledged_is_lost_and_stripe_is_asked_to_come_again() {
    let mut cluster = Cluster::new();
    let server = Server::start_on(cluster.database(), None, Options::default()).await;
    let (_, at) = prepared(&server).await;
    let poster = Poster::new(at);
    let (taken, others) = poster.storm(server.sidecar_at, 40, || cluster.kill_9()).await;
    assert!(!others.is_empty() && others.iter().all(|status| *status == 503), "{others:?}");
    cluster.start();
    assert_kept(&server.app.store, &taken).await;
    let (taken, others) = poster.storm(server.sidecar_at, PAYMENTS, || {}).await;
    assert_eq!((taken.len(), others.len()), (PAYMENTS, 0));
    assert_kept(&server.app.store, &taken).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_503_and_all_is_taken_once_there_is_room_again() {
    let server = Server::start(Database::Sqlite).await;
    let (_, at) = prepared(&server).await;
    let poster = Poster::new(at);
    let Store::Sqlite { writer, .. } = &server.app.store else { unreachable!("this is SQLite") };
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(writer).await.expect("counted");
    let limit = async |pages: i64| {
        let text = format!("pragma max_page_count = {pages}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(writer).await.expect("set");
    };
    limit(pages + 8).await;
    let (taken, others) = poster.storm(server.sidecar_at, PAYMENTS, || {}).await;
    assert!(!others.is_empty() && others.iter().all(|status| *status == 503), "{others:?}");
    assert_kept(&server.app.store, &taken).await;
    limit(1_000_000).await;
    let (taken, others) = poster.storm(server.sidecar_at, PAYMENTS, || {}).await;
    assert_eq!((taken.len(), others.len()), (PAYMENTS, 0));
    assert_kept(&server.app.store, &taken).await;
    server.stop().await;
}
