//! Why a referral stands where it stands: what was taken from each payment, how it came here, what came of it, and what
//! happened last.

use referrald::proto::v1;
use referrald::proto::v1::{
    CauseType, Claim, DisputeStatus, NotCountedReason, ObjectType, ReferralState, RefundStatus, RewardState,
};

use RefundStatus::{Failed, Succeeded};

use crate::harness::{Payment, RULE, Server, both_databases, each_qualified, states};

both_databases!(what_was_taken_from_a_payment_is_listed_by_its_time_with_whether_it_counts);
async fn what_was_taken_from_a_payment_is_listed_by_its_time_with_whether_it_counts(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(1);
    let failed = server.refund(&charge, 1_000).await;
    server.fail(&failed).await;
    server.advance_days(1);
    let counts = server.refund(&charge, 2_000).await;
    server.dispute(&charge, 3_000, server.now(), "needs_response").await;
    server.advance_days(1);
    server.dispute(&server.pay("ben@example.com", 500).await, 500, server.now(), "won").await;
    server.advance_days(40);
    let late = server.refund(&charge, 100).await;

    let why = server.explain(&ben.id).await;
    let [first, second] = &why.payments[..] else { panic!("two payments: {:?}", why.payments) };
    let refunds: Vec<_> = first.refunds.iter().map(|r| (&r.refund_id, r.amount_minor, r.status(), r.counts)).collect();
    let expected =
        [(&failed.id, 1_000, Failed, false), (&counts.id, 2_000, Succeeded, true), (&late.id, 100, Succeeded, false)];
    assert_eq!(refunds, expected, "the last one was made after the window");
    let times: Vec<_> = first.refunds.iter().map(|refund| refund.created_at.expect("a time").seconds).collect();
    assert!(times.is_sorted(), "{times:?}");
    let disputes = |payment: &v1::ExplainedPayment| {
        let dispute = |d: &v1::ExplainedDispute| (d.amount_minor, d.status(), d.counts);
        payment.disputes.iter().map(dispute).collect::<Vec<_>>()
    };
    assert_eq!(disputes(first), [(3_000, DisputeStatus::NeedsResponse, true)]);
    assert_eq!(disputes(second), [(500, DisputeStatus::Won, false)]);
    assert_eq!((first.refunded_minor, first.disputed_minor, first.counted_minor), (2_000, 3_000, 5_000));
}

both_databases!(a_payment_says_which_object_led_it_here_and_by_what);
async fn a_payment_says_which_object_led_it_here_and_by_what(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "Ben@example.com").await;
    let eve = server.register(&campaign, &maya, "eve@example.com").await;
    let own = server.pay("ben@example.com", 1_000).await;
    server.advance_days(1);
    // Eve's link, Ben's address.
    let other = server.pay("ben@example.com", 2_000).await;
    server.checkout(&other, "ben@example.com", None, Some(&eve.id)).await;
    server.advance_days(1);
    server.customer("cus_ben", "ben@example.com", server.now()).await;
    server.take(Payment { customer_id: Some("cus_ben".into()), ..Payment::of("someone@example.com", 3_000) }).await;

    let payments = server.explain(&ben.id).await.payments;
    let led = |payment: &v1::ExplainedPayment| {
        (payment.claim(), payment.claim_object_type(), payment.claim_object_id.clone(), payment.claim_identity.clone())
    };
    let email = "ben@example.com".to_owned();
    assert_eq!(led(&payments[0]), (Claim::ChargeEmail, ObjectType::Charge, own.id, email.clone()));
    assert_eq!(led(&payments[2]), (Claim::CustomerEmail, ObjectType::Customer, "cus_ben".to_owned(), email));
    assert_eq!(payments[1].reason(), NotCountedReason::OtherReferral);
    assert_eq!(payments[1].owner_referral_id, eve.id);
    assert_eq!(payments[0].owner_referral_id, "");
    let payments = server.explain(&eve.id).await.payments;
    let checkout = format!("cs_of_{}", other.id);
    assert_eq!(led(&payments[0]), (Claim::CheckoutReference, ObjectType::Checkout, checkout, eve.id.clone()));
}

both_databases!(what_came_of_it_and_what_happened_last_is_beside_it);
async fn what_came_of_it_and_what_happened_last_is_beside_it(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let change = server.explain(&ben.id).await.last_change.expect("a change");
    assert_eq!((change.from(), change.to()), (ReferralState::Unspecified, ReferralState::Pending));
    assert_eq!((change.sequence, change.r#type.as_str()), (1, "referral.registered"));
    assert_eq!(change.cause.expect("a cause").call, "ReferralService/CreateReferral");

    let charge = server.pay("ben@example.com", 10_000).await;
    let why = server.explain(&ben.id).await;
    assert_eq!(states(&why.rewards), [RewardState::Due]);
    assert_eq!(why.rewards[0], server.reward_of(&maya.id).await);
    let change = why.last_change.expect("a change");
    assert_eq!((change.from(), change.to()), (ReferralState::Pending, ReferralState::Qualified));
    assert_eq!(change.cause.expect("a cause").r#type(), CauseType::Delivery);

    // What leaves the state as it is does not count as the last change.
    server.pay("ben@example.com", 500).await;
    assert_eq!(server.explain(&ben.id).await.last_change.expect("a change").sequence, 2);
    server.refund(&charge, 10_000).await;
    server.advance_days(40);
    Server::until("its window is over", async || server.stands(&ben.id).await.0 == ReferralState::Expired).await;
    let why = server.explain(&ben.id).await;
    assert_eq!(states(&why.rewards), [RewardState::Canceled]);
    let change = why.last_change.expect("a change");
    assert_eq!((change.from(), change.to()), (ReferralState::Pending, ReferralState::Expired));
    assert_eq!(change.cause.expect("a cause").r#type(), CauseType::Clock);
}
