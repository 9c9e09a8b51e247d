//! Why an event changed nothing when it came, where what it shows counts now: nothing is said that the data does not prove.

use referrald::fake_stripe::FakeStripe;
use referrald::proto::v1;
use referrald::proto::v1::NotCountedReason::AwaitingRate;
use referrald::proto::v1::ReferralState::Qualified;
use serde_json::{Value, json};

use super::{NOTHING, about, id_of};
use crate::harness::{Payment, RULE, Server, both_databases};

const BEN: &str = "ben@example.com";

impl Server {
    async fn summary_of(&self, event: &Value) -> String {
        self.explain_event(about(id_of(event))).await.summary
    }

    /// Ben pays all that is asked of him; gives the event that says so.
    async fn ben_pays(&self) -> Value {
        self.posted("charge.succeeded", self.charge(Payment::of(BEN, 10_000)).body).await
    }
}

both_databases!(what_came_before_the_registration_counts_by_it);
async fn what_came_before_the_registration_counts_by_it(server: &Server) {
    let campaign = server.campaign(v1::Rule { count_prior_days: 30, ..RULE }).await;
    let maya = server.referrer("maya@example.com").await;
    let paid = server.ben_pays().await;
    assert_eq!(
        server.summary_of(&paid).await,
        format!("{NOTHING}nobody who was referred has a claim on what it shows.")
    );
    server.advance_days(1);
    let ben = server.register(&campaign, &maya, BEN).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    let why = "the referral that it concerns was registered later, with what it shows in view, and it counts now";
    assert_eq!(server.summary_of(&paid).await, format!("{NOTHING}{why}."));
}

both_databases!(what_came_in_a_pause_waits_and_is_decided_by_the_clock);
async fn what_came_in_a_pause_waits_and_is_decided_by_the_clock(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, BEN).await;
    server.pause(&campaign).await;
    let paid = server.ben_pays().await;
    let why = "what is known by now waits to be decided, as all does while a campaign is paused";
    assert_eq!(server.summary_of(&paid).await, format!("{NOTHING}{why}."));
    server.launch(&campaign).await;
    Server::until("it is decided", async || server.stands(&ben.id).await == (Qualified, 10_000)).await;
    let why = "what it shows counts now, as it was decided later (the first decision since: event 2, referral.qualified, \
               by the clock, which decides too what a pause put off)";
    assert_eq!(server.summary_of(&paid).await, format!("{NOTHING}{why}."));
}

both_databases!(beside_stripe: what_is_settled_later_counts_by_the_answer_of_stripe);
async fn what_is_settled_later_counts_by_the_answer_of_stripe(server: &Server, stripe: &FakeStripe) {
    let rule = v1::Rule { currency_policy: v1::CurrencyPolicy::SettlementAmount.into(), ..RULE };
    let campaign = server.campaign(rule).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, BEN).await;
    server.until_sync(&ben.id, v1::CustomerSyncState::Done).await;
    let looked_up = server.events("default", "TEST").await.len();
    let mut charge = server.charge(Payment::of(BEN, 10_000).in_currency("eur")).body;
    let paid = server.posted("charge.succeeded", charge.clone()).await;
    let answer = server.explain_event(about(id_of(&paid))).await;
    assert_eq!(answer.objects[0].referrals[0].payments[0].reason(), AwaitingRate);
    let why = "what it is about counts nothing now, because what it was settled at is not known yet";
    assert_eq!(answer.summary, format!("{NOTHING}{why}."));

    stripe.add(
        "balance_transactions",
        json!({ "id": "txn_1", "object": "balance_transaction", "amount": 11_000, "currency": "usd" }),
    );
    charge["balance_transaction"] = "txn_1".into();
    let settled = server.posted("charge.updated", charge).await;
    Server::until("it is settled", async || server.stands(&ben.id).await == (Qualified, 11_000)).await;
    let since = looked_up + 1;
    let why = format!(
        "what it shows counts now, as it was decided later (the first decision since: event {since}, \
         referral.qualified, by an answer of Stripe's)"
    );
    for event in [paid, settled] {
        assert_eq!(server.summary_of(&event).await, format!("{NOTHING}{why}."));
    }
}

both_databases!(what_led_to_events_that_were_removed_is_not_said_to_have_changed_nothing);
async fn what_led_to_events_that_were_removed_is_not_said_to_have_changed_nothing(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, BEN).await;
    let paid = server.ben_pays().await;
    assert_eq!(server.summary_of(&paid).await, "Recorded, and led to referral.qualified.");
    server.advance_days(8);
    server.app.drop_events(7).await.expect("removed");
    let unknown = "Recorded, but what it led to when it came, if anything, is no longer kept.";
    assert_eq!(server.events("default", "TEST").await, []);
    assert_eq!(server.summary_of(&paid).await, unknown, "no event is kept");
    let nobody = server.posted("charge.succeeded", server.charge(Payment::of("eve@example.com", 1)).body).await;
    let why = "nobody who was referred has a claim on what it shows";
    assert_eq!(server.summary_of(&nobody).await, format!("{NOTHING}{why}."), "nothing of today is removed");
    server.advance_days(1);
    server.register(&campaign, &maya, "zoe@example.com").await;
    assert_eq!(server.summary_of(&paid).await, unknown, "a newer event is kept");
    let again = server.posted("charge.updated", server.charge(Payment::of("eve@example.com", 1)).body).await;
    assert_eq!(server.summary_of(&again).await, format!("{NOTHING}{why}."), "it came after the oldest that is kept");
}

both_databases!(what_was_known_already_is_called_so_until_something_changes);
async fn what_was_known_already_is_called_so_until_something_changes(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, BEN).await;
    let charge = server.charge(Payment::of(BEN, 10_000)).body;
    server.deliver("charge.succeeded", charge.clone()).await;
    let again = server.posted("charge.updated", charge).await;
    let why = "what it shows was known already, or does not change what counts";
    assert_eq!(server.summary_of(&again).await, format!("{NOTHING}{why}."));
    let more = server.ben_pays().await;
    let why = format!(
        "what it shows was known already, changes nothing, or was decided on later (the first decision since: event 3, \
         referral.updated, by {})",
        id_of(&more)
    );
    assert_eq!(server.summary_of(&again).await, format!("{NOTHING}{why}."));
}
