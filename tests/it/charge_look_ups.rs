//! What is asked of Stripe about one charge: what a foreign one was settled at, and which refunds one has whose events
//! leave that open.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use referrald::clock::Clock;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::job::TRIES_MAX;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::NotCountedReason::{AwaitingRate, OtherCurrency};
use referrald::proto::v1::ReferralState::{Pending, Qualified};
use referrald::server::Options;
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use referrald::stripe::sample;
use serde_json::{Value, json};

use crate::harness::{Charge, Database, Payment, RULE, Server, both_databases, start_in};

const BEN: &str = "ben@example.com";
const HOUR: i64 = 3600;

fn settlement_rule() -> v1::Rule {
    v1::Rule { currency_policy: v1::CurrencyPolicy::SettlementAmount.into(), ..RULE }
}

impl Server {
    /// A live campaign that counts foreign charges by their settlement, and somebody who is invited.
    async fn invited_by_settlement(&self) -> v1::Referral {
        let campaign = self.campaign(settlement_rule()).await;
        let maya = self.referrer("maya@example.com").await;
        self.register(&campaign, &maya, BEN).await
    }

    /// Somebody pays in euros; Stripe does not say yet by what that is settled.
    async fn pay_in_euros(&self, minor: i64) -> Charge {
        self.take(Payment::of(BEN, minor).in_currency("eur")).await
    }

    /// Stripe says by what a charge is settled.
    async fn tell_settlement(&self, charge: &Charge, id: &str) {
        self.deliver("charge.updated", settled_by(charge, id)).await;
    }

    /// Waits until a referral has spent so much. Once a look-up had no answer the clock moves on to the next; while one is
    /// under way it stands, or the lease would end.
    async fn until_spent(&self, id: &str, minor: i64) {
        let vain = AtomicU32::new(0);
        Self::until(&format!("{minor} is spent"), async || {
            let waiting = self.explain(id).await.payments.into_iter().filter_map(|payment| payment.look_up);
            let tries = waiting.map(|look_up| look_up.attempts).sum();
            if vain.fetch_max(tries, Ordering::Relaxed) < tries {
                self.clock.advance_seconds(HOUR);
            }
            self.stands(id).await.1 == minor
        })
        .await;
    }

    /// The only payment of a referral, as it is explained.
    async fn payment_of(&self, id: &str) -> v1::ExplainedPayment {
        let mut why = self.explain(id).await;
        assert_eq!(why.payments.len(), 1, "{why:?}");
        why.payments.remove(0)
    }

    /// The payment once the latest look-up had no answer.
    async fn until_asked_in_vain(&self, id: &str) -> v1::ExplainedPayment {
        let asked = async || self.payment_of(id).await.look_up.is_some_and(|it| it.attempts > 0);
        Self::until("it was asked in vain", asked).await;
        self.payment_of(id).await
    }

    /// How many look-ups are written down.
    async fn look_ups(&self) -> usize {
        let text = "select id from jobs where kind = 'CHARGE'";
        self.app.store.rows(text, vec![]).await.expect("listed").len()
    }
}

fn settled_by(charge: &Charge, id: &str) -> Value {
    let mut body = charge.body.clone();
    body["balance_transaction"] = id.into();
    body
}

/// Stripe has settled something at that.
fn bank(stripe: &FakeStripe, id: &str, minor: i64, currency: &str) {
    let settled = json!({ "id": id, "object": "balance_transaction", "amount": minor, "currency": currency });
    stripe.add("balance_transactions", settled);
}

/// How many requests began like this.
fn asked(stripe: &FakeStripe, line: &str) -> usize {
    stripe.heard().iter().filter(|heard| heard.line.starts_with(line)).count()
}

both_databases!(beside_stripe: a_foreign_charge_counts_its_share_of_the_settlement_once_that_is_known);
async fn a_foreign_charge_counts_its_share_of_the_settlement_once_that_is_known(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    let charge = server.pay_in_euros(9_999).await;
    let waits = server.payment_of(&ben.id).await;
    assert_eq!((waits.reason(), waits.counted_minor), (AwaitingRate, 0));
    let look_up = waits.look_up.expect("it is going to be asked");
    let next = look_up.next_try_at.expect("a time").seconds;
    assert_eq!((next - waits.created_at.expect("a time").seconds, look_up.attempts), (HOUR, 0), "Stripe may say it");

    bank(stripe, "txn_1", 11_001, "usd");
    server.tell_settlement(&charge, "txn_1").await;
    server.until_spent(&ben.id, 11_001).await;
    Server::until("qualified", async || server.stands(&ben.id).await.0 == Qualified).await;
    assert_eq!(asked(stripe, "GET /v1/balance_transactions/txn_1"), 1);
    let counts = server.payment_of(&ben.id).await;
    assert_eq!((counts.captured_minor, counts.counted_minor, counts.look_up), (9_999, 11_001, None));

    let refund = server.refund(&charge, 3_333).await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 7_334), "11001 × 6666 ÷ 9999, rounded down");
    server.fail(&refund).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 11_001));
    assert_eq!((asked(stripe, "GET /v1/balance_transactions"), asked(stripe, "GET /v1/charges")), (1, 0));
}

both_databases!(beside_stripe: a_settlement_in_a_third_currency_counts_nothing);
async fn a_settlement_in_a_third_currency_counts_nothing(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    bank(stripe, "txn_1", 11_000, "gbp");
    let charge = server.pay_in_euros(10_000).await;
    server.tell_settlement(&charge, "txn_1").await;
    let reason = async || server.payment_of(&ben.id).await.reason();
    Server::until("it is known", async || reason().await == OtherCurrency).await;
    assert_eq!((server.stands(&ben.id).await.1, server.look_ups().await), (0, 0));
}

both_databases!(beside_stripe: however_often_it_is_told_it_is_asked_once);
async fn however_often_it_is_told_it_is_asked_once(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    let other = server.campaign(v1::Rule { target_minor: 5_000, ..settlement_rule() }).await;
    let maya = server.referrer("zoe@example.com").await;
    let too = server.register(&other, &maya, BEN).await;
    // In a campaign that does not count them, nobody asks.
    let third = server.campaign(RULE).await;
    server.register(&third, &maya, "cem@example.com").await;
    server.take(Payment::of("cem@example.com", 10_000).in_currency("eur")).await;

    stripe.plan("GET /v1/balance_transactions", 1, Fault::before(How::Hang));
    bank(stripe, "txn_1", 11_000, "usd");
    let charge = server.pay_in_euros(10_000).await;
    let event = server.event("charge.updated", false, settled_by(&charge, "txn_1"));
    for _ in 0..5 {
        assert_eq!(server.post_event("default", Mode::Test, &event).await.status, 200);
        server.tell_settlement(&charge, "txn_1").await;
        assert_eq!(server.look_ups().await, 1);
    }
    server.until_spent(&ben.id, 11_000).await;
    assert_eq!(server.stands(&too.id).await.1, 11_000);
    server.tell_settlement(&charge, "txn_1").await;
    assert_eq!((server.look_ups().await, asked(stripe, "GET /v1/balance_transactions")), (0, 2), "once it had hung");
}

both_databases!(beside_stripe: a_charge_whose_settlement_was_never_told_is_asked_for_itself);
async fn a_charge_whose_settlement_was_never_told_is_asked_for_itself(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    let charge = server.pay_in_euros(10_000).await;
    stripe.add("charges", charge.body.clone());
    server.clock.advance_seconds(HOUR);
    let waits = server.until_asked_in_vain(&ben.id).await.look_up.expect("it is asked again");
    assert!(waits.last_error.contains("not settled"), "{waits:?}");
    bank(stripe, "txn_1", 11_000, "usd");
    stripe.change("charges", &charge.id, |body| body["balance_transaction"] = "txn_1".into());
    server.until_spent(&ben.id, 11_000).await;
    assert_eq!(asked(stripe, "GET /v1/balance_transactions"), 0);
}

both_databases!(beside_stripe: what_was_paid_before_the_registration_or_before_the_policy_is_found);
async fn what_was_paid_before_the_registration_or_before_the_policy_is_found(server: &Server, stripe: &FakeStripe) {
    bank(stripe, "txn_1", 11_000, "usd");
    let mut campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let at = server.now();
    let charge = server.take(Payment::of(BEN, 10_000).in_currency("eur").at(at)).await;
    server.tell_settlement(&charge, "txn_1").await;
    assert_eq!(server.look_ups().await, 0, "nobody counts it");
    campaign.rule = Some(v1::Rule { currency: "usd".to_owned(), ..settlement_rule() });
    let update_mask = Some(prost_types::FieldMask { paths: vec!["rule".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(campaign.clone()), update_mask, apply_to_existing: false };
    server.caller.campaigns().update_campaign(request).await.expect("it takes the policy");
    let ben = server.register_at(&campaign, &maya, BEN, at).await;
    server.until_spent(&ben.id, 11_000).await;
    assert_eq!(asked(stripe, "GET /v1/balance_transactions"), 1);
}

both_databases!(beside_stripe: a_stripe_that_does_not_answer_is_waited_for);
async fn a_stripe_that_does_not_answer_is_waited_for(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    for how in [How::RetryAfter(30), How::Hang, How::Status(500), How::CutShort] {
        stripe.plan("GET /v1/balance_transactions", 1, Fault::before(how));
    }
    bank(stripe, "txn_1", 11_000, "usd");
    let charge = server.pay_in_euros(10_000).await;
    server.tell_settlement(&charge, "txn_1").await;
    let waits = server.until_asked_in_vain(&ben.id).await;
    assert_eq!(waits.reason(), AwaitingRate);
    assert!(waits.look_up.expect("it is asked again").last_error.contains("429"));
    server.until_spent(&ben.id, 11_000).await;
    assert_eq!(asked(stripe, "GET /v1/balance_transactions"), 5);
}

both_databases!(beside_stripe: a_permission_that_is_missing_is_named_and_needed_until_it_is_given);
async fn a_permission_that_is_missing_is_named_and_needed_until_it_is_given(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    stripe.plan("GET /v1/balance_transactions", 1000, Fault::before(How::Status(403)));
    bank(stripe, "txn_1", 11_000, "usd");
    let charge = server.pay_in_euros(10_000).await;
    server.tell_settlement(&charge, "txn_1").await;
    let waits = server.until_asked_in_vain(&ben.id).await.look_up.expect("it is asked again");
    assert!(waits.last_error.contains("rak_balance_transaction_source_read"), "{waits:?}");
    assert!(waits.next_try_at.is_some(), "{waits:?}");
    stripe.mend();
    server.until_spent(&ben.id, 11_000).await;
}

both_databases!(beside_stripe: what_stripe_does_not_have_is_asked_again_each_day);
async fn what_stripe_does_not_have_is_asked_again_each_day(server: &Server, stripe: &FakeStripe) {
    let ben = server.invited_by_settlement().await;
    let charge = server.pay_in_euros(10_000).await;
    server.tell_settlement(&charge, "txn_1").await;
    let waits = server.until_asked_in_vain(&ben.id).await.look_up.expect("it is asked again");
    assert!(waits.last_error.contains("no balance transaction txn_1"), "{waits:?}");
    let wait = waits.next_try_at.expect("a time").seconds - server.now().seconds();
    assert!((86_390..=86_400).contains(&wait), "{wait}");
    bank(stripe, "txn_1", 11_000, "usd");
    server.advance_days(1);
    server.until_spent(&ben.id, 11_000).await;
}

/// A server on a database that is there, with a key or without.
async fn started(url: &str, stripe: &FakeStripe, key: &str, clock: &Clock) -> Server {
    let transport = Transport::new(stripe.url()).expect("TLS").with_call_max(Duration::from_secs(2));
    let keyring = Keyring::read(key, &transport, 100).expect("a key, or none");
    Server::start_as(url.to_owned(), None, Options::default(), keyring, clock.clone()).await
}

/// A foreign payment whose rate nobody can ask for, since the server has lost its key; and whose it is.
async fn waits_for_a_key(url: &str, stripe: &FakeStripe, clock: &Clock) -> (Server, v1::Referral) {
    let server = started(url, stripe, "sk_test_1", clock).await;
    let ben = server.invited_by_settlement().await;
    server.stop().await;

    let server = started(url, stripe, "", clock).await;
    bank(stripe, "txn_1", 11_000, "usd");
    let charge = server.pay_in_euros(10_000).await;
    server.tell_settlement(&charge, "txn_1").await;
    (server, ben)
}

both_databases!(on: a_key_that_is_given_later_asks_what_waited);
async fn a_key_that_is_given_later_asks_what_waited(database: Database) {
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the fake starts");
    let (url, _folder) = start_in(database);
    let (server, ben) = waits_for_a_key(&url, &stripe, &clock).await;
    let waits = server.payment_of(&ben.id).await;
    assert_eq!((waits.reason(), waits.look_up.expect("it waits for a key").attempts), (AwaitingRate, 0));
    server.stop().await;

    let server = started(&url, &stripe, "sk_test_1", &clock).await;
    server.until_spent(&ben.id, 11_000).await;
    server.stop().await;
}

both_databases!(on: a_claim_whose_process_died_is_no_try);
async fn a_claim_whose_process_died_is_no_try(database: Database) {
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the fake starts");
    let (url, _folder) = start_in(database);
    let (server, ben) = waits_for_a_key(&url, &stripe, &clock).await;
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    for number in 1..=2 * TRIES_MAX {
        let now = server.now();
        let id = server.app.store.ledger_with_jobs(&ledger, now).await.expect("asked").expect("something is due");
        let mut tx = server.app.store.write().await.expect("a transaction");
        let claimed = tx.claim_jobs(id, now, now.plus_seconds(120), 1).await.expect("claimed");
        tx.commit().await.expect("committed");
        assert_eq!((claimed[0].attempts, claimed[0].tries), (number, 0));
        // Here the process dies, and the lease ends.
        server.clock.advance_seconds(121);
    }
    server.stop().await;

    stripe.plan("GET /v1/balance_transactions", 1, Fault::before(How::Status(429)));
    let server = started(&url, &stripe, "sk_test_1", &clock).await;
    let waits = server.until_asked_in_vain(&ben.id).await.look_up.expect("it is asked again");
    let wait = waits.next_try_at.expect("a time").seconds - server.now().seconds();
    assert_eq!((waits.attempts, wait <= 2), (1, true), "as after a first try: {wait}");
    server.until_spent(&ben.id, 11_000).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_one_asks() {
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the fake starts");
    let (url, _) = start_in(Database::Postgres);
    let one = started(&url, &stripe, "sk_test_1", &clock).await;
    let other = started(&url, &stripe, "sk_test_1", &clock).await;
    let ben = one.invited_by_settlement().await;
    for number in 1..=20 {
        let id = format!("txn_{number}");
        bank(&stripe, &id, 1_100, "usd");
        let charge = one.pay_in_euros(1_000).await;
        one.tell_settlement(&charge, &id).await;
    }
    one.until_spent(&ben.id, 22_000).await;
    assert_eq!(asked(&stripe, "GET /v1/balance_transactions"), 20);
    one.stop().await;
    other.stop().await;
}

/// A charge as it looks once so much was given back of it.
fn showing(charge: &Charge, refunded_minor: i64) -> Value {
    let mut body = charge.body.clone();
    body["amount_refunded"] = refunded_minor.into();
    body
}

/// One refund fails, and another one follows, of which an endpoint of an old version only shows the amount.
async fn refunded_twice(server: &Server, charge: &Charge) -> [Value; 2] {
    // A refund is made before an event shows it.
    let made_at = server.now();
    let id = |number: u8| format!("re_{number}_of_{}", charge.id);
    let refund = |number, status| sample::refund(&id(number), &charge.id, 2_000, "usd", made_at, status);
    server.deliver("charge.refunded", showing(charge, 2_000)).await;
    server.deliver("charge.refund.updated", refund(1, "failed")).await;
    server.deliver("charge.refunded", showing(charge, 2_000)).await;
    [refund(1, "failed"), refund(2, "succeeded")]
}

both_databases!(beside_stripe: refunds_that_events_leave_open_are_asked_for_once);
async fn refunds_that_events_leave_open_are_asked_for_once(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, BEN).await;
    let charge = server.pay(BEN, 11_000).await;
    let nobodys = server.pay("nobody@example.com", 11_000).await;
    stripe.plan("GET /v1/charges", 1, Fault::before(How::Held));
    let refunds = refunded_twice(server, &charge).await;
    refunded_twice(server, &nobodys).await;
    assert_eq!(server.look_ups().await, 1, "only what counts is asked for");
    let open = server.payment_of(&ben.id).await;
    assert!(open.ambiguous_refunds, "{open:?}");

    let mut body = showing(&charge, 2_000);
    body["refunds"] = json!({ "object": "list", "data": refunds, "has_more": false });
    stripe.add("charges", body);
    stripe.release();
    server.until_spent(&ben.id, 9_000).await;
    let known = server.payment_of(&ben.id).await;
    assert_eq!((known.ambiguous_refunds, known.look_up, known.refunded_minor), (false, None, 2_000));
    assert_eq!(server.stands(&ben.id).await, (Pending, 9_000));
    server.deliver("charge.updated", showing(&charge, 2_000)).await;
    assert_eq!((server.look_ups().await, asked(stripe, "GET /v1/charges")), (0, 1));

    server.clock.advance_seconds(5);
    server.deliver("charge.refunded", showing(&charge, 5_000)).await;
    Server::until("more was shown, and it is asked again", async || asked(stripe, "GET /v1/charges") == 2).await;
}

both_databases!(beside_stripe: more_refunds_than_a_charge_lists_are_asked_for_page_by_page);
async fn more_refunds_than_a_charge_lists_are_asked_for_page_by_page(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, BEN).await;
    let charge = server.pay(BEN, 11_000).await;
    let made_at = server.now();
    let refund = |number: u32, minor, status| {
        let id = format!("re_{number}_of_{}", charge.id);
        sample::refund(&id, &charge.id, minor, "usd", made_at, status)
    };
    // Ten are listed in the charge, and a hundred make a page.
    let mut refunds: Vec<Value> = (1..=124).map(|number| refund(number, 20, "succeeded")).collect();
    let failed = refund(0, 1_000, "failed");
    refunds.push(failed.clone());
    let mut body = showing(&charge, 2_480);
    body["refunds"] = json!({ "object": "list", "data": refunds, "has_more": false });
    stripe.add("charges", body);

    stripe.plan("GET /v1/charges", 1, Fault::before(How::Held));
    server.deliver("charge.refunded", showing(&charge, 1_000)).await;
    server.deliver("charge.refund.updated", failed).await;
    server.deliver("charge.refunded", showing(&charge, 2_480)).await;
    let open = server.payment_of(&ben.id).await;
    assert!(open.ambiguous_refunds && open.refunded_minor == 1_480, "{open:?}");
    stripe.release();
    server.until_spent(&ben.id, 11_000 - 2_480).await;
    let known = server.payment_of(&ben.id).await;
    assert_eq!((known.ambiguous_refunds, known.look_up, known.refunded_minor), (false, None, 2_480));
    assert_eq!((asked(stripe, "GET /v1/charges"), asked(stripe, "GET /v1/refunds")), (1, 2));
}

both_databases!(refunds_that_events_leave_open_are_said_without_a_key);
async fn refunds_that_events_leave_open_are_said_without_a_key(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, BEN).await;
    let charge = server.pay(BEN, 11_000).await;
    assert!(!server.payment_of(&ben.id).await.ambiguous_refunds);
    let [_, second] = refunded_twice(server, &charge).await;
    let open = server.payment_of(&ben.id).await;
    assert!(open.ambiguous_refunds && open.refunded_minor == 0, "{open:?}");
    server.deliver("refund.created", second).await;
    let known = server.payment_of(&ben.id).await;
    assert_eq!((known.ambiguous_refunds, known.refunded_minor), (false, 2_000));
}
