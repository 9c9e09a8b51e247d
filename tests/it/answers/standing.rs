//! What an explanation says beside the payments: the rule and the time left, by what somebody is an existing customer,
//! what it waits for, and what is earned together with others.

use prost_types::FieldMask;
use referrald::fake_stripe::{FakeStripe, Fault, How};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Pattern;
use referrald::proto::v1::{ExistingEmailMode, ObjectType, ReferralState, RewardState};

use crate::harness::{Payment, RULE, Server, advertised, both_databases, each_qualified, states, timestamp};

both_databases!(the_time_left_is_that_until_the_windows_end);
async fn the_time_left_is_that_until_the_windows_end(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let end = ben.window_ends_at.expect("a time").seconds;
    for days in [0, 12] {
        server.advance_days(days);
        // The clock goes on while the call is under way.
        let most = end - server.now().seconds();
        let left = server.why(&ben.id).await.seconds_left;
        let least = end - server.now().seconds();
        assert!((least..=most).contains(&left), "{left} is not within {least} to {most}");
        assert!(left > 0);
    }
}

both_databases!(the_rule_that_holds_for_a_referral_is_named_by_its_version);
async fn the_rule_that_holds_for_a_referral_is_named_by_its_version(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let before = server.register(&campaign, &maya, "ben@example.com").await;
    let ruled = async |target_minor, apply_to_existing| {
        let rule = advertised(v1::Rule { target_minor, ..RULE }).rule;
        let changed = v1::Campaign { id: campaign.id.clone(), rule, ..v1::Campaign::default() };
        let update_mask = Some(FieldMask { paths: vec!["rule".to_owned()] });
        let request = v1::UpdateCampaignRequest { campaign: Some(changed), update_mask, apply_to_existing };
        server.caller.campaigns().update_campaign(request).await.expect("the rule may be so");
    };
    let holds = async |id: &str| {
        let why = server.why(id).await;
        (why.referral.expect("a referral").rule_version, why.rule.expect("a rule").target_minor, why.missing_minor)
    };
    ruled(20_000, false).await;
    let after = server.register(&campaign, &maya, "eve@example.com").await;
    assert_eq!(holds(&before.id).await, (1, 10_000, Some(10_000)), "a rule is for those who come after it");
    assert_eq!(holds(&after.id).await, (2, 20_000, Some(20_000)));
    ruled(5_000, true).await;
    Server::until("the rule holds for all", async || holds(&before.id).await.0 == 3).await;
    assert_eq!(holds(&before.id).await, (3, 5_000, Some(5_000)));
}

both_databases!(what_may_be_the_release_of_an_authorisation_is_said_until_the_capture_is_seen);
async fn what_may_be_the_release_of_an_authorisation_is_said_until_the_capture_is_seen(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut charge = server.charge(Payment::of("ben@example.com", 12_000)).body;
    charge["amount_captured"] = 10_000.into();
    charge["amount_refunded"] = 2_000.into();
    server.deliver("charge.refunded", charge.clone()).await;
    let of = async || {
        let payment = server.why(&ben.id).await.payments.remove(0);
        (payment.ambiguous_release, payment.refunded_minor, payment.counted_minor)
    };
    assert_eq!(of().await, (true, 2_000, 8_000));
    server.deliver("charge.captured", charge).await;
    assert_eq!(of().await, (false, 0, 10_000), "the rest was released, and nothing given back");
}

both_databases!(an_existing_customer_is_explained_by_the_oldest_object_that_shows_it);
async fn an_existing_customer_is_explained_by_the_oldest_object_that_shows_it(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let registered_at = server.now();
    let ben = server.register_at(&campaign, &maya, "ben@example.com", registered_at).await;
    server.customer("cus_new", "ben@example.com", registered_at.plus_seconds(-3_600)).await;
    let why = server.why(&ben.id).await;
    assert_eq!(why.existing_customer, None, "an hour before is not before");
    assert_eq!(why.referral.expect("a referral").state(), ReferralState::Pending);

    server.customer("cus_ben", "ben@example.com", registered_at.plus_days(-3)).await;
    let by = |object_type: ObjectType, object_id: &str, days: i64| v1::ExistingCustomerEvidence {
        object_type: object_type.into(),
        object_id: object_id.to_owned(),
        created_at: Some(timestamp(registered_at.plus_days(days))),
        before: Some(timestamp(registered_at.floor_to_second().plus_seconds(-3_600))),
    };
    let why = server.why(&ben.id).await;
    assert_eq!(why.existing_customer, Some(by(ObjectType::Customer, "cus_ben", -3)));
    let because = "Disqualified: the person was a customer before: the customer cus_ben is 3 days older than the \
                   registration, and more than 60 minutes are enough. 0.00 USD counted.";
    assert_eq!(why.summary, because);
    let charge = server.take(Payment::of("ben@example.com", 100).at(registered_at.plus_days(-5))).await;
    let evidence = by(ObjectType::Charge, &charge.id, -5);
    let before = server.why(&ben.id).await;
    assert_eq!(before.existing_customer, Some(evidence.clone()));

    // What decided stays known once the person is not.
    let erase = v1::ErasePersonRequest { email: "ben@example.com".to_owned(), ..v1::ErasePersonRequest::default() };
    server.caller.referrals().erase_person(erase).await.expect("erased");
    let after = server.why(&ben.id).await;
    assert_eq!((after.existing_customer, after.decision_waits), (Some(evidence), false));
    assert_eq!((after.summary, after.steps), (before.summary, before.steps));

    // Where existing customers may qualify, it is told all the same.
    let updating = v1::Rule { existing_email_mode: ExistingEmailMode::UpdateExisting.into(), ..RULE };
    let lenient = server.campaign(updating).await;
    let eve = server.register_at(&lenient, &maya, "eve@example.com", registered_at).await;
    server.customer("cus_eve", "eve@example.com", registered_at.plus_days(-3)).await;
    let why = server.why(&eve.id).await;
    assert_eq!(why.existing_customer, Some(by(ObjectType::Customer, "cus_eve", -3)));
    assert_eq!(why.referral.expect("a referral").state(), ReferralState::Pending);
}

both_databases!(a_sentence_says_what_a_referral_waits_for_and_who_decided);
async fn a_sentence_says_what_a_referral_waits_for_and_who_decided(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let herself = server.register(&campaign, &maya, "Maya+1@example.com").await;
    let said = async |id: &str| server.why(id).await.summary;
    assert_eq!(
        said(&herself.id).await,
        "Disqualified: the person invited is the referrer, by their emails. 0.00 USD counted."
    );
    server.pause(&campaign).await;
    server.pay("ben@example.com", 12_000).await;
    assert_eq!(
        said(&ben.id).await,
        "Pending with 0.00 USD on record while the campaign is paused. By the facts now: Qualified: 120.00 USD of at \
         least 100.00 USD counted."
    );
    server.launch(&campaign).await;
    server.sweep().await;
    assert_eq!(said(&ben.id).await, "Qualified: 120.00 USD of at least 100.00 USD counted.");
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    let (referral_id, reason) = (eve.id.clone(), "as agreed".to_owned());
    let request = v1::QualifyReferralRequest { referral_id, reason, etag: String::new() };
    server.caller.qualifications().qualify_referral(request).await.expect("qualified");
    assert_eq!(said(&eve.id).await, "Qualified by an operator: 0.00 USD of at least 100.00 USD counted.");
}

both_databases!(beside_stripe: a_sentence_says_that_the_look_at_stripe_has_not_answered);
async fn a_sentence_says_that_the_look_at_stripe_has_not_answered(server: &Server, stripe: &FakeStripe) {
    stripe.plan("GET /v1/customers", 1000, Fault::before(How::Status(401)));
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 12_000).await;
    let why = server.why(&ben.id).await;
    let state = why.referral.and_then(|referral| referral.customer_sync).expect("it stands somewhere").state();
    assert_eq!((state, why.missing_minor), (v1::CustomerSyncState::Pending, Some(0)));
    assert!(why.summary.starts_with("Pending: 120.00 USD of at least 100.00 USD counted, "), "{}", why.summary);
    let waits = " left. It cannot qualify before the look for the customer at Stripe has answered.";
    assert!(why.summary.ends_with(waits), "{}", why.summary);
}

both_databases!(what_several_referrals_earn_together_is_listed_with_each_of_them);
async fn what_several_referrals_earn_together_is_listed_with_each_of_them(server: &Server) {
    let every_second = v1::RewardRule { pattern: Some(Pattern::EveryNth(2)), ..each_qualified() };
    let campaign = server.rewarding(vec![each_qualified(), every_second]).await;
    let (maya, leo) = (server.referrer("maya@example.com").await, server.referrer("leo@example.com").await);
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    let other = server.register(&campaign, &leo, "zoe@example.com").await;
    let of_ben = server.pay("ben@example.com", 10_000).await;
    server.pay("zoe@example.com", 10_000).await;
    assert_eq!(server.why(&ben.id).await.shared_rewards, [], "one is not two");
    server.pay("eve@example.com", 10_000).await;
    for referral in [&ben, &eve] {
        let why = server.why(&referral.id).await;
        let [shared] = &why.shared_rewards[..] else { panic!("one: {:?}", why.shared_rewards) };
        assert_eq!((shared.state(), &*shared.referral_id), (RewardState::Due, ""));
        assert_eq!(shared.cause, Some(v1::reward::Cause::CauseSlot(1)));
        assert_eq!(shared.rule_id, campaign.reward_rules[1].id);
        let own: Vec<_> = why.rewards.iter().map(|reward| &*reward.referral_id).collect();
        assert_eq!(own, [&*referral.id], "its own are told apart");
    }
    assert_eq!(server.why(&other.id).await.shared_rewards, [], "another referrer's");
    server.refund(&of_ben, 1).await;
    assert_eq!(states(&server.why(&ben.id).await.shared_rewards), [RewardState::Canceled], "and what became of it");
}
