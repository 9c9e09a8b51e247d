//! What servers do by themselves, each on its own and all on one database: compare with Stripe, and remove old events.

use std::time::Duration;

use referrald::clock::Clock;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::{CustomerSyncState, ReferralState};
use referrald::server::{Options, Rounds};
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use referrald::stripe::sample;
use tonic::Code;

use super::{all, types};
use crate::harness::{Database, Payment, RULE, Refusal, Server, both_databases, start_in};

const EVENTS: &str = "GET /v1/events";
const BEN: &str = "ben@example.com";

/// As an operator would have it, and looked for often.
fn scheduled() -> Options {
    let often = Duration::from_millis(20);
    let rounds = Rounds { sweep: often, reconcile: often, ..Rounds::default() };
    Options { rounds, reconcile_every_hours: 24, events_keep_days: Some(7), ..Options::default() }
}

/// How often Stripe was asked for its events.
fn heard(stripe: &FakeStripe) -> usize {
    stripe.heard().iter().filter(|heard| heard.line == EVENTS).count()
}

/// The number of the newest run, if it has ended.
async fn run_ended(server: &Server) -> Option<u64> {
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    let newest = server.app.store.reconciliation(&ledger).await.expect("asked");
    newest.filter(|run| run.finished_at.is_some()).map(|run| run.run)
}

/// Why the log cannot be read after this cursor; `None` where it can.
async fn refused(server: &Server, cursor: &str) -> Option<Refusal> {
    let request = v1::WatchEventsRequest { cursor: cursor.to_owned(), ..all() };
    let answer = server.caller.qualifications().watch_events(request).await;
    answer.err().as_ref().map(Refusal::of)
}

both_databases!(on: two_servers_compare_with_stripe_once_a_day_between_them_and_keep_no_event_for_too_long);
async fn two_servers_compare_with_stripe_once_a_day_between_them_and_keep_no_event_for_too_long(database: Database) {
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the loopback has a free port");
    let transport = Transport::new(stripe.url()).expect("TLS").with_call_max(Duration::from_mins(10));
    let keys = Keyring::read("sk_test_1", &transport, 100).expect("a key");
    let (url, _folder) = start_in(database);
    // Whoever is first is held at Stripe, while the other looks too.
    stripe.plan(EVENTS, 1, Fault::after(How::Held));
    let one = Server::start_as(url.clone(), None, scheduled(), keys.clone(), clock.clone()).await;
    let two = Server::open(url, None, scheduled(), keys, clock.clone()).await;
    let campaign = one.campaign(RULE).await;
    let maya = one.referrer("maya@example.com").await;
    let beginning = one.watch(all()).await.cursor;
    let ben = one.register(&campaign, &maya, BEN).await;
    for server in [&one, &two] {
        server.until_sync(&ben.id, CustomerSyncState::Done).await;
    }
    Server::until("somebody has asked Stripe", async || heard(&stripe) > 0).await;
    let request = v1::ReconcileRequest { mode: v1::Mode::Test.into(), ..v1::ReconcileRequest::default() };
    for server in [&one, &two] {
        let status = server.caller.qualifications().reconcile(request.clone()).await.map(drop).expect_err("it runs");
        assert_eq!(Refusal::of(&status).reason, "RECONCILIATION_RUNS");
    }
    assert_eq!(heard(&stripe), 1, "one is at it");
    stripe.release();
    Server::until("the first run has ended", async || run_ended(&two).await == Some(1)).await;
    assert_eq!(refused(&two, &beginning).await.map(|refusal| refusal.reason), None, "nothing is old");

    let lost = one.charge(Payment::of(BEN, 10_000)).body;
    stripe.add("events", sample::event("evt_lost", "charge.succeeded", clock.now(), false, lost));
    clock.advance_seconds(86_400);
    Server::until("it is found a day later", async || one.stands(&ben.id).await.0 == ReferralState::Qualified).await;
    Server::until("the second run has ended", async || run_ended(&two).await == Some(2)).await;

    clock.advance_seconds(6 * 86_400 + 43_200);
    Server::until("what is older than a week is removed", async || refused(&two, &beginning).await.is_some()).await;
    for server in [&one, &two] {
        let refusal = refused(server, &beginning).await.expect("it is too old");
        assert_eq!(refusal.kind(), (Code::OutOfRange, "CURSOR_EXPIRED"));
        let cursor = refusal.variables["oldest_cursor"].clone();
        let mut kept = server.watch(v1::WatchEventsRequest { cursor, ..all() }).await;
        assert_eq!(types(&kept.events(1).await), ["referral.qualified"], "it is half a day younger");
    }
    Server::until("the third run has ended", async || run_ended(&one).await == Some(3)).await;
    assert_eq!(one.events("default", "TEST").await.len(), 1);
    one.stop().await;
    two.stop().await;
}
