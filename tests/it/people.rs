//! Who counts for whom: rivals, several campaigns, people who were there before, and who decides by hand.

use referrald::proto::v1;
use referrald::proto::v1::{Claim, DisqualifiedReason, NotCountedReason, ReferralState};

use crate::harness::{Payment, RULE, Server, both_databases};

use ReferralState::{Disqualified, Pending, Qualified};

both_databases!(somebody_who_was_a_customer_before_is_disqualified);
async fn somebody_who_was_a_customer_before_is_disqualified(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let now = server.now();
    server.customer("cus_old", "old@example.com", now.plus_seconds(-3_601)).await;
    server.customer("cus_new", "new@example.com", now.plus_seconds(-3_500)).await;

    let old = server.register(&campaign, &maya, "OLD@example.com").await;
    assert_eq!((old.state(), old.disqualified_reason()), (Disqualified, DisqualifiedReason::ExistingCustomer));
    let new = server.register(&campaign, &maya, "new@example.com").await;
    assert_eq!(new.state(), Pending, "sign-up flows make the customer just before they call");
    server.take(Payment::of("old@example.com", 10_000).by("cus_old")).await;
    assert_eq!(server.referral(&old.id).await.state(), Disqualified);
}

both_databases!(an_earlier_payment_that_becomes_known_later_disqualifies_then);
async fn an_earlier_payment_that_becomes_known_later_disqualifies_then(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let early = server.charge(Payment::of("ben@example.com", 500).at(server.now().plus_days(-1)));
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    server.deliver("charge.succeeded", early.body).await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.disqualified_reason()), (Disqualified, DisqualifiedReason::ExistingCustomer));
}

both_databases!(where_existing_customers_are_welcome_they_qualify);
async fn where_existing_customers_are_welcome_they_qualify(server: &Server) {
    let update = v1::ExistingEmailMode::UpdateExisting.into();
    let campaign = server.campaign(v1::Rule { existing_email_mode: update, ..RULE }).await;
    let maya = server.referrer("maya@example.com").await;
    server.customer("cus_old", "old@example.com", server.now().plus_days(-100)).await;
    let old = server.register(&campaign, &maya, "old@example.com").await;
    let own = server.register(&campaign, &maya, "maya@example.com").await;
    server.take(Payment::of("", 10_000).by("cus_old")).await;
    assert_eq!(server.stands(&old.id).await, (Qualified, 10_000));
    assert_eq!(own.state(), Pending, "this mode allows self-referrals");
}

both_databases!(who_invites_themselves_is_disqualified);
async fn who_invites_themselves_is_disqualified(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("Maya.Lee@gmail.com").await;
    for email in ["maya.lee@gmail.com", "mayalee+shop@googlemail.com"] {
        let own = server.register(&campaign, &maya, email).await;
        assert_eq!((own.state(), own.disqualified_reason()), (Disqualified, DisqualifiedReason::SelfReferral));
        server.pay(email, 10_000).await;
        assert_eq!(server.referral(&own.id).await.state(), Disqualified);
    }
}

both_databases!(one_payment_counts_in_every_campaign_of_its_ledger);
async fn one_payment_counts_in_every_campaign_of_its_ledger(server: &Server) {
    let (spring, summer) = (server.campaign(RULE).await, server.campaign(v1::Rule { target_minor: 1, ..RULE }).await);
    let maya = server.referrer("maya@example.com").await;
    let in_spring = server.register(&spring, &maya, "ben@example.com").await;
    let in_summer = server.register(&summer, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    assert_eq!(server.stands(&in_spring.id).await, (Qualified, 10_000));
    assert_eq!(server.stands(&in_summer.id).await, (Qualified, 10_000));
    server.refund(&charge, 9_000).await;
    assert_eq!(server.stands(&in_spring.id).await, (Pending, 1_000));
    assert_eq!(server.stands(&in_summer.id).await, (Qualified, 1_000));
}

both_databases!(the_stronger_of_two_claims_gets_the_payment);
async fn the_stronger_of_two_claims_gets_the_payment(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    server.take(Payment::of("ben@example.com", 10_000).naming(&eve.id)).await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 0));
    assert_eq!(server.stands(&eve.id).await, (Qualified, 10_000));
    let why = server.explain(&ben.id).await;
    assert_eq!(why.payments[0].reason(), NotCountedReason::OtherReferral);
    assert_eq!(server.explain(&eve.id).await.payments[0].claim(), Claim::ChargeMetadata);
}

both_databases!(a_registration_takes_over_the_payment_that_it_has_the_better_claim_on);
async fn a_registration_takes_over_the_payment_that_it_has_the_better_claim_on(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let signed_up = server.now();
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.customer("cus_1", "ben@example.com", signed_up).await;
    server.clock.advance_seconds(60);
    server.take(Payment::of("eve@example.com", 10_000).by("cus_1")).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000), "it is the customer's email");

    let eve = server.register_at(&campaign, &maya, "eve@example.com", signed_up).await;
    assert_eq!((eve.state(), eve.spend_minor), (Qualified, 10_000), "it is the charge's own");
    assert_eq!(server.stands(&ben.id).await, (Pending, 0));
    let events = server.events("default", "TEST").await;
    assert!(events.iter().zip(1..).all(|((seq, _), wanted)| *seq == wanted), "{events:?}");
}

both_databases!(an_operators_word_beats_the_rule_until_it_is_cleared);
async fn an_operators_word_beats_the_rule_until_it_is_cleared(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let mut qualifications = server.caller.qualifications();
    let (referral_id, reason) = (ben.id.clone(), "promised on the phone".to_owned());
    let by_hand = v1::QualifyReferralRequest { referral_id, reason, etag: ben.etag };
    let now = qualifications.qualify_referral(by_hand).await.expect("done").into_inner().referral.expect("a referral");
    assert_eq!((now.state(), now.spend_minor), (Qualified, 0));
    let word = now.r#override.expect("the word is kept");
    assert_eq!((word.verdict(), word.reason.as_str()), (v1::Verdict::Qualified, "promised on the phone"));

    let (referral_id, reason) = (ben.id.clone(), "a fraud after all".to_owned());
    let by_hand = v1::DisqualifyReferralRequest { referral_id, reason, etag: String::new() };
    qualifications.disqualify_referral(by_hand).await.expect("done");
    server.pay("ben@example.com", 10_000).await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.disqualified_reason()), (Disqualified, DisqualifiedReason::Manual));

    let clear = v1::ClearOverrideRequest { referral_id: ben.id.clone(), etag: String::new() };
    let now = qualifications.clear_override(clear).await.expect("done").into_inner().referral.expect("a referral");
    assert_eq!((now.state(), now.spend_minor, now.r#override), (Qualified, 10_000, None));
}

both_databases!(another_rule_holds_for_new_referrals_only);
async fn another_rule_holds_for_new_referrals_only(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let before = server.register(&campaign, &maya, "before@example.com").await;
    let dearer = v1::Campaign {
        id: campaign.id.clone(),
        rule: Some(v1::Rule { target_minor: 20_000, ..RULE }),
        ..v1::Campaign::default()
    };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["rule.target_minor".to_owned()] });
    let request = v1::UpdateCampaignRequest { campaign: Some(dearer), update_mask, apply_to_existing: false };
    let changed = server.caller.campaigns().update_campaign(request).await.expect("done").into_inner();
    let changed = changed.campaign.expect("a campaign");
    let rule = changed.rule.clone().expect("a rule");
    assert_eq!((changed.rule_version, rule.target_minor, rule.window_days), (2, 20_000, 30));

    let after = server.register(&changed, &maya, "after@example.com").await;
    assert_eq!((before.rule_version, after.rule_version), (1, 2));
    server.pay("before@example.com", 10_000).await;
    server.pay("after@example.com", 10_000).await;
    assert_eq!(server.stands(&before.id).await.0, Qualified);
    assert_eq!(server.stands(&after.id).await.0, Pending);
    assert_eq!(server.explain(&after.id).await.missing_minor, Some(10_000));
    assert_eq!(server.explain(&before.id).await.rule.expect("a rule").target_minor, 10_000);
}

both_databases!(people_are_found_by_email_customer_and_code);
async fn people_are_found_by_email_customer_and_code(server: &Server) {
    use v1::find_referral_request::By;
    let (one, two) = (server.campaign(RULE).await, server.campaign(RULE).await);
    let maya = server.referrer("maya@example.com").await;
    let first = server.register(&one, &maya, "ben@example.com").await;
    let second = server.register(&two, &maya, "BEN@example.com").await;
    server.register(&two, &server.referrer("leo@example.com").await, "eve@example.com").await;
    server.customer("cus_1", "Ben@example.com", server.now()).await;

    let both = [first.id, second.id];
    for by in [
        By::Email(" bEn@example.com".to_owned()),
        By::CustomerId("cus_1".to_owned()),
        By::ReferrerCode(maya.code.clone()),
    ] {
        let request = v1::FindReferralRequest { by: Some(by.clone()) };
        let found = server.caller.referrals().find_referral(request).await.expect("an answer").into_inner().referrals;
        let found: Vec<String> = found.into_iter().map(|referral| referral.id).collect();
        assert_eq!(found, both, "{by:?}");
    }
    let request = v1::FindReferralRequest { by: Some(By::Email("nobody@example.com".to_owned())) };
    let found = server.caller.referrals().find_referral(request).await.expect("none is no error");
    assert!(found.into_inner().referrals.is_empty());
}
