//! How the spend of a referral moved, fact by fact in the order of their own times, and what became of the target.

use referrald::proto::v1;
use referrald::proto::v1::TargetCrossing::{Lost, Reached, Unspecified as Neither};
use referrald::proto::v1::{NotCountedReason, ObjectType, ReferralState};

use ObjectType::{Charge, Dispute, Refund};

use crate::harness::{RULE, Server, both_databases};

/// A step in short: the object, what it changed, the spend after it, and what became of the target.
type Short<'a> = (ObjectType, &'a str, i64, i64, v1::TargetCrossing);

fn short(why: &v1::ExplainQualificationResponse) -> Vec<Short<'_>> {
    let short = |step: &v1::ExplainedStep| -> (ObjectType, i64, i64, v1::TargetCrossing) {
        assert_eq!(step.change_minor == 0, step.reason() != NotCountedReason::Unspecified, "{step:?}");
        (step.object_type(), step.change_minor, step.spend_minor, step.crossing())
    };
    let named = |step| {
        let (object, change, spend, crossing) = short(step);
        (object, step.object_id.as_str(), change, spend, crossing)
    };
    let times: Vec<_> = why.steps.iter().map(|step| step.at.expect("a time").seconds).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(why.steps.last().map_or(0, |step| step.spend_minor), why.spend_minor, "the last ends at the spend");
    why.steps.iter().map(named).collect()
}

/// When the target was reached or lost for the last time.
fn crossed_at(why: &v1::ExplainQualificationResponse) -> Option<prost_types::Timestamp> {
    why.steps.iter().rev().find(|step| step.crossing() != Neither).and_then(|step| step.at)
}

both_databases!(a_target_that_is_reached_lost_and_reached_again_is_told_step_by_step);
async fn a_target_that_is_reached_lost_and_reached_again_is_told_step_by_step(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    assert_eq!(server.why(&ben.id).await.steps, []);
    let first = server.pay("ben@example.com", 10_000).await;
    server.advance_days(1);
    let refund = server.refund(&first, 5_000).await;
    let why = server.why(&ben.id).await;
    let lost = [(Charge, &*first.id, 10_000, 10_000, Reached), (Refund, &*refund.id, -5_000, 5_000, Lost)];
    assert_eq!(short(&why), lost);
    let referral = why.referral.clone().expect("a referral");
    assert_eq!((referral.state(), referral.unqualified_at), (ReferralState::Pending, crossed_at(&why)));

    server.advance_days(1);
    let second = server.pay("ben@example.com", 6_000).await;
    let why = server.why(&ben.id).await;
    assert_eq!(short(&why)[..2], lost);
    assert_eq!(short(&why)[2..], [(Charge, &*second.id, 6_000, 11_000, Reached)]);
    let charges: Vec<_> = why.steps.iter().map(|step| &step.charge_id).collect();
    assert_eq!(charges, [&first.id, &first.id, &second.id], "a refund says of what it is");
    let referral = why.referral.clone().expect("a referral");
    assert_eq!((referral.state(), referral.qualified_at), (ReferralState::Qualified, crossed_at(&why)));
    // The running sum is of what each payment counts in the end: no spend of a time.
    let running: Vec<_> = why.payments.iter().map(|payment| payment.running_minor).collect();
    assert_eq!(running, [5_000, 11_000]);
}

both_databases!(a_dispute_counts_from_its_beginning_until_it_is_won);
async fn a_dispute_counts_from_its_beginning_until_it_is_won(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(1);
    let (opened, dispute) = (server.now(), format!("dp_of_{}", charge.id));
    server.dispute(&charge, 10_000, opened, "needs_response").await;
    let paid = (Charge, &*charge.id, 10_000, 10_000, Reached);
    let against = [paid, (Dispute, &*dispute, -10_000, 0, Lost)];
    assert_eq!(short(&server.why(&ben.id).await), against);
    server.advance_days(1);
    server.dispute(&charge, 10_000, opened, "lost").await;
    let why = server.why(&ben.id).await;
    assert_eq!(short(&why), against);
    assert_eq!(why.steps[1].at.expect("a time").seconds, opened.seconds(), "it was lost from its beginning");
    assert_eq!(why.referral.as_ref().expect("a referral").unqualified_at, crossed_at(&why));
    // A bank may change its mind.
    server.dispute(&charge, 10_000, opened, "won").await;
    let why = server.why(&ben.id).await;
    assert_eq!(short(&why), [paid, (Dispute, &*dispute, 0, 10_000, Neither)]);
    assert_eq!(why.steps[1].reason(), NotCountedReason::DisputeNotAgainst);
    assert_eq!(why.referral.as_ref().expect("a referral").qualified_at, crossed_at(&why));
}

both_databases!(what_moves_nothing_has_a_step_with_its_one_reason);
async fn what_moves_nothing_has_a_step_with_its_one_reason(server: &Server) {
    let campaign = server.campaign(RULE).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    server.advance_days(1);
    let failed = server.refund(&charge, 4_000).await;
    server.fail(&failed).await;
    server.advance_days(40);
    let late = server.refund(&charge, 10_000).await;
    server.advance_days(1);
    let outside = server.pay("ben@example.com", 7_000).await;
    server.advance_days(1);
    let of_outside = server.refund(&outside, 1_000).await;
    let why = server.why(&ben.id).await;
    let expected = [
        (Charge, &*charge.id, 10_000, 10_000, Reached),
        (Refund, &*failed.id, 0, 10_000, Neither),
        (Refund, &*late.id, 0, 10_000, Neither),
        (Charge, &*outside.id, 0, 10_000, Neither),
        (Refund, &*of_outside.id, 0, 10_000, Neither),
    ];
    assert_eq!(short(&why), expected);
    let reasons: Vec<_> = why.steps.iter().map(v1::ExplainedStep::reason).collect();
    let expected = [
        NotCountedReason::Unspecified,
        NotCountedReason::RefundFailed,
        NotCountedReason::RefundNotLookedAt,
        NotCountedReason::OutsideWindow,
        NotCountedReason::OutsideWindow,
    ];
    assert_eq!(reasons, expected);
}
