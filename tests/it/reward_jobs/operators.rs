//! What operators do while jobs wait for Stripe, or have failed there.

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::{CustomerSyncState, RewardReason, RewardRule, RewardState};

use RewardState::{Canceled, Due, Failed, Issued, Issuing, Reversed};

use super::{MAYA, MOVES, Story, five_dollars, heard, moves, steps};
use crate::harness::{Server, both_databases};

const LOOKS: &str = "GET /v1/customers";

/// Stripe is too busy to answer, until it is mended.
fn busy(stripe: &FakeStripe) {
    stripe.plan(LOOKS, 1_000, Fault::before(How::Status(429)));
}

/// A reward that is on its way, and has been tried in vain.
async fn waiting(server: &Server, stripe: &FakeStripe) -> Story {
    let story = Story::of(server, stripe, five_dollars()).await;
    busy(stripe);
    let reward = server.approve(&story.reward(server).await).await;
    let tried = server.until_tried(&reward.id).await;
    assert!(tried.next_try_at.is_some() && tried.last_error.contains("429"), "{tried:?}");
    story
}

both_databases!(beside_stripe: jobs_wait_while_their_campaign_is_paused);
async fn jobs_wait_while_their_campaign_is_paused(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    server.pause(&story.campaign).await;
    let paused = server.approve(&story.reward(server).await).await;
    let other = server.rewarding(vec![RewardRule { auto_issue: true, ..five_dollars() }]).await;
    let leo = server.referrer("leo@example.com").await;
    super::has_customer(server, stripe, "cus_leo", "leo@example.com");
    let eve = server.register(&other, &leo, "eve@example.com").await;
    server.until_sync(&eve.id, CustomerSyncState::Done).await;
    server.pay("eve@example.com", 10_000).await;
    server.until_reward(&leo.id, Issued).await;
    let still = story.reward(server).await;
    assert_eq!((still.state(), still.attempts, &still.etag), (Issuing, 0, &paused.etag), "the others go on");
    server.launch(&story.campaign).await;
    story.until(server, Issued).await;
}

both_databases!(beside_stripe: an_ended_campaign_and_a_retired_rule_still_give_what_was_promised);
async fn an_ended_campaign_and_a_retired_rule_still_give_what_was_promised(server: &Server, stripe: &FakeStripe) {
    let story = waiting(server, stripe).await;
    server.with_rewards(&story.campaign, vec![]).await;
    server.end(&story.campaign).await;
    stripe.mend();
    server.retry(&story.reward(server).await).await;
    story.until(server, Issued).await;
    assert_eq!(moves(stripe), steps([(-500, "issue 1")]));
}

both_databases!(beside_stripe: an_override_set_while_a_job_waits_lets_nothing_go);
async fn an_override_set_while_a_job_waits_lets_nothing_go(server: &Server, stripe: &FakeStripe) {
    let story = waiting(server, stripe).await;
    server.disqualify(&story.ben).await;
    let unearned = story.reward(server).await;
    assert_eq!((unearned.state(), unearned.unearned_at.is_some()), (Issuing, true));
    stripe.mend();
    server.retry(&unearned).await;
    let canceled = story.until(server, Canceled).await;
    assert_eq!((canceled.reason(), heard(stripe, MOVES)), (RewardReason::Unearned, 0));

    server.clear_override(&story.ben).await;
    let again = story.reward(server).await;
    assert_eq!((again.state(), again.round), (Due, 2));
    story.issued(server).await;
    assert_eq!(moves(stripe), steps([(-500, "issue 2")]));
}

both_databases!(beside_stripe: an_override_that_comes_and_goes_while_a_job_waits_changes_nothing);
async fn an_override_that_comes_and_goes_while_a_job_waits_changes_nothing(server: &Server, stripe: &FakeStripe) {
    let story = waiting(server, stripe).await;
    server.disqualify(&story.ben).await;
    server.clear_override(&story.ben).await;
    stripe.mend();
    server.retry(&story.reward(server).await).await;
    assert_eq!(story.until(server, Issued).await.round, 1);
    assert_eq!(moves(stripe), steps([(-500, "issue 1")]));
}

both_databases!(beside_stripe: what_failed_before_anything_was_sent_is_called_off_for_good);
async fn what_failed_before_anything_was_sent_is_called_off_for_good(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    stripe.plan(MOVES, 1, Fault::before(How::Status(402)));
    server.approve(&story.reward(server).await).await;
    let failed = story.until(server, Failed).await;
    let canceled = server.cancel(&failed).await;
    assert_eq!((canceled.state(), canceled.reason()), (Canceled, RewardReason::Operator));
    server.disqualify(&story.ben).await;
    server.clear_override(&story.ben).await;
    assert_eq!(story.reward(server).await.state(), Canceled, "it does not come back");
    assert_eq!(moves(stripe), []);
}

both_databases!(beside_stripe: what_an_operator_takes_back_stays_taken_back);
async fn what_an_operator_takes_back_stays_taken_back(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    server.cancel(&story.issued(server).await).await;
    let reversed = story.until(server, Reversed).await;
    assert_eq!((reversed.reason(), &*reversed.detail), (RewardReason::Operator, "by hand"));
    server.disqualify(&story.ben).await;
    server.clear_override(&story.ben).await;
    assert_eq!(story.reward(server).await.state(), Reversed);
    assert_eq!(moves(stripe), steps([(-500, "issue 1"), (500, "reverse 1")]));
}

both_databases!(beside_stripe: a_look_that_is_hastened_while_it_is_under_way_makes_one_customer);
async fn a_look_that_is_hastened_while_it_is_under_way_makes_one_customer(server: &Server, stripe: &FakeStripe) {
    let line = |field: &str, target: &str| v1::FieldMapping {
        source: Some(v1::field_mapping::Source::Field(field.to_owned())),
        target: target.to_owned(),
    };
    let rule = v1::Rule { new_customer_mode: v1::NewCustomerMode::CreateAtOnce.into(), ..crate::harness::RULE };
    let field_mappings = vec![line("first_name", "name"), line("email", "email")];
    let campaign = server.launched(v1::Campaign { field_mappings, ..crate::harness::advertised(rule) }).await;
    let maya = server.referrer(MAYA).await;
    for creates in [LOOKS, "POST /v1/customers"] {
        let email = format!("{}@example.com", if creates == LOOKS { "ann" } else { "eve" });
        let before = heard(stripe, creates);
        super::hold(stripe, creates);
        let who = server.register(&campaign, &maya, &email).await;
        super::until_heard(stripe, creates, before + 1).await;
        let request = v1::RetryCustomerSyncRequest { referral_id: who.id.clone(), etag: String::new() };
        server.caller.referrals().retry_customer_sync(request).await.expect("it is pending");
        super::until_heard(stripe, creates, before + 2).await;
        stripe.release();
        let sync = server.until_sync(&who.id, CustomerSyncState::Done).await;
        let made = stripe.all("customers").into_iter().filter(|customer| customer["email"] == email.as_str());
        let ids: Vec<_> = made.map(|customer| customer["id"].clone()).collect();
        assert_eq!(ids, [sync.customer_id.as_str()], "{creates}");
    }
}
