//! What a webhook missed is found in Stripe's own list of events, and takes the same road.

use referrald::app::Scope;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::time::Time;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::{CustomerSyncState, ReferralState};
use referrald::stripe::sample;
use serde_json::{Value, json};
use tonic::{Status, Streaming};

use crate::answers::about;
use crate::harness::{Payment, Program, RULE, Refusal, Server, both_databases, refused, timestamp};

const EVENTS: &str = "GET /v1/events";
const BEN: &str = "ben@example.com";

/// Stripe has made an event; nobody has delivered it.
fn made(stripe: &FakeStripe, id: &str, kind: &str, at: Time, object: Value) {
    stripe.add("events", sample::event(id, kind, at, false, object));
}

/// So many payments of people whom nobody knows, the last of them the newest.
fn many(server: &Server, stripe: &FakeStripe, name: &str, number: usize) {
    for i in 0..number {
        let charge = server.charge(Payment::of("somebody@example.com", 100));
        made(stripe, &format!("evt_{name}_{i}"), "charge.succeeded", server.now(), charge.body);
    }
}

/// Test mode, from where all was read.
fn plain() -> v1::ReconcileRequest {
    v1::ReconcileRequest { mode: v1::Mode::Test.into(), ..v1::ReconcileRequest::default() }
}

type Told = Streaming<v1::ReconcileResponse>;

async fn begin(server: &Server, request: v1::ReconcileRequest) -> Result<Told, Status> {
    Ok(server.caller.qualifications().reconcile(request).await?.into_inner())
}

async fn next(told: &mut Told) -> v1::Reconciliation {
    let answer = told.message().await.expect("it goes on").expect("there is more");
    answer.reconciliation.expect("how far it has come")
}

/// Runs to the end; gives what was told last.
async fn reconciled(server: &Server, request: v1::ReconcileRequest) -> v1::Reconciliation {
    let mut told = begin(server, request).await.expect("it begins");
    let mut last = next(&mut told).await;
    while let Some(answer) = told.message().await.expect("it goes on") {
        last = answer.reconciliation.expect("how far it has come");
    }
    assert!(last.finished_at.is_some() && !last.running, "{last:?}");
    last
}

/// Seen, new, known, ignored and changed.
fn counts(run: &v1::Reconciliation) -> [u64; 5] {
    [run.seen_count, run.new_count, run.known_count, run.ignored_count, run.changed_count]
}

async fn newest(server: &Server) -> v1::Reconciliation {
    let request = v1::GetReconciliationRequest { mode: v1::Mode::Test.into(), ..Default::default() };
    let answer = server.caller.qualifications().get_reconciliation(request).await.expect("there was one");
    answer.into_inner().reconciliation.expect("a run")
}

fn heard(stripe: &FakeStripe) -> usize {
    stripe.heard().iter().filter(|heard| heard.line == EVENTS).count()
}

both_databases!(beside_stripe: what_no_webhook_brought_is_found_and_decided);
async fn what_no_webhook_brought_is_found_and_decided(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, BEN).await;
    server.until_sync(&ben.id, CustomerSyncState::Done).await;
    let now = server.now();
    let delivered = server.pay(BEN, 1_000).await;
    let brought = sample::event("evt_brought", "charge.succeeded", now, false, delivered.body);
    server.post_event("default", Mode::Test, &brought).await;
    stripe.add("events", brought);
    let charge = server.charge(Payment::of("", 9_000));
    made(stripe, "evt_lost", "charge.succeeded", now, charge.body.clone());
    let checkout = sample::checkout(sample::Checkout {
        id: "cs_lost",
        email: BEN,
        amount_minor: 9_000,
        currency: "usd",
        created_at: now,
        customer_id: None,
        payment_intent_id: Some(&charge.payment_intent_id),
        client_reference_id: None,
    });
    // Of the twenty-first type, which needs a query of its own.
    made(stripe, "evt_paid_late", "checkout.session.async_payment_succeeded", now, checkout);
    let mut live = sample::event("evt_live", "charge.succeeded", now, false, charge.body);
    live["livemode"] = json!(true);
    stripe.add("events", live);

    let looked = reconciled(server, v1::ReconcileRequest { dry_run: true, ..plain() }).await;
    assert_eq!(counts(&looked), [4, 2, 1, 1, 0]);
    assert_eq!(server.referral(&ben.id).await.state(), ReferralState::Pending, "a dry run records nothing");
    let run = reconciled(server, plain()).await;
    assert_eq!(counts(&run), [4, 2, 1, 1, 1]);
    assert_eq!(server.referral(&ben.id).await.state(), ReferralState::Qualified);
    for (event, route) in [("evt_lost", v1::Route::Reconciliation), ("evt_brought", v1::Route::Webhook)] {
        let received = server.explain_event(about(event)).await.received.expect("it came");
        assert_eq!((received.route(), received.secret_id.is_empty()), (route, route != v1::Route::Webhook), "{event}");
    }
    let again = reconciled(server, v1::ReconcileRequest { since: Some(timestamp(now)), ..plain() }).await;
    assert_eq!(counts(&again), [4, 0, 3, 1, 0]);
    assert_eq!(newest(server).await, again);
}

both_databases!(beside_stripe: what_is_made_meanwhile_moves_nothing_and_is_found_by_the_next_run);
async fn what_is_made_meanwhile_moves_nothing_and_is_found_by_the_next_run(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "early", 250);
    let mut told = begin(server, plain()).await.expect("it begins");
    let first = next(&mut told).await;
    assert_eq!(first.seen_count, 100);
    server.clock.advance_seconds(60);
    many(server, stripe, "late", 30);
    let mut last = first;
    while let Some(answer) = told.message().await.expect("it goes on") {
        last = answer.reconciliation.expect("how far it has come");
    }
    assert_eq!(counts(&last), [250, 250, 0, 0, 0]);
    server.advance_days(1);
    let next = reconciled(server, plain()).await;
    assert_eq!((next.new_count, next.seen_count), (30, 280), "an hour is read again, so that no gap is left");
    server.advance_days(1);
    assert_eq!(reconciled(server, plain()).await.seen_count, 0);
}

both_databases!(beside_stripe: stripe_may_be_away_for_a_moment_or_ask_to_wait);
async fn stripe_may_be_away_for_a_moment_or_ask_to_wait(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "it", 150);
    for how in [How::RetryAfter(1), How::Status(500), How::CutShort, How::NotJson] {
        let mut told =
            begin(server, v1::ReconcileRequest { since: Some(timestamp(server.now().plus_days(-1))), ..plain() })
                .await
                .expect("it begins");
        stripe.plan(EVENTS, 1, Fault::before(how));
        let mut last = next(&mut told).await;
        while let Some(answer) = told.message().await.expect("it goes on") {
            last = answer.reconciliation.expect("how far it has come");
        }
        assert_eq!(last.seen_count, 150, "{how:?}");
    }
}

both_databases!(beside_stripe: what_stripe_refuses_ends_the_run_and_the_next_goes_on_there);
async fn what_stripe_refuses_ends_the_run_and_the_next_goes_on_there(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "it", 250);
    let mut told = begin(server, plain()).await.expect("it begins");
    assert_eq!(next(&mut told).await.seen_count, 100);
    stripe.plan(EVENTS, 1, Fault::before(How::Status(403)));
    let status = loop {
        if let Err(status) = told.message().await {
            break status;
        }
    };
    let refused = Refusal::of(&status);
    assert_eq!(refused.reason, "STRIPE_REFUSED");
    let broken = newest(server).await;
    assert!(broken.finished_at.is_none() && !broken.running && broken.last_error.contains("403"), "{broken:?}");
    let asked = heard(stripe);
    let done = reconciled(server, plain()).await;
    assert_eq!((done.seen_count, done.started_at), (250, broken.started_at));
    assert!(heard(stripe) - asked < 4, "what was read is not read again");
}

both_databases!(beside_stripe: a_run_whose_caller_goes_away_is_gone_on_with);
async fn a_run_whose_caller_goes_away_is_gone_on_with(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "it", 500);
    let mut told = begin(server, plain()).await.expect("it begins");
    next(&mut told).await;
    drop(told);
    Server::until("the run is given back", async || !newest(server).await.running).await;
    let broken = newest(server).await;
    assert!(broken.finished_at.is_none() && broken.last_error.is_empty(), "{broken:?}");
    let done = reconciled(server, plain()).await;
    assert_eq!(counts(&done), [500, 500, 0, 0, 0]);
}

both_databases!(beside_stripe: one_is_at_it_at_a_time_and_who_has_died_is_relieved);
async fn one_is_at_it_at_a_time_and_who_has_died_is_relieved(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "it", 10);
    stripe.plan(EVENTS, 1, Fault::after(How::Held));
    let mut first = begin(server, plain()).await.expect("it begins");
    let second = refused(server.caller.qualifications().reconcile(plain()).await);
    assert_eq!(
        (second.reason.as_str(), second.precondition.as_deref()),
        ("RECONCILIATION_RUNS", Some("RECONCILIATION_RUNS"))
    );
    assert!(newest(server).await.running);
    assert_eq!(reconciled(server, v1::ReconcileRequest { dry_run: true, ..plain() }).await.seen_count, 10);
    // Its lease is over, and nobody has heard of it since.
    server.clock.advance_seconds(901);
    assert_eq!(reconciled(server, plain()).await.seen_count, 10);
    let done = newest(server).await;
    stripe.release();
    let late = first.message().await.expect_err("another has taken it over");
    assert_eq!(Refusal::of(&late).reason, "RECONCILIATION_RUNS");
    assert_eq!(newest(server).await, done, "who comes late writes nothing");
}

both_databases!(beside_stripe: who_waits_for_stripe_is_not_taken_for_dead);
async fn who_waits_for_stripe_is_not_taken_for_dead(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "it", 10);
    stripe.plan(EVENTS, 1, Fault::before(How::RetryAfter(5)));
    stripe.plan(EVENTS, 1, Fault::after(How::Held));
    let mut told = begin(server, plain()).await.expect("it begins");
    Server::until("it is asked", async || heard(stripe) == 1).await;
    server.clock.advance_seconds(600);
    Server::until("it is asked again", async || heard(stripe) == 2).await;
    server.clock.advance_seconds(600);
    let second = refused(server.caller.qualifications().reconcile(plain()).await);
    assert_eq!(second.reason, "RECONCILIATION_RUNS");
    stripe.release();
    assert_eq!(next(&mut told).await.seen_count, 10);
}

both_databases!(beside_stripe: the_schedule_runs_once_a_day_and_again_after_a_failure);
async fn the_schedule_runs_once_a_day_and_again_after_a_failure(server: &Server, stripe: &FakeStripe) {
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    let due = async |expected: usize| {
        let before = heard(stripe);
        let done = server.app.reconcile_if_due(&ledger, 24).await;
        assert_eq!(heard(stripe) - before, expected);
        done
    };
    due(2).await.expect("the first");
    due(0).await.expect("nothing yet");
    server.clock.advance_seconds(24 * 3600 - 1);
    due(0).await.expect("nothing yet");
    server.clock.advance_seconds(1);
    stripe.plan(EVENTS, 1, Fault::before(How::Status(403)));
    due(1).await.expect_err("Stripe refuses");
    due(0).await.expect("it is left alone for a while");
    server.clock.advance_seconds(600);
    due(2).await.expect("it is gone on with");
    let other = Ledger { account: "nobody".to_owned(), ..ledger };
    server.app.reconcile_if_due(&other, 24).await.expect("an account that is not there has nothing to compare");
}

both_databases!(without_a_key_or_with_a_wrong_time_nothing_begins);
async fn without_a_key_or_with_a_wrong_time_nothing_begins(server: &Server) {
    let mut service = server.caller.qualifications();
    let refusal = refused(service.reconcile(plain()).await);
    assert_eq!(refusal.reason, "STRIPE_KEY_REQUIRED");
    let words = "none for account default in TEST mode; give it with REFERRALD_STRIPE_KEY=rk_test_…";
    assert!(refusal.message.contains(words), "{}", refusal.message);
    let elsewhere = v1::ReconcileRequest { account: "eu".to_owned(), mode: v1::Mode::Live.into(), ..plain() };
    let refusal = refused(service.reconcile(elsewhere).await);
    assert!(refusal.message.contains("REFERRALD_STRIPE_KEY=eu=rk_live_…"), "{}", refusal.message);
    for days in [-31, 1] {
        let since = Some(timestamp(server.now().plus_days(days)));
        let wrong = refused(service.reconcile(v1::ReconcileRequest { since, ..plain() }).await);
        assert_eq!(wrong.fields.into_iter().collect::<Vec<_>>(), ["since"]);
    }
    let request = v1::GetReconciliationRequest { mode: v1::Mode::Test.into(), ..Default::default() };
    let never = refused(service.get_reconciliation(request).await);
    assert_eq!((never.reason.as_str(), never.variables["kind"].as_str()), ("NOT_FOUND", "reconciliation"));
    let why = "no reconciliation has run for account \"default\" in test mode yet (dry runs are not kept)";
    assert_eq!(never.message, why);
}

both_databases!(beside_stripe: the_command_says_what_it_found);
async fn the_command_says_what_it_found(server: &Server, stripe: &FakeStripe) {
    many(server, stripe, "it", 3);
    let (_, key) = server.app.create_key("of a test".into(), vec![Scope::Write], None, None).await.expect("a key");
    let at = format!("http://{}", server.grpc_at);
    let run = async |more: &'static [&str]| {
        let (key, at) = (key.clone(), at.clone());
        let run = move || {
            let arguments = [&["reconcile", "--mode", "test"], more].concat();
            Program::run(&arguments, &[("REFERRALD_KEY", &key), ("REFERRALD_SERVER", &at)])
        };
        tokio::task::spawn_blocking(run).await.expect("it ends")
    };
    for (more, code, words) in [
        (&["--dry-run"][..], 0, "3 new, 0 known, 0 ignored. Nothing was recorded."),
        (&[], 0, "3 new, 0 known, 0 ignored; 0 changes of referrals."),
        (&["--days", "30"], 0, "0 new, 3 known"),
        (&["--account", "nobody"], 1, "needs a Stripe API key"),
        (&["--days", "31"], 2, "1..=30"),
        (&["--server", "http://127.0.0.1:1"], 1, "referrald: http://127.0.0.1:1 does not answer (Connection refused"),
    ] {
        let ended = run(more).await;
        assert_eq!(ended.code, Some(code), "{}", ended.said);
        assert!(ended.said.contains(words), "{words}: {}", ended.said);
    }
}
