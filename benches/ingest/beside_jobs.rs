//! Webhooks while thousands of jobs wait on a Stripe that never answers, beside the same webhooks without jobs.

use referrald::clock::Clock;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use tempfile::TempDir;

use crate::support::{Run, Server, database, millis, number};
use crate::{PEOPLE, bodies, prepare, register, webhooks};

const CONNECTIONS: usize = 16;
/// The two are measured in turns, so that what else the machine does meets both.
const TURNS: usize = 5;

/// A server, and the folder that goes with it.
struct Side {
    server: Server,
    _folder: TempDir,
}

impl Side {
    /// As many people are registered on both sides; with Stripe to be asked, each of the latter has a job.
    async fn start(kind: &str, jobs: usize, stripe: Option<&FakeStripe>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = database(kind, folder.path());
        let mut server = Server::start(&url, folder.path());
        let campaign = prepare(&server).await;
        if let Some(stripe) = stripe {
            drop(server);
            let options = ["--stripe-key", "sk_test_bench", "--stripe-url", stripe.url()];
            server = Server::start_with(&url, folder.path(), &options);
        }
        register(&server, &campaign, PEOPLE..PEOPLE + jobs).await;
        Self { server, _folder: folder }
    }
}

pub async fn run(events: usize) {
    let jobs = number("REFERRALD_BENCH_JOBS", 10_000);
    println!(
        "{:<9} {:>5} {:>9} {:>8} {:>8}   {:>9} {:>8} {:>8} {:>6}",
        "", "", "no jobs", "p50", "p99", "jobs wait", "p50", "p99", ""
    );
    println!(
        "{:<9} {:>5} {:>9} {:>8} {:>8}   {:>9} {:>8} {:>8} {:>6}",
        "database", "conns", "/s", "ms", "ms", "/s", "ms", "ms", "ratio"
    );
    for kind in ["sqlite", "postgres"] {
        let stripe = FakeStripe::start(Clock::default()).await.expect("a fake Stripe");
        stripe.plan("", usize::MAX, Fault::before(How::Hang));
        let (idle, busy) = (Side::start(kind, jobs, None).await, Side::start(kind, jobs, Some(&stripe)).await);
        let (mut without, mut with) = (Vec::new(), Vec::new());
        for turn in 0..TURNS {
            without.push(webhooks(&idle.server, CONNECTIONS, bodies(turn, events)).await);
            with.push(webhooks(&busy.server, CONNECTIONS, bodies(turn, events)).await);
        }
        assert!(stripe.heard().len() >= 5, "jobs have tried");
        let (without, with) = (median(without), median(with));
        println!(
            "{kind:<9} {CONNECTIONS:>5} {:>9.0} {:>8.2} {:>8.2}   {:>9.0} {:>8.2} {:>8.2} {:>5.2}x",
            without.per_second,
            millis(without.p50),
            millis(without.p99),
            with.per_second,
            millis(with.p50),
            millis(with.p99),
            with.per_second / without.per_second,
        );
    }
}

/// The run in the middle.
fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    runs.swap_remove(runs.len() / 2)
}
