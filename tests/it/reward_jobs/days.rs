//! Bad days: what each answer of Stripe's makes of a customer, a credit and its reversal, and that in the end there is
//! one of each.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use referrald::clock::Clock;
use referrald::domain::job::TRIES_MAX;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::{CustomerSyncState, ExistingEmailMode, NewCustomerMode, RewardState};
use referrald::server::Options;
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use serde_json::Value;

use RewardState::{Failed, Issued, Issuing, Reversed, Reversing};

use super::{BEN, MAYA, MOVES, Story, five_dollars, has_customer, heard, moves, steps};
use crate::harness::{Database, RULE, Server, advertised, both_databases, start_in};

const LOOKS: &str = "GET /v1/customers";

/// What goes wrong with a request that writes.
struct Day {
    fault: Fault,
    /// What the one who looks is told: one of these, with bars between.
    told: &'static str,
    /// Whether it is tried again by itself.
    again: bool,
}

const fn before(how: How, told: &'static str, again: bool) -> Day {
    Day { fault: Fault::before(how), told, again }
}

const fn after(how: How, told: &'static str) -> Day {
    Day { fault: Fault::after(how), told, again: true }
}

const DAYS: [Day; 14] = [
    before(How::Status(400), "400", false),
    before(How::Status(401), "401", true),
    before(How::Status(402), "402", false),
    before(How::Status(403), "rak_customer_write", true),
    before(How::Status(409), "409", true),
    before(How::Status(429), "429", true),
    before(How::RetryAfter(90), "429", true),
    before(How::Status(500), "500", true),
    before(How::NotJson, "no JSON", true),
    after(How::Status(500), "500"),
    after(How::Status(503), "503"),
    after(How::CutShort, "cut short|broke"),
    after(How::NotJson, "no JSON"),
    after(How::Hang, "has not answered"),
];

impl Day {
    /// Whether it is said that the day is such a day.
    fn is_told(&self, said: &str) -> bool {
        self.told.split('|').any(|words| said.contains(words))
    }

    /// Whether this is what is said of the first try, by the attempts, the next try, and the latest error.
    fn assert_told(&self, server: &Server, attempts: u32, next: Option<prost_types::Timestamp>, error: &str) {
        let fault = self.fault;
        assert!(self.is_told(error), "{fault:?}: {error}");
        assert!(!error.contains("sk_test_1"), "{fault:?}: {error}");
        assert_eq!((attempts, next.is_some()), (1, self.again), "{fault:?}");
        let seconds = next.map(|next| next.seconds - server.now().seconds());
        let asked = if matches!(fault.how, How::RetryAfter(_)) { 80..=90 } else { -1..=2 };
        assert!(seconds.is_none_or(|seconds| asked.contains(&seconds)), "{fault:?}: in {seconds:?} s");
    }
}

both_databases!(beside_stripe: whatever_stripe_answers_a_credit_is_given_once_and_taken_back_once);
async fn whatever_stripe_answers_a_credit_is_given_once_and_taken_back_once(server: &Server, stripe: &FakeStripe) {
    let campaign = server.rewarding(vec![five_dollars()]).await;
    for (number, day) in DAYS.iter().enumerate() {
        let (id, line) = (format!("cus_{number}"), format!("POST /v1/customers/cus_{number}/balance_transactions"));
        let email = format!("maya{number}@example.com");
        has_customer(server, stripe, &id, &email);
        let maya = server.referrer(&email).await;
        let email = format!("ben{number}@example.com");
        let ben = server.register(&campaign, &maya, &email).await;
        server.until_sync(&ben.id, CustomerSyncState::Done).await;
        server.pay(&email, 10_000).await;
        let reward = server.reward_of(&maya.id).await;

        stripe.plan(&line, 1, day.fault);
        server.approve(&reward).await;
        assert_tried(server, day, &reward.id, Issuing).await;
        server.retry(&reward).await;
        server.until_reward(&maya.id, Issued).await;
        stripe.plan(&line, 1, day.fault);
        server.cancel(&reward).await;
        assert_tried(server, day, &reward.id, Reversing).await;
        server.retry(&reward).await;
        server.until_reward(&maya.id, Reversed).await;

        let all = stripe.all("customer_balance_transactions").into_iter().filter(|moved| moved["customer"] == *id);
        let amounts: Vec<Value> = all.map(|moved| moved["amount"].clone()).collect();
        assert_eq!(amounts, [-500, 500], "{:?}", day.fault);
    }
}

/// A try has failed: the reward says so, and stays on its way or has failed.
async fn assert_tried(server: &Server, day: &Day, id: &str, on_its_way: RewardState) {
    let tried = server.until_tried(id).await;
    day.assert_told(server, tried.attempts, tried.next_try_at, &tried.last_error);
    assert_eq!(tried.state(), if day.again { on_its_way } else { Failed }, "{:?}", day.fault);
    assert_eq!(day.is_told(&tried.detail), !day.again, "{:?}: {}", day.fault, tried.detail);
}

both_databases!(beside_stripe: whatever_stripe_answers_a_customer_is_made_once_and_an_old_one_is_written_to);
async fn whatever_stripe_answers_a_customer_is_made_once_and_an_old_one_is_written_to(
    server: &Server,
    stripe: &FakeStripe,
) {
    let line = |field: &str, target: &str| v1::FieldMapping {
        source: Some(v1::field_mapping::Source::Field(field.to_owned())),
        target: target.to_owned(),
    };
    let rule = v1::Rule {
        new_customer_mode: NewCustomerMode::CreateAtOnce.into(),
        existing_email_mode: ExistingEmailMode::UpdateExisting.into(),
        ..RULE
    };
    let field_mappings = vec![line("first_name", "name"), line("email", "email")];
    let campaign = server.launched(v1::Campaign { field_mappings, ..advertised(rule) }).await;
    let maya = server.referrer(MAYA).await;
    for (number, day) in DAYS.iter().enumerate() {
        for known in [false, true] {
            let email = format!("ben{number}{known}@example.com");
            if known {
                has_customer(server, stripe, &format!("cus_{number}"), &email);
            }
            let line = if known { format!("POST /v1/customers/cus_{number}") } else { "POST /v1/customers".to_owned() };
            stripe.plan(&line, 1, day.fault);
            let ben = server.register(&campaign, &maya, &email).await;
            let sync = async || server.referral(&ben.id).await.customer_sync.expect("it stands somewhere");
            Server::until("a try has failed", async || !sync().await.last_error.is_empty()).await;
            let tried = sync().await;
            day.assert_told(server, tried.attempts, tried.next_try_at, &tried.last_error);
            let stands = if day.again { CustomerSyncState::Pending } else { CustomerSyncState::Failed };
            assert_eq!((tried.state(), day.is_told(&tried.reason)), (stands, !day.again), "{:?}", day.fault);

            let request = v1::RetryCustomerSyncRequest { referral_id: ben.id.clone(), etag: String::new() };
            server.caller.referrals().retry_customer_sync(request).await.expect("it is outstanding");
            let done = server.until_sync(&ben.id, CustomerSyncState::Done).await;
            let all = stripe.all("customers").into_iter().filter(|customer| customer["email"] == *email);
            let all: Vec<Value> = all.collect();
            assert_eq!(all.len(), 1, "{:?} {known}", day.fault);
            assert_eq!((&all[0]["id"], &all[0]["name"]), (&done.customer_id.into(), &"Ada".into()), "{:?}", day.fault);
        }
    }
}

both_databases!(beside_stripe: a_stripe_that_is_down_is_not_hammered);
async fn a_stripe_that_is_down_is_not_hammered(server: &Server, stripe: &FakeStripe) {
    let campaign = server.rewarding(vec![]).await;
    let maya = server.referrer(MAYA).await;
    stripe.plan(LOOKS, 1_000, Fault::before(How::Status(500)));
    let mut people = Vec::new();
    for number in 0..40 {
        people.push(server.register(&campaign, &maya, &format!("ben{number}@example.com")).await.id);
    }
    Server::until("the first have failed", async || heard(stripe, LOOKS) >= 5).await;
    let in_vain = heard(stripe, LOOKS);
    assert!(in_vain < 25, "{in_vain} of 40 were tried, and five failures are enough");
    stripe.mend();
    server.clock.advance_seconds(600);
    for id in &people {
        server.until_sync(id, CustomerSyncState::Done).await;
    }
    let more = heard(stripe, LOOKS) - in_vain;
    assert!((40..45).contains(&more), "{more} more, where 40 are needed");
}

both_databases!(on: while_the_first_job_after_a_pause_hangs_there_is_no_other);
async fn while_the_first_job_after_a_pause_hangs_there_is_no_other(database: Database) {
    let clock = Clock::default();
    let stripe = FakeStripe::start(clock.clone()).await.expect("the fake starts");
    let patient = Transport::new(stripe.url()).expect("TLS").with_call_max(Duration::from_mins(5));
    let (url, folder) = start_in(database);
    let keyring = Keyring::read("sk_test_1", &patient, 100).expect("a key");
    let server = Server::start_as(url, folder, Options::default(), keyring, clock).await;
    let campaign = server.rewarding(vec![]).await;
    let maya = server.referrer(MAYA).await;
    stripe.plan(LOOKS, 1_000, Fault::before(How::Status(500)));
    let register = async |numbers: std::ops::Range<u32>| {
        let mut people = Vec::new();
        for number in numbers {
            people.push(server.register(&campaign, &maya, &format!("ben{number}@example.com")).await.id);
        }
        people
    };
    let first = register(0..5).await;
    for id in &first {
        let failed = async || !server.referral(id).await.customer_sync.expect("outstanding").last_error.is_empty();
        Server::until("each has failed", failed).await;
    }
    let failed = heard(&stripe, LOOKS);
    stripe.mend();
    stripe.plan(LOOKS, 100, Fault::before(How::Held));
    server.clock.advance_seconds(61);
    Server::until("one is tried", async || heard(&stripe, LOOKS) > failed).await;
    // Each of these wakes who looks for something to do.
    let others = register(5..30).await;
    // One more may have failed just before.
    assert!(heard(&stripe, LOOKS) <= failed + 2, "{failed} failed, and then there were {}", heard(&stripe, LOOKS));
    stripe.mend();
    stripe.release();
    server.clock.advance_seconds(60);
    for id in first.iter().chain(&others) {
        server.until_sync(id, CustomerSyncState::Done).await;
    }
    server.stop().await;
}

both_databases!(beside_stripe: after_the_last_try_it_has_failed_and_a_retry_begins_anew);
async fn after_the_last_try_it_has_failed_and_a_retry_begins_anew(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    stripe.plan(MOVES, 1_000, Fault::before(How::Status(429)));
    let id = server.approve(&story.reward(server).await).await.id;
    let counted = AtomicU32::new(0);
    let failed = async || {
        let reward = server.reward(&id).await;
        // The clock moves on to the next try once the one before is counted; while one is under way it stands, or the
        // lease would end. The circuit lets one through each minute.
        if counted.fetch_max(reward.attempts, Ordering::Relaxed) < reward.attempts
            && let Some(next) = reward.next_try_at
        {
            server.clock.advance_seconds((next.seconds - server.now().seconds()).max(60) + 1);
        }
        reward.state() == Failed
    };
    Server::until("it has failed for good", failed).await;
    assert_eq!(heard(stripe, MOVES), TRIES_MAX as usize);
    let failed = story.until(server, Failed).await;
    assert!(failed.detail.contains("429") && failed.next_try_at.is_none(), "{failed:?}");
    stripe.mend();
    server.clock.advance_seconds(61);
    assert_eq!(server.retry(&failed).await.state(), Issuing);
    story.until(server, Issued).await;
    assert_eq!(moves(stripe), steps([(-500, "issue 1")]));
}

both_databases!(beside_stripe: a_key_that_stripe_may_have_forgotten_is_not_used_again_before_a_look);
async fn a_key_that_stripe_may_have_forgotten_is_not_used_again_before_a_look(server: &Server, stripe: &FakeStripe) {
    // A clock that was a day ahead when it was sent, and one that is a day ahead now, or a day that has passed.
    for (number, (then, now)) in [(1, -1), (0, 1)].into_iter().enumerate() {
        for fault in [Fault::after(How::CutShort), Fault::before(How::Status(429))] {
            let name = format!("{number}{}", fault.done);
            let (email, id) = (format!("maya{name}@example.com"), format!("cus_{name}"));
            has_customer(server, stripe, &id, &email);
            let campaign = server.rewarding(vec![five_dollars()]).await;
            let maya = server.referrer(&email).await;
            let ben = server.register(&campaign, &maya, &format!("ben{name}@example.com")).await;
            server.until_sync(&ben.id, CustomerSyncState::Done).await;
            server.pay(&format!("ben{name}@example.com"), 10_000).await;
            server.advance_days(then);
            stripe.plan(&format!("POST /v1/customers/{id}"), 1, fault);
            let reward = server.approve(&server.reward_of(&maya.id).await).await;
            server.until_tried(&reward.id).await;
            server.advance_days(now);
            if now < 0 {
                // A day later it is due by itself, and hastened then it could be tried twice at once.
                server.retry(&reward).await;
            }
            server.until_reward(&maya.id, Issued).await;
            let lines: Vec<String> = stripe.heard().into_iter().map(|heard| heard.line).collect();
            let looked = format!("GET /v1/customers/{id}/balance_transactions");
            assert_eq!(lines.iter().filter(|line| **line == looked).count(), 1, "{name}");
            let all = stripe.all("customer_balance_transactions");
            assert_eq!(all.iter().filter(|moved| moved["customer"] == *id).count(), 1, "{name}");
        }
    }
}

both_databases!(on: a_stripe_that_is_not_reached_is_said_and_waited_for);
async fn a_stripe_that_is_not_reached_is_said_and_waited_for(database: Database) {
    for url in ["http://127.0.0.1:1", "http://stripe.invalid"] {
        let transport = Transport::new(url).expect("TLS");
        let server = Server::start_calling(database, Keyring::read("sk_test_1", &transport, 100).expect("a key")).await;
        let campaign = server.rewarding(vec![five_dollars()]).await;
        let maya = server.referrer(MAYA).await;
        let ben = server.register(&campaign, &maya, BEN).await;
        let sync = async || server.referral(&ben.id).await.customer_sync.expect("it stands somewhere");
        Server::until("a try has failed", async || !sync().await.last_error.is_empty()).await;
        let tried = sync().await;
        assert!(tried.last_error.contains("not reached") && tried.next_try_at.is_some(), "{tried:?}");

        let (referral_id, reason) = (ben.id.clone(), "as agreed".to_owned());
        let request = v1::QualifyReferralRequest { referral_id, reason, etag: String::new() };
        server.caller.qualifications().qualify_referral(request).await.expect("an override does not wait");
        let reward = server.approve(&server.reward_of(&maya.id).await).await;
        let tried = server.until_tried(&reward.id).await;
        assert!(tried.last_error.contains("not reached"), "{tried:?}");
        assert_eq!((tried.state(), tried.next_try_at.is_some()), (Issuing, true));
        server.stop().await;
    }
}
