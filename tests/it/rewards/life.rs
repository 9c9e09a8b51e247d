//! What becomes of a reward: held, approved, issued, taken back and given again.

use referrald::proto::v1;
use referrald::proto::v1::{RewardReason, RewardRule, RewardState};

use RewardState::{Canceled, Due, Held, Issued, ReversalDue, Reversed};

use crate::harness::{Server, both_databases, each_qualified, states};

/// A campaign with this rule, and somebody in it who has just qualified: the campaign, who brought them, the charge.
async fn qualified(server: &Server, rule: RewardRule) -> (v1::Campaign, v1::Referrer, crate::harness::Charge) {
    let campaign = server.rewarding(vec![rule]).await;
    let maya = server.referrer("maya@example.com").await;
    server.register(&campaign, &maya, "ben@example.com").await;
    let charge = server.pay("ben@example.com", 10_000).await;
    (campaign, maya, charge)
}

both_databases!(a_hold_ends_by_the_clock_and_then_the_reward_waits_for_an_approval);
async fn a_hold_ends_by_the_clock_and_then_the_reward_waits_for_an_approval(server: &Server) {
    let (_, maya, _) = qualified(server, RewardRule { hold_days: 14, ..each_qualified() }).await;
    let held = server.reward_of(&maya.id).await;
    assert_eq!(held.state(), Held);
    assert_eq!(held.held_until.expect("a time").seconds, held.created_at.expect("a time").seconds + 14 * 86_400);
    server.advance_days(13);
    server.sweep().await;
    assert_eq!(server.reward_of(&maya.id).await, held);
    server.advance_days(1);
    server.sweep().await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Due);
    assert_eq!(server.approve(&held).await.state(), Issued);
    assert_eq!(server.reward_events().await, ["reward.held", "reward.due", "reward.issued"]);
}

both_databases!(an_approval_during_the_hold_is_noted_and_acts_at_its_end);
async fn an_approval_during_the_hold_is_noted_and_acts_at_its_end(server: &Server) {
    let (_, maya, _) = qualified(server, RewardRule { hold_days: 14, ..each_qualified() }).await;
    let held = server.reward_of(&maya.id).await;
    let noted = server.approve(&held).await;
    assert_eq!((noted.state(), noted.approved_at.is_some()), (Held, true));
    assert_eq!(server.approve(&held).await, noted, "twice is once");
    server.advance_days(14);
    server.sweep().await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Issued);
    let told = ["reward.held", "reward.updated", "reward.due", "reward.issued"];
    assert_eq!(server.reward_events().await, told);
}

both_databases!(what_is_unearned_before_it_is_issued_is_canceled_and_revives_as_the_same_reward);
async fn what_is_unearned_before_it_is_issued_is_canceled_and_revives_as_the_same_reward(server: &Server) {
    let (_, maya, charge) = qualified(server, RewardRule { hold_days: 14, ..each_qualified() }).await;
    let held = server.approve(&server.reward_of(&maya.id).await).await;
    let refund = server.refund(&charge, 10_000).await;
    let canceled = server.reward_of(&maya.id).await;
    assert_eq!((canceled.state(), canceled.reason(), canceled.round), (Canceled, RewardReason::Unearned, 1));
    assert!(canceled.unearned_at.is_some());
    server.advance_days(20);
    server.sweep().await;
    assert_eq!(server.reward_of(&maya.id).await, canceled);

    server.fail(&refund).await;
    let again = server.reward_of(&maya.id).await;
    assert_eq!((&again.id, again.state(), again.round), (&held.id, Held, 2));
    assert_eq!((again.approved_at, again.unearned_at, again.reason()), (None, None, RewardReason::Unspecified));
    assert!(again.held_until.expect("a time").seconds > server.now().seconds(), "it is held anew");
}

both_databases!(what_is_unearned_after_it_was_given_is_to_be_taken_back_by_hand);
async fn what_is_unearned_after_it_was_given_is_to_be_taken_back_by_hand(server: &Server) {
    let (_, maya, charge) = qualified(server, RewardRule { auto_issue: true, ..each_qualified() }).await;
    let issued = server.reward_of(&maya.id).await;
    assert_eq!(issued.state(), Issued);
    let refund = server.refund(&charge, 10_000).await;
    let due = server.reward_of(&maya.id).await;
    assert_eq!((due.state(), due.reason()), (ReversalDue, RewardReason::Unearned));
    server.fail(&refund).await;
    let kept = server.reward_of(&maya.id).await;
    assert_eq!((kept.state(), kept.round, kept.issued_at), (Issued, 1, issued.issued_at), "nobody took it back yet");

    server.refund(&charge, 10_000).await;
    let reversed = server.cancel(&kept).await;
    assert_eq!((reversed.state(), reversed.reason()), (Reversed, RewardReason::Unearned));
    assert_eq!((&*reversed.detail, reversed.reversed_at.is_some()), ("by hand", true));
    server.pay("ben@example.com", 10_000).await;
    let again = server.reward_of(&maya.id).await;
    assert_eq!((&again.id, again.state(), again.round), (&issued.id, Issued, 2), "earned again, and given again");
    let told = server.reward_events().await;
    let expected = ["due", "issued", "reversal_due", "issued", "reversal_due", "reversed", "due", "issued"];
    assert_eq!(told, expected.map(|kind| format!("reward.{kind}")));
}

both_databases!(an_override_earns_and_takes_back_like_any_decision);
async fn an_override_earns_and_takes_back_like_any_decision(server: &Server) {
    let campaign = server.rewarding(vec![each_qualified()]).await;
    let maya = server.referrer("maya@example.com").await;
    let ben = server.register(&campaign, &maya, "ben@example.com").await;
    let (referral_id, reason, etag) = (ben.id.clone(), "as agreed".to_owned(), String::new());
    let qualify = v1::QualifyReferralRequest { referral_id: referral_id.clone(), reason, etag: etag.clone() };
    server.caller.qualifications().qualify_referral(qualify).await.expect("qualified");
    assert_eq!(server.reward_of(&maya.id).await.state(), Due);
    let clear = v1::ClearOverrideRequest { referral_id, etag };
    server.caller.qualifications().clear_override(clear).await.expect("cleared");
    assert_eq!(server.reward_of(&maya.id).await.state(), Canceled);
}

both_databases!(a_paused_campaign_settles_nothing_and_makes_up_for_it_when_resumed);
async fn a_paused_campaign_settles_nothing_and_makes_up_for_it_when_resumed(server: &Server) {
    let rule = RewardRule { hold_days: 5, auto_issue: true, ..each_qualified() };
    let (campaign, maya, charge) = qualified(server, rule).await;
    server.register(&campaign, &maya, "eve@example.com").await;
    let held = server.reward_of(&maya.id).await;
    server.pause(&campaign).await;
    server.advance_days(5);
    server.pay("eve@example.com", 10_000).await;
    server.refund(&charge, 10_000).await;
    server.sweep().await;
    assert_eq!(server.rewards_of(&maya.id).await, [held], "neither the hold nor the facts changed anything");

    server.launch(&campaign).await;
    server.sweep().await;
    let rewards = server.rewards_of(&maya.id).await;
    assert_eq!(states(&rewards), [Canceled, Held], "what was unearned meanwhile was not issued first");
    server.advance_days(5);
    server.sweep().await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Canceled, Issued]);
}

both_databases!(a_server_left_alone_ends_holds);
async fn a_server_left_alone_ends_holds(server: &Server) {
    let rule = RewardRule { hold_days: 5, auto_issue: true, ..each_qualified() };
    let (_, maya, _) = qualified(server, rule).await;
    server.advance_days(5);
    Server::until("the hold ends", async || server.reward_of(&maya.id).await.state() == Issued).await;
}

both_databases!(an_ended_campaign_still_gives_what_was_earned_in_it);
async fn an_ended_campaign_still_gives_what_was_earned_in_it(server: &Server) {
    let rule = RewardRule { hold_days: 5, auto_issue: true, ..each_qualified() };
    let (campaign, maya, _) = qualified(server, rule).await;
    server.register(&campaign, &maya, "eve@example.com").await;
    server.end(&campaign).await;
    server.pay("eve@example.com", 10_000).await;
    server.advance_days(5);
    server.sweep().await;
    assert_eq!(states(&server.rewards_of(&maya.id).await), [Issued, Issued]);
}
