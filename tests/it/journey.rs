//! The main road from end to end: a campaign, people, money that comes and goes back.

use referrald::proto::v1::{Claim, NotCountedReason, ReferralState, UnqualifiedReason};

use crate::harness::{Payment, RULE, Server, both_databases};

use ReferralState::{Pending, Qualified};

both_databases!(an_invited_person_who_spends_enough_in_time_qualifies);
async fn an_invited_person_who_spends_enough_in_time_qualifies(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "Ben@Example.com").await;
    assert_eq!((ben.state(), ben.spend_minor), (Pending, 0));

    server.pay("ben@example.com", 4_000).await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 4_000));
    let why = server.explain(&ben.id).await;
    assert_eq!((why.spend_minor, why.missing_minor, why.decision_waits), (4_000, Some(6_000), false));

    let last = server.pay("BEN@example.com", 6_000).await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.spend_minor), (Qualified, 10_000));
    assert_eq!(now.qualified_at.expect("it is qualified").seconds, last.body["created"].as_i64().expect("a time"));
    assert_eq!(now.person.expect("a person").email, "Ben@Example.com", "what was given is kept");
    assert_ne!(now.etag, ben.etag);
}

both_databases!(a_payment_that_came_before_the_registration_is_found);
async fn a_payment_that_came_before_the_registration_is_found(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let signed_up = server.now();
    server.clock.advance_seconds(60);
    server.pay("ben@example.com", 10_000).await;

    let ben = server.register_at(&campaign, &maya, "ben@example.com", signed_up).await;
    assert_eq!((ben.state(), ben.spend_minor), (Qualified, 10_000), "the answer says it already");
}

both_databases!(what_was_paid_before_signing_up_counts_only_where_the_rule_says_so);
async fn what_was_paid_before_signing_up_counts_only_where_the_rule_says_so(server: &Server) {
    let strict = server.campaign(RULE).await;
    let kind = server.campaign(referrald::proto::v1::Rule { count_prior_days: 1, ..RULE }).await;
    let maya = server.referrer("maya@example.com").await;
    server.pay("ben@example.com", 10_000).await;
    server.clock.advance_seconds(1_800);

    let ben = server.register(&strict, &maya, "ben@example.com").await;
    assert_eq!((ben.state(), ben.spend_minor), (Pending, 0));
    assert_eq!(server.explain(&ben.id).await.payments[0].reason(), NotCountedReason::OutsideWindow);
    let ben = server.register(&kind, &maya, "ben@example.com").await;
    assert_eq!((ben.state(), ben.spend_minor), (Qualified, 10_000));
    assert_eq!(ben.qualified_at, ben.registered_at, "nobody qualifies before signing up");
}

both_databases!(a_guest_is_found_by_the_reference_of_the_checkout);
async fn a_guest_is_found_by_the_reference_of_the_checkout(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;

    let charge = server.take(Payment::of("another@example.com", 10_000)).await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 0));
    server.checkout(&charge, "another@example.com", None, Some(&ben.id)).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    assert_eq!(server.explain(&ben.id).await.payments[0].claim(), Claim::CheckoutReference);
}

both_databases!(a_renewal_is_found_through_the_customer_of_the_first_checkout);
async fn a_renewal_is_found_through_the_customer_of_the_first_checkout(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;

    let first = server.take(Payment::of("", 6_000).by("cus_1")).await;
    server.checkout(&first, "ben@example.com", Some("cus_1"), None).await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 6_000));
    server.advance_days(20);
    // A renewal names nothing but its customer.
    server.take(Payment::of("", 6_000).by("cus_1")).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 12_000));
}

both_databases!(a_customer_who_is_told_of_last_brings_the_payments_that_came_first);
async fn a_customer_who_is_told_of_last_brings_the_payments_that_came_first(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    server.take(Payment::of("", 7_000).by("cus_1")).await;
    server.take(Payment::of("", 3_000).by("cus_1")).await;
    assert_eq!(server.stands(&ben.id).await, (Pending, 0));
    server.customer("cus_1", "ben@example.com", server.now()).await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
}

both_databases!(a_refund_unqualifies_and_its_failure_qualifies_again);
async fn a_refund_unqualifies_and_its_failure_qualifies_again(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    let qualified_at = server.referral(&ben.id).await.qualified_at;

    server.clock.advance_seconds(3_600);
    let refund = server.refund(&charge, 1).await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.spend_minor, now.qualified_at), (Pending, 9_999, None));
    assert_eq!(now.unqualified_reason(), UnqualifiedReason::Refund);
    assert_eq!(now.unqualified_at.expect("a time").seconds, refund.at.seconds());

    server.fail(&refund).await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.spend_minor, now.qualified_at), (Qualified, 10_000, qualified_at));
    assert_eq!((now.unqualified_at, now.unqualified_reason()), (None, UnqualifiedReason::Unspecified));

    let types: Vec<String> = server.events("default", "TEST").await.into_iter().map(|(_, kind)| kind).collect();
    let told = ["registered", "qualified", "unqualified", "qualified"].map(|kind| format!("referral.{kind}"));
    assert_eq!(types, told);
}

both_databases!(a_dispute_unqualifies_and_a_won_one_qualifies_again);
async fn a_dispute_unqualifies_and_a_won_one_qualifies_again(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(1);
    let opened_at = server.now();

    server.dispute(&charge, 10_000, opened_at, "warning_needs_response").await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000), "an inquiry moves no money");
    server.dispute(&charge, 10_000, opened_at, "needs_response").await;
    let now = server.referral(&ben.id).await;
    assert_eq!((now.state(), now.spend_minor), (Pending, 0));
    assert_eq!(now.unqualified_reason(), UnqualifiedReason::Dispute);
    assert_eq!(server.explain(&ben.id).await.payments[0].reason(), NotCountedReason::Disputed);
    server.dispute(&charge, 10_000, opened_at, "won").await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000));
    server.dispute(&charge, 10_000, opened_at, "under_review").await;
    assert_eq!(server.stands(&ben.id).await, (Qualified, 10_000), "a late word of an earlier state changes nothing");
}

both_databases!(an_event_that_comes_again_changes_nothing_and_says_so);
async fn an_event_that_comes_again_changes_nothing_and_says_so(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.charge(Payment::of("ben@example.com", 6_000));
    let event = server.event("charge.succeeded", false, charge.body);
    let test = referrald::domain::campaign::Mode::Test;
    for word in ["recorded", "duplicate", "duplicate"] {
        let answer = server.post_event("default", test, &event).await;
        assert_eq!((answer.status, answer.word()), (200, word));
        assert_eq!(server.stands(&ben.id).await, (Pending, 6_000));
    }
    let both_urls = format!("/webhooks/stripe/{}", campaign.id);
    let secret = Server::secret_of("default", test);
    let answer = server.post_signed(&both_urls, event.to_string().into_bytes(), &secret).await;
    assert_eq!((answer.status, answer.word()), (200, "duplicate"));
    assert_eq!(server.events("default", "TEST").await.len(), 2);
}
