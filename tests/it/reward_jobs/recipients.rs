//! Whose customer gets a reward, and who has none yet.

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Trigger;
use referrald::proto::v1::{CustomerSyncState, NewCustomerMode, RewardRecipient, RewardRule, RewardState};

use RewardState::{AwaitingCustomer, Canceled, Issued, Issuing};

use super::{BEN, CUSTOMER, MAYA, Story, five_dollars, has_customer, heard, hold, moves, steps, until_heard};
use crate::harness::{RULE, Server, advertised, both_databases, of_payments, person};

const LOOKS: &str = "GET /v1/customers";

/// A campaign that makes customers of those who sign up, and rewards so.
async fn creating(server: &Server, reward_rules: Vec<RewardRule>) -> v1::Campaign {
    let line = |field: &str, target: &str| v1::FieldMapping {
        source: Some(v1::field_mapping::Source::Field(field.to_owned())),
        target: target.to_owned(),
    };
    let field_mappings = vec![line("first_name", "name"), line("email", "email")];
    let rule = v1::Rule { new_customer_mode: NewCustomerMode::CreateAtOnce.into(), ..RULE };
    server.launched(v1::Campaign { field_mappings, reward_rules, ..advertised(rule) }).await
}

/// Five dollars for who signs up.
fn welcome() -> RewardRule {
    RewardRule {
        recipient: RewardRecipient::Referred.into(),
        trigger: Some(Trigger::Registered(v1::RegisteredTrigger {})),
        auto_issue: true,
        ..five_dollars()
    }
}

both_databases!(beside_stripe: who_has_no_customer_waits_until_stripe_tells_of_one);
async fn who_has_no_customer_waits_until_stripe_tells_of_one(server: &Server, stripe: &FakeStripe) {
    let story = Story::without_customer(server, five_dollars()).await;
    server.approve(&story.reward(server).await).await;
    let waiting = story.until(server, AwaitingCustomer).await;
    assert_eq!((waiting.attempts, waiting.next_try_at), (0, None), "nothing is tried meanwhile");
    server.customer("cus_eve", "eve@example.com", server.now()).await;
    assert_eq!(story.reward(server).await, waiting, "somebody else's is none of hers");
    // Stripe's search is exact, and what it told of is known here.
    has_customer(server, stripe, CUSTOMER, "Maya@Example.com");
    server.customer(CUSTOMER, "Maya@Example.com", server.now()).await;
    assert_eq!(story.until(server, Issued).await.stripe_customer_id, CUSTOMER);
    assert_eq!(moves(stripe), steps([(-500, "issue 1")]));
}

both_databases!(beside_stripe: what_waits_for_a_customer_goes_on_once_whatever_else_the_customer_changes);
async fn what_waits_for_a_customer_goes_on_once_whatever_else_the_customer_changes(
    server: &Server,
    stripe: &FakeStripe,
) {
    // Under a rule for payments every delivery about a person looks at all of their rewards.
    let campaign = server.rewarding(vec![welcome(), of_payments(3, 0)]).await;
    let maya = server.referrer(MAYA).await;
    let ben = server.register(&campaign, &maya, BEN).await;
    server.until_reward(&ben.id, AwaitingCustomer).await;
    has_customer(server, stripe, "cus_ben", BEN);
    server.customer("cus_ben", BEN, server.now()).await;
    server.until_reward(&ben.id, Issued).await;
    let told = ["reward.due", "reward.issuing", "reward.awaiting_customer", "reward.issuing", "reward.issued"];
    assert_eq!(server.reward_events().await, told);
}

both_databases!(beside_stripe: who_has_no_customer_waits_until_the_service_makes_one);
async fn who_has_no_customer_waits_until_the_service_makes_one(server: &Server, stripe: &FakeStripe) {
    let story = Story::without_customer(server, five_dollars()).await;
    server.approve(&story.reward(server).await).await;
    story.until(server, AwaitingCustomer).await;
    let other = creating(server, vec![]).await;
    let leo = server.referrer("leo@example.com").await;
    let maya = server.register(&other, &leo, MAYA).await;
    let sync = server.until_sync(&maya.id, CustomerSyncState::Done).await;
    assert_eq!(story.until(server, Issued).await.stripe_customer_id, sync.customer_id);
    assert_eq!(moves(stripe).len(), 1);
}

both_databases!(beside_stripe: who_waits_and_gets_another_email_is_looked_for_again);
async fn who_waits_and_gets_another_email_is_looked_for_again(server: &Server, stripe: &FakeStripe) {
    let story = Story::without_customer(server, five_dollars()).await;
    server.approve(&story.reward(server).await).await;
    story.until(server, AwaitingCustomer).await;
    has_customer(server, stripe, CUSTOMER, "maya.right@example.com");
    change_email(server, &story.maya, "maya.right@example.com").await;
    assert_eq!(story.until(server, Issued).await.stripe_customer_id, CUSTOMER);
}

both_databases!(beside_stripe: who_gets_another_email_while_they_are_looked_for_is_looked_for_again);
async fn who_gets_another_email_while_they_are_looked_for_is_looked_for_again(server: &Server, stripe: &FakeStripe) {
    let story = Story::without_customer(server, five_dollars()).await;
    let before = heard(stripe, LOOKS);
    hold(stripe, LOOKS);
    server.approve(&story.reward(server).await).await;
    until_heard(stripe, LOOKS, before + 1).await;
    // In vain, and nobody will tell of this customer any more.
    has_customer(server, stripe, CUSTOMER, "maya.right@example.com");
    change_email(server, &story.maya, "maya.right@example.com").await;
    stripe.release();
    assert_eq!(story.until(server, Issued).await.stripe_customer_id, CUSTOMER);
}

async fn change_email(server: &Server, referrer: &v1::Referrer, email: &str) {
    let referrer = v1::Referrer { person: Some(person(email)), ..referrer.clone() };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["person.email".to_owned()] });
    let request = v1::UpdateReferrerRequest { referrer: Some(referrer), update_mask };
    server.caller.referrals().update_referrer(request).await.expect("changed");
}

both_databases!(beside_stripe: a_retry_looks_again_for_who_waits);
async fn a_retry_looks_again_for_who_waits(server: &Server, stripe: &FakeStripe) {
    let story = Story::without_customer(server, five_dollars()).await;
    server.approve(&story.reward(server).await).await;
    let waiting = story.until(server, AwaitingCustomer).await;
    has_customer(server, stripe, CUSTOMER, MAYA);
    assert_eq!(server.retry(&waiting).await.state(), Issuing);
    assert_eq!(story.until(server, Issued).await.stripe_customer_id, CUSTOMER);
}

both_databases!(beside_stripe: who_waits_for_what_is_not_earned_any_more_waits_no_longer);
async fn who_waits_for_what_is_not_earned_any_more_waits_no_longer(server: &Server, stripe: &FakeStripe) {
    let story = Story::without_customer(server, five_dollars()).await;
    server.approve(&story.reward(server).await).await;
    story.until(server, AwaitingCustomer).await;
    let refund = server.refund(&story.charge, 10_000).await;
    assert_eq!(story.reward(server).await.state(), Canceled);
    has_customer(server, stripe, CUSTOMER, MAYA);
    server.customer(CUSTOMER, MAYA, server.now()).await;
    assert_eq!(story.reward(server).await.state(), Canceled);
    server.fail(&refund).await;
    assert_eq!(story.issued(server).await.round, 2);
    assert_eq!(moves(stripe), steps([(-500, "issue 2")]));
}

both_databases!(beside_stripe: of_several_customers_the_oldest_that_is_not_deleted_gets_it);
async fn of_several_customers_the_oldest_that_is_not_deleted_gets_it(server: &Server, stripe: &FakeStripe) {
    for (id, days) in [("cus_young", 1), ("cus_oldest", 9), ("cus_older", 5)] {
        has_customer(server, stripe, id, MAYA);
        let created = server.now().plus_days(-days).seconds();
        stripe.change("customers", id, |customer| customer["created"] = created.into());
    }
    stripe.delete_customer("cus_oldest");
    let story = Story::without_customer(server, five_dollars()).await;
    assert_eq!(story.issued(server).await.stripe_customer_id, "cus_older");
}

both_databases!(beside_stripe: a_registration_is_rewarded_once_the_look_at_stripe_has_answered);
async fn a_registration_is_rewarded_once_the_look_at_stripe_has_answered(server: &Server, stripe: &FakeStripe) {
    let campaign = creating(server, vec![welcome()]).await;
    let maya = server.referrer(MAYA).await;
    hold(stripe, LOOKS);
    let ben = server.register(&campaign, &maya, BEN).await;
    until_heard(stripe, LOOKS, 1).await;
    assert_eq!(server.rewards_of(&ben.id).await, [], "he may be a customer from before");
    stripe.release();
    let issued = server.until_reward(&ben.id, Issued).await;
    let sync = server.until_sync(&ben.id, CustomerSyncState::Done).await;
    assert_eq!(issued.stripe_customer_id, sync.customer_id, "the one that was made for him");

    has_customer(server, stripe, "cus_eve", "eve@example.com");
    let long_ago = server.now().plus_days(-9).seconds();
    stripe.change("customers", "cus_eve", |customer| customer["created"] = long_ago.into());
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.until_sync(&eve.id, CustomerSyncState::Done).await;
    assert_eq!(server.rewards_of(&eve.id).await, [], "she is one");

    stripe.plan(LOOKS, 1, Fault::before(How::Status(400)));
    let ann = server.register(&campaign, &maya, "ann@example.com").await;
    server.until_sync(&ann.id, CustomerSyncState::Failed).await;
    assert_eq!(server.rewards_of(&ann.id).await, [], "nobody knows whether she is");
    let request = v1::RetryCustomerSyncRequest { referral_id: ann.id.clone(), etag: String::new() };
    server.caller.referrals().retry_customer_sync(request).await.expect("it begins anew");
    server.until_reward(&ann.id, Issued).await;
    assert_eq!(moves(stripe).len(), 2);
}

both_databases!(beside_stripe: who_signs_up_and_waits_for_the_checkout_gets_the_welcome_then);
async fn who_signs_up_and_waits_for_the_checkout_gets_the_welcome_then(server: &Server, stripe: &FakeStripe) {
    let campaign = server.rewarding(vec![welcome()]).await;
    let maya = server.referrer(MAYA).await;
    let ben = server.register(&campaign, &maya, BEN).await;
    server.until_reward(&ben.id, AwaitingCustomer).await;
    let looked = heard(stripe, LOOKS);
    has_customer(server, stripe, "cus_ben", BEN);
    server.customer("cus_ben", BEN, server.now()).await;
    assert_eq!(server.until_reward(&ben.id, Issued).await.stripe_customer_id, "cus_ben");
    assert_eq!(heard(stripe, LOOKS), looked + 1, "it was looked for when there was something to find");
}
