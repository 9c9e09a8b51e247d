//! Credits that are taken back: unspent, in part, or not at all, and with an invoice in between.

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1::{RewardReason, RewardState};

use RewardState::{Due, Failed, Issuing, ReversalDue, Reversed, Reversing};

use super::{CUSTOMER, MOVES, Story, balance, five_dollars, hold, moves, steps, until_heard};
use crate::harness::{Server, both_databases};

const LISTS: &str = "GET /v1/customers/cus_maya/balance_transactions";

both_databases!(beside_stripe: an_unspent_credit_is_taken_back_and_given_again_in_the_next_round);
async fn an_unspent_credit_is_taken_back_and_given_again_in_the_next_round(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    let refund = server.refund(&story.charge, 10_000).await;
    let reversed = story.until(server, Reversed).await;
    assert_eq!((reversed.given_minor, reversed.reason(), balance(stripe)), (0, RewardReason::Unearned, 0));
    server.fail(&refund).await;
    let again = story.issued(server).await;
    assert_eq!((again.round, again.given_minor), (2, 500));
    let expected = [(-500, "issue 1"), (500, "reverse 1"), (-500, "issue 2")];
    assert_eq!(moves(stripe), steps(expected));
    let told = ["due", "issuing", "issued", "reversing", "reversed", "due", "issuing", "issued"];
    assert_eq!(server.reward_events().await, told.map(|kind| format!("reward.{kind}")));
}

both_databases!(beside_stripe: what_is_unearned_on_its_way_is_given_and_taken_back);
async fn what_is_unearned_on_its_way_is_given_and_taken_back(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    hold(stripe, MOVES);
    server.approve(&story.reward(server).await).await;
    until_heard(stripe, MOVES, 1).await;
    let refund = server.refund(&story.charge, 10_000).await;
    let on_its_way = story.reward(server).await;
    assert_eq!((on_its_way.state(), on_its_way.unearned_at.is_some()), (Issuing, true));
    stripe.release();
    story.until(server, Reversed).await;
    assert_eq!((moves(stripe), balance(stripe)), (steps([(-500, "issue 1"), (500, "reverse 1")]), 0));

    // And the other way round: earned again on its way back.
    server.fail(&refund).await;
    story.issued(server).await;
    hold(stripe, MOVES);
    let refund = server.refund(&story.charge, 10_000).await;
    until_heard(stripe, MOVES, 4).await;
    server.fail(&refund).await;
    assert_eq!(story.reward(server).await.state(), Reversing);
    stripe.release();
    assert_eq!(story.until(server, Due).await.round, 3);
    assert_eq!(balance(stripe), 0);
}

both_databases!(beside_stripe: a_part_that_is_spent_is_for_the_merchant_to_settle);
async fn a_part_that_is_spent_is_for_the_merchant_to_settle(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    assert!(stripe.use_credit(CUSTOMER, 300, "usd"));
    let refund = server.refund(&story.charge, 10_000).await;
    let due = story.until(server, ReversalDue).await;
    assert_eq!((due.given_minor, balance(stripe)), (300, 0));
    assert!(due.detail.contains("3.00"), "{due:?}");
    assert_eq!(moves(stripe).last(), Some(&(200, "reverse 1".to_owned())));
    let settled = server.cancel(&due).await;
    assert_eq!((settled.state(), settled.given_minor), (Reversed, 0));
    server.fail(&refund).await;
    assert_eq!(story.issued(server).await.given_minor, 500, "all of it, for all of it was given back");
}

both_databases!(beside_stripe: what_was_kept_of_a_round_is_not_forgotten_when_the_next_comes_to_nothing);
async fn what_was_kept_of_a_round_is_not_forgotten_when_the_next_comes_to_nothing(
    server: &Server,
    stripe: &FakeStripe,
) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    stripe.use_credit(CUSTOMER, 300, "usd");
    let refund = server.refund(&story.charge, 10_000).await;
    story.until(server, ReversalDue).await;
    server.fail(&refund).await;
    let again = story.reward(server).await;
    assert_eq!((again.state(), again.round, again.given_minor), (Due, 2, 300));
    let refund = server.refund(&story.charge, 10_000).await;
    let due = story.until(server, ReversalDue).await;
    assert_eq!((due.given_minor, due.round), (300, 2), "it is still to be taken back");

    server.fail(&refund).await;
    let rest = story.issued(server).await;
    assert_eq!((rest.given_minor, rest.round, balance(stripe)), (500, 3, -200));
    server.refund(&story.charge, 10_000).await;
    assert_eq!(story.until(server, ReversalDue).await.given_minor, 300);
    assert_eq!(balance(stripe), 0);
}

both_databases!(beside_stripe: what_is_all_spent_is_taken_back_once_there_is_credit_again);
async fn what_is_all_spent_is_taken_back_once_there_is_credit_again(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    stripe.use_credit(CUSTOMER, 500, "usd");
    server.refund(&story.charge, 10_000).await;
    let due = story.until(server, ReversalDue).await;
    assert_eq!((due.given_minor, moves(stripe).len()), (500, 1), "nothing is asked for that is not there");
    stripe.use_credit(CUSTOMER, -800, "usd");
    server.retry(&due).await;
    assert_eq!(story.until(server, Reversed).await.given_minor, 0);
    assert_eq!(balance(stripe), -300);
}

both_databases!(beside_stripe: what_was_taken_before_is_not_taken_for_what_is_left);
async fn what_was_taken_before_is_not_taken_for_what_is_left(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    stripe.use_credit(CUSTOMER, 300, "usd");
    server.refund(&story.charge, 10_000).await;
    let due = story.until(server, ReversalDue).await;
    assert_eq!((due.given_minor, balance(stripe)), (300, 0));
    stripe.use_credit(CUSTOMER, -800, "usd");
    // It has not moved anything, but may have: so it is looked for.
    stripe.plan(MOVES, 1, Fault::before(How::Status(500)));
    server.retry(&due).await;
    assert_eq!(story.until(server, Reversed).await.given_minor, 0);
    assert_eq!(balance(stripe), -500);
    assert_eq!(moves(stripe), steps([(-500, "issue 1"), (200, "reverse 1"), (300, "reverse 1")]));
}

both_databases!(beside_stripe: what_an_invoice_in_between_would_have_owed_is_given_back_once);
async fn what_an_invoice_in_between_would_have_owed_is_given_back_once(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    hold(stripe, MOVES);
    stripe.plan(MOVES, 1, Fault::before(How::Status(400)));
    server.refund(&story.charge, 10_000).await;
    until_heard(stripe, MOVES, 2).await;
    assert!(stripe.use_credit(CUSTOMER, 300, "usd"));
    stripe.release();
    let failed = story.until(server, Failed).await;
    assert!(failed.detail.contains("not given back"), "{failed:?}");
    assert_eq!(balance(stripe), 300, "the customer would owe this");

    // Credit that came from elsewhere is none of ours.
    stripe.use_credit(CUSTOMER, -1_000, "usd");
    server.retry(&failed).await;
    let due = story.until(server, ReversalDue).await;
    assert_eq!((due.given_minor, balance(stripe)), (300, -1_000));
    let expected = [(-500, "issue 1"), (500, "reverse 1"), (-300, "excess 1")];
    assert_eq!(moves(stripe), steps(expected), "it was not taken twice");
}

both_databases!(beside_stripe: a_credit_that_may_have_been_given_is_looked_for_before_it_is_called_off);
async fn a_credit_that_may_have_been_given_is_looked_for_before_it_is_called_off(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    stripe.plan(MOVES, 1, Fault::after(How::Status(500)));
    stripe.plan(LISTS, 1, Fault::before(How::Status(400)));
    let reward = server.approve(&story.reward(server).await).await;
    server.until_tried(&reward.id).await;
    server.retry(&reward).await;
    let failed = story.until(server, Failed).await;
    assert_eq!((failed.given_minor, balance(stripe)), (0, -500), "nobody but Stripe knows");

    stripe.use_credit(CUSTOMER, 300, "usd");
    assert_eq!(server.cancel(&failed).await.state(), Reversing);
    let due = story.until(server, ReversalDue).await;
    assert_eq!((due.given_minor, &*due.stripe_customer_id), (300, CUSTOMER));
    let reversing = server.retry(&due).await;
    let moved_on = async || story.reward(server).await.etag != reversing.etag;
    Server::until("it is due again", moved_on).await;
    let still = story.until(server, ReversalDue).await;
    assert_eq!((still.given_minor, balance(stripe)), (300, 0), "what is spent is spent");
}

both_databases!(beside_stripe: what_was_settled_by_hand_is_taken_back_anew_when_it_was_given_anew);
async fn what_was_settled_by_hand_is_taken_back_anew_when_it_was_given_anew(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, five_dollars()).await;
    story.issued(server).await;
    stripe.use_credit(CUSTOMER, 300, "usd");
    stripe.plan(MOVES, 1, Fault::before(How::Status(500)));
    stripe.plan(LISTS, 1, Fault::before(How::Status(400)));
    let refund = server.refund(&story.charge, 10_000).await;
    let reversing = server.until_tried(&story.reward(server).await.id).await;
    server.retry(&reversing).await;
    let failed = story.until(server, Failed).await;
    assert_eq!(server.cancel(&failed).await.state(), Reversed);

    server.fail(&refund).await;
    story.issued(server).await;
    server.refund(&story.charge, 10_000).await;
    let reversed = story.until(server, Reversed).await;
    assert_eq!((reversed.given_minor, reversed.round), (0, 2));
    let expected = [(-500, "issue 1"), (-500, "issue 2"), (500, "reverse 2")];
    assert_eq!(moves(stripe), steps(expected), "all of the second, whatever was planned for the first");
}
