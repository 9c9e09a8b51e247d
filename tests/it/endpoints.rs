//! The webhook endpoint that the service makes at Stripe: one, however often and from wherever it is asked for.

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use tonic::{Code, Status};

use crate::harness::{Caller, RULE, Refusal, Server, both_databases};

const MAKES: &str = "POST /v1/webhook_endpoints";

async fn create(caller: Caller, campaign_id: String) -> Result<v1::CreateWebhookEndpointResponse, Status> {
    let request = v1::CreateWebhookEndpointRequest { campaign_id, campaign_url: false };
    caller.campaigns().create_webhook_endpoint(request).await.map(tonic::Response::into_inner)
}

fn heard(stripe: &FakeStripe, line: &str) -> usize {
    stripe.heard().iter().filter(|heard| heard.line == line).count()
}

both_databases!(beside_stripe: two_who_ask_at_once_get_one_endpoint_though_a_minute_lies_between);
async fn two_who_ask_at_once_get_one_endpoint_though_a_minute_lies_between(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await.id;
    stripe.plan(MAKES, 1, Fault::before(How::Held));
    let first = tokio::spawn(create(server.caller.clone(), campaign.clone()));
    Server::until("the first is under way", async || heard(stripe, MAKES) == 1).await;
    server.clock.advance_seconds(61);
    let refusal = Refusal::of(&create(server.caller.clone(), campaign.clone()).await.expect_err("it is being made"));
    assert_eq!(refusal.kind(), (Code::Unavailable, "STRIPE_UNAVAILABLE"));
    stripe.release();
    let made = first.await.expect("no panic").expect("it is made");
    assert!(made.created);
    let again = create(server.caller.clone(), campaign).await.expect("it is found");
    assert_eq!((again.created, &again.stripe_endpoint_id), (false, &made.stripe_endpoint_id));
    assert_eq!(stripe.all("webhook_endpoints").len(), 1);
}

both_databases!(beside_stripe: whoever_asks_again_asks_under_the_same_key);
async fn whoever_asks_again_asks_under_the_same_key(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await.id;
    stripe.plan(MAKES, 1, Fault::before(How::RetryAfter(1)));
    let refusal = create(server.caller.clone(), campaign.clone()).await.expect_err("not now");
    assert_eq!(refusal.code(), Code::Unavailable);
    server.clock.advance_seconds(61);
    let made = create(server.caller.clone(), campaign.clone()).await.expect("it is made");
    let keys: Vec<_> = stripe.heard().into_iter().filter(|heard| heard.line == MAKES).collect();
    assert_eq!(keys[0].idempotency_key, keys[1].idempotency_key, "a repetition makes no second");
    assert_eq!(stripe.all("webhook_endpoints").len(), 1);
    assert_eq!(stripe.all("webhook_endpoints")[0]["id"], made.stripe_endpoint_id.as_str());
}

both_databases!(beside_stripe: one_that_was_deleted_at_stripe_is_made_anew);
async fn one_that_was_deleted_at_stripe_is_made_anew(server: &Server, stripe: &FakeStripe) {
    let campaign = server.campaign(RULE).await.id;
    // It is made, and nobody learns its secret.
    stripe.plan(MAKES, 1, Fault::after(How::CutShort));
    create(server.caller.clone(), campaign.clone()).await.expect_err("the answer is cut short");
    let found = create(server.caller.clone(), campaign.clone()).await.expect("it is found");
    assert_eq!((found.created, found.secret), (false, None));
    for _ in 0..2 {
        for endpoint in stripe.all("webhook_endpoints") {
            stripe.forget("webhook_endpoints", endpoint["id"].as_str().expect("an id"));
        }
        let made = create(server.caller.clone(), campaign.clone()).await.expect("it is made");
        let there = stripe.all("webhook_endpoints");
        assert_eq!((there.len(), &there[0]["id"]), (1, &made.stripe_endpoint_id.into()));
    }
}
