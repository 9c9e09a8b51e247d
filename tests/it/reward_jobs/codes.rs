//! Promotion codes: for one customer, once, and ended while they are unused.

use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::proto::v1::{RewardRule, RewardState};
use serde_json::{Value, json};

use RewardState::{Failed, Issued, Issuing, ReversalDue, Reversed};

use super::{CUSTOMER, Story, hold, until_heard};
use crate::harness::{Server, both_databases, each_qualified};

const MAKES: &str = "POST /v1/promotion_codes";
const LISTS: &str = "GET /v1/promotion_codes";

/// A code on a coupon that Stripe has.
fn tenth_off(stripe: &FakeStripe) -> RewardRule {
    stripe.add_coupon("TENTH");
    let code =
        v1::StripePromotionCode { coupon_id: "TENTH".to_owned(), code_prefix: "REF".to_owned(), expires_days: 30 };
    RewardRule { kind: Some(Kind::StripePromotionCode(code)), ..each_qualified() }
}

/// The codes that Stripe has for Maya.
fn codes(stripe: &FakeStripe) -> Vec<Value> {
    stripe.all("promotion_codes").into_iter().filter(|code| code["customer"] == CUSTOMER).collect()
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().expect("a text")
}

both_databases!(beside_stripe: a_code_is_for_its_recipient_alone_and_once);
async fn a_code_is_for_its_recipient_alone_and_once(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, tenth_off(stripe)).await;
    let issued = story.issued(server).await;
    let codes = codes(stripe);
    assert_eq!(codes.len(), 1);
    let code = &codes[0];
    assert_eq!((text(code, "id"), text(code, "code")), (&*issued.stripe_object_id, &*issued.promotion_code));
    assert!(issued.promotion_code.starts_with("REF-"), "{issued:?}");
    assert_eq!((code["max_redemptions"].as_i64(), &code["promotion"]["coupon"]), (Some(1), &json!("TENTH")));
    let days = (code["expires_at"].as_i64().expect("a time") - server.now().seconds()) / 86_400;
    assert!((29..=30).contains(&days), "{code}");
    assert_eq!(code["metadata"]["reward_id"], issued.id.as_str());
    assert_eq!((issued.amount_minor, issued.given_minor), (None, 0), "it is no money");
}

both_databases!(beside_stripe: a_code_that_somebody_else_has_is_spelt_anew);
async fn a_code_that_somebody_else_has_is_spelt_anew(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, tenth_off(stripe)).await;
    hold(stripe, MAKES);
    server.approve(&story.reward(server).await).await;
    until_heard(stripe, MAKES, 1).await;
    let asked = stripe.heard().into_iter().find(|heard| heard.line == MAKES).expect("it was heard");
    let taken = asked.form.get("code").expect("a code").to_owned();
    stripe.add("promotion_codes", json!({ "id": "promo_other", "code": taken, "active": true, "metadata": {} }));
    stripe.release();
    let issued = story.until(server, Issued).await;
    assert!(issued.promotion_code != taken && issued.promotion_code.starts_with("REF-"), "{issued:?}");
    assert_eq!((codes(stripe).len(), issued.attempts, &*issued.last_error), (1, 0, ""));
}

both_databases!(beside_stripe: a_coupon_that_is_gone_or_over_is_said_and_tried_again_by_hand);
async fn a_coupon_that_is_gone_or_over_is_said_and_tried_again_by_hand(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, tenth_off(stripe)).await;
    stripe.change("coupons", "TENTH", |coupon| coupon["id"] = "GONE".into());
    server.approve(&story.reward(server).await).await;
    let failed = story.until(server, Failed).await;
    assert!(failed.detail.contains("No such coupon: 'TENTH'"), "{failed:?}");

    stripe.change("coupons", "GONE", |coupon| {
        (coupon["id"], coupon["valid"]) = ("TENTH".into(), false.into());
    });
    assert_eq!(server.retry(&failed).await.state(), Issuing);
    let failed = story.until(server, Failed).await;
    assert!(failed.detail.contains("Coupon expired"), "{failed:?}");
    stripe.change("coupons", "TENTH", |coupon| coupon["valid"] = true.into());
    server.retry(&failed).await;
    story.until(server, Issued).await;
    assert_eq!(codes(stripe).len(), 1);
}

both_databases!(beside_stripe: an_unused_code_is_ended_and_a_used_one_is_for_the_merchant);
async fn an_unused_code_is_ended_and_a_used_one_is_for_the_merchant(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, tenth_off(stripe)).await;
    let first = story.issued(server).await;
    let refund = server.refund(&story.charge, 10_000).await;
    story.until(server, Reversed).await;
    assert_eq!(codes(stripe)[0]["active"], false);
    server.fail(&refund).await;
    let second = story.issued(server).await;
    assert_eq!((second.round, second.stripe_object_id == first.stripe_object_id), (2, false));
    stripe.redeem(&second.stripe_object_id);
    server.refund(&story.charge, 10_000).await;
    let due = story.until(server, ReversalDue).await;
    assert!(due.detail.contains(&second.promotion_code) && due.detail.contains("used"), "{due:?}");
    assert_eq!(server.cancel(&due).await.state(), Reversed);
}

both_databases!(beside_stripe: a_code_used_before_it_is_ended_is_not_said_to_be_taken_back);
async fn a_code_used_before_it_is_ended_is_not_said_to_be_taken_back(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, tenth_off(stripe)).await;
    let issued = story.issued(server).await;
    let ends = format!("{MAKES}/{}", issued.stripe_object_id);
    hold(stripe, &ends);
    server.cancel(&issued).await;
    until_heard(stripe, &ends, 1).await;
    stripe.redeem(&issued.stripe_object_id);
    stripe.release();
    story.until(server, ReversalDue).await;
}

both_databases!(beside_stripe: a_code_that_may_have_been_made_is_looked_for_before_it_is_called_off);
async fn a_code_that_may_have_been_made_is_looked_for_before_it_is_called_off(server: &Server, stripe: &FakeStripe) {
    let story = Story::of(server, stripe, tenth_off(stripe)).await;
    stripe.plan(MAKES, 1, Fault::after(How::Status(500)));
    stripe.plan(LISTS, 1, Fault::before(How::Status(400)));
    let reward = server.approve(&story.reward(server).await).await;
    server.until_tried(&reward.id).await;
    server.retry(&reward).await;
    let failed = story.until(server, Failed).await;
    assert_eq!((codes(stripe).len(), &*failed.promotion_code), (1, ""), "nobody but Stripe knows");
    stripe.redeem(text(&codes(stripe)[0], "id"));
    server.cancel(&failed).await;
    let due = story.until(server, ReversalDue).await;
    assert_eq!(due.promotion_code, text(&codes(stripe)[0], "code"));
    let reversing = server.retry(&due).await;
    let moved_on = async || story.reward(server).await.etag != reversing.etag;
    Server::until("it was tried again", moved_on).await;
    story.until(server, ReversalDue).await;
}
