//! Coupons of reward rules: Stripe is asked for them when a campaign goes live, and not while the database is held.

use std::time::Duration;

use prost::Message;
use prost_types::FieldMask;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::CampaignState::{Draft, Live, Paused};
use referrald::proto::v1::reward_rule::Kind;
use tonic::Code;

use crate::harness::{RULE, Refusal, Server, advertised, both_databases, each_qualified};

const LAUNCH: &str = "CampaignService/LaunchCampaign";
const UPDATE: &str = "CampaignService/UpdateCampaign";
const ASKED: &str = "GET /v1/coupons/";

/// A rule that gives a code on a coupon.
fn code_on(coupon_id: &str) -> v1::RewardRule {
    let code = v1::StripePromotionCode { coupon_id: coupon_id.to_owned(), ..v1::StripePromotionCode::default() };
    v1::RewardRule { kind: Some(Kind::StripePromotionCode(code)), ..each_qualified() }
}

/// A campaign that gives a mug, and codes on these coupons.
fn giving(coupons: &[&str]) -> v1::Campaign {
    let codes = coupons.iter().map(|coupon| code_on(coupon));
    v1::Campaign { reward_rules: [each_qualified()].into_iter().chain(codes).collect(), ..advertised(RULE) }
}

fn launch(campaign: &v1::Campaign) -> Vec<u8> {
    v1::LaunchCampaignRequest { id: campaign.id.clone(), etag: String::new() }.encode_to_vec()
}

/// Changes what the mask names; its rules are those that stand and these.
fn update(campaign: &v1::Campaign, more: &[v1::RewardRule], mask: &str) -> Vec<u8> {
    let mut campaign = v1::Campaign { etag: String::new(), display_name: "Other".to_owned(), ..campaign.clone() };
    campaign.reward_rules.extend_from_slice(more);
    let update_mask = Some(FieldMask { paths: vec![mask.to_owned()] });
    v1::UpdateCampaignRequest { campaign: Some(campaign), update_mask, apply_to_existing: false }.encode_to_vec()
}

/// How often Stripe was asked for a coupon.
fn asked(stripe: &FakeStripe) -> usize {
    stripe.heard().iter().filter(|heard| heard.line.starts_with(ASKED)).count()
}

#[track_caller]
fn names(refusal: &Refusal, rule: &str, coupon: &str, why: &str) {
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "COUPON_INVALID"));
    assert_eq!(refusal.precondition.as_deref(), Some("COUPON_INVALID"));
    let said = ["rule", "coupon_id", "why"].map(|name| refusal.variables[name].as_str());
    assert_eq!(said, [rule, coupon, why]);
    assert!(said.iter().all(|word| refusal.message.contains(word)), "{}", refusal.message);
}

both_databases!(beside_stripe: a_campaign_goes_live_with_coupons_that_stripe_has);
async fn a_campaign_goes_live_with_coupons_that_stripe_has(server: &Server, stripe: &FakeStripe) {
    let draft = server.drafted(giving(&["TENTH", "TENTH"])).await;
    assert_eq!(asked(stripe), 0, "a draft promises nothing");
    names(&server.caller.must_refuse(LAUNCH, launch(&draft)).await, "reward_rules[1]", "TENTH", "is not there");
    stripe.add_coupon("TENTH");
    stripe.change("coupons", "TENTH", |coupon| coupon["valid"] = false.into());
    let refusal = server.caller.must_refuse(LAUNCH, launch(&draft)).await;
    names(&refusal, "reward_rules[1]", "TENTH", "can be redeemed no more");
    assert_eq!(server.campaign_now(&draft.id).await, draft, "nothing was done");
    stripe.change("coupons", "TENTH", |coupon| coupon["valid"] = true.into());
    assert_eq!(server.launch(&draft).await.state(), Live);
    assert_eq!(asked(stripe), 3, "once for both rules, each time");
}

both_databases!(beside_stripe: a_campaign_that_was_launched_answers_for_new_coupons_and_again_when_resumed);
async fn a_campaign_that_was_launched_answers_for_new_coupons_and_again_when_resumed(
    server: &Server,
    stripe: &FakeStripe,
) {
    stripe.add_coupon("TENTH");
    let live = server.launched(giving(&["TENTH"])).await;
    let refusal = server.caller.must_refuse(UPDATE, update(&live, &[code_on("HALF")], "reward_rules")).await;
    names(&refusal, "reward_rules[2]", "HALF", "is not there");
    assert_eq!((server.campaign_now(&live.id).await, asked(stripe)), (live.clone(), 2));

    stripe.change("coupons", "TENTH", |coupon| coupon["valid"] = false.into());
    server.caller.ask_bytes(UPDATE, update(&live, &[], "display_name")).await.expect("a name asks nobody");
    stripe.add_coupon("HALF");
    server.caller.ask_bytes(UPDATE, update(&live, &[code_on("HALF")], "reward_rules")).await.expect("it is there");
    assert_eq!(asked(stripe), 3, "what stood before is not asked for again");

    let paused = server.pause(&live).await;
    names(
        &server.caller.must_refuse(LAUNCH, launch(&live)).await,
        "reward_rules[1]",
        "TENTH",
        "can be redeemed no more",
    );
    let without: Vec<_> =
        paused.reward_rules.iter().filter(|rule| rule.kind != code_on("TENTH").kind).cloned().collect();
    server.with_rewards(&live, without).await;
    assert_eq!(server.launch(&live).await.state(), Live, "a rule that is retired promises nothing");
}

both_databases!(beside_stripe: a_campaign_does_not_go_live_while_stripe_does_not_say);
async fn a_campaign_does_not_go_live_while_stripe_does_not_say(server: &Server, stripe: &FakeStripe) {
    stripe.add_coupon("TENTH");
    let draft = server.drafted(giving(&["TENTH"])).await;
    for how in [How::Status(500), How::RetryAfter(3), How::CutShort, How::Hang] {
        stripe.plan(ASKED, 1, Fault::before(how));
        let refusal = server.caller.must_refuse(LAUNCH, launch(&draft)).await;
        assert_eq!(refusal.kind(), (Code::Unavailable, "STRIPE_UNAVAILABLE"), "{how:?}");
        assert_eq!(refusal.retry_after, Some(Duration::from_secs(1)), "{how:?}");
    }
    stripe.plan(ASKED, 1, Fault::before(How::Status(403)));
    let refusal = server.caller.must_refuse(LAUNCH, launch(&draft)).await;
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "STRIPE_REFUSED"));
    assert!(refusal.message.contains("'rak_coupon_read'"), "{}", refusal.message);
    assert_eq!(server.campaign_now(&draft.id).await.state(), Draft);
    assert_eq!(server.launch(&draft).await.state(), Live);
}

both_databases!(beside_stripe: the_database_is_not_held_while_stripe_is_asked);
async fn the_database_is_not_held_while_stripe_is_asked(server: &Server, stripe: &FakeStripe) {
    stripe.add_coupon("TENTH");
    let other = server.campaign(RULE).await;
    for (changed, refused) in [(false, false), (true, true)] {
        let draft = server.drafted(giving(&["TENTH"])).await;
        let before = asked(stripe);
        stripe.plan(ASKED, 1, Fault::before(How::Held));
        let (caller, request) = (server.caller.clone(), launch(&draft));
        let launching = tokio::spawn(async move { caller.ask_bytes(LAUNCH, request).await });
        Server::until("Stripe is asked", async || asked(stripe) > before).await;
        if changed {
            server.caller.ask_bytes(UPDATE, update(&draft, &[code_on("HALF")], "reward_rules")).await.expect("a draft");
        } else {
            assert_eq!(server.pause(&other).await.state(), Paused, "others write to the same ledger meanwhile");
        }
        stripe.release();
        let launched = launching.await.expect("no panic");
        assert_eq!(launched.is_err(), refused, "{launched:?}");
        if let Err(status) = launched {
            let refusal = Refusal::of(&status);
            assert_eq!(refusal.kind(), (Code::Aborted, "ETAG_MISMATCH"), "it names a coupon that nobody asked for");
        }
        assert_eq!(server.campaign_now(&draft.id).await.state() == Live, !refused);
    }
}
