//! What is to be given at Stripe: the jobs that are written, what they are told, and what becomes of their outcomes. The
//! part of Stripe is played by the test.

use referrald::app::rewards::gift::{Gift, finish, gift, price};
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::event::Cause;
use referrald::domain::id::{CampaignId, RewardId};
use referrald::domain::job::{Job, JobKind};
use referrald::domain::reward::{Issue, Outcome, Reward};
use referrald::proto::v1;
use referrald::proto::v1::reward_rule::Kind;
use referrald::proto::v1::stripe_credit::Amount;
use referrald::proto::v1::{RewardReason, RewardRule, RewardState};
use tonic::Code;

use RewardState::{AwaitingCustomer, Canceled, Due, Failed, Issued, Issuing, ReversalDue, Reversed, Reversing};

use crate::harness::{
    Charge, RULE, Refusal, Server, advertised, both_databases, each_qualified, of_payments, refused, states,
};

fn credit(amount: Amount) -> Kind {
    Kind::StripeCredit(v1::StripeCredit { amount: Some(amount) })
}

/// Five dollars for the referrer of each referral that qualifies, without an approval.
fn five_dollars() -> RewardRule {
    RewardRule { kind: Some(credit(Amount::AmountMinor(500))), auto_issue: true, ..each_qualified() }
}

/// A share of something, without an approval.
fn share(points: u32, cap_minor: i64, of: RewardRule) -> RewardRule {
    let share = v1::BasisPoints { points, cap_minor };
    RewardRule { kind: Some(credit(Amount::BasisPoints(share))), auto_issue: true, ..of }
}

fn ledger() -> Ledger {
    Ledger { account: "default".to_owned(), mode: Mode::Test }
}

impl Server {
    /// A live campaign with rules that would need an API key: nobody works its jobs off but the test.
    async fn promising(&self, reward_rules: Vec<RewardRule>) -> v1::Campaign {
        let draft = self.drafted(v1::Campaign { reward_rules, ..advertised(RULE) }).await;
        let id = CampaignId::parse(&draft.id).expect("an id");
        let mut tx = self.app.store.write().await.expect("begins");
        let campaign = tx.campaign(id).await.expect("asked").expect("there");
        tx.update_campaign(&campaign.launch(self.now()).expect("from draft")).await.expect("updated");
        tx.commit().await.expect("committed");
        self.campaign_now(&draft.id).await
    }

    /// A campaign with this rule, somebody who refers, and somebody who has just qualified by a payment.
    async fn promised(&self, rule: RewardRule) -> (v1::Referrer, Charge) {
        let campaign = self.promising(vec![rule]).await;
        let maya = self.referrer("Maya@example.com").await;
        self.register(&campaign, &maya, "ben@example.com").await;
        (maya, self.pay("ben@example.com", 10_000).await)
    }

    /// The jobs of a reward.
    async fn jobs_of(&self, reward: &v1::Reward) -> Vec<Job> {
        self.app.store.jobs_of(&reward.id).await.expect("asked")
    }

    /// What a job is told of its reward, and how much is to be given now.
    async fn gift(&self, reward: &v1::Reward) -> (Gift, i64) {
        let mut tx = self.app.store.write().await.expect("begins");
        let row = tx.lock_ledger(&ledger()).await.expect("asked").expect("there");
        let gift = gift(&mut tx, RewardId::parse(&reward.id).expect("an id")).await.expect("known");
        let minor = price(&mut tx, &row, &gift, Cause::Clock, self.now()).await.expect("priced");
        tx.commit().await.expect("committed");
        (gift, minor)
    }

    /// The job of a reward ends so.
    async fn ends(&self, reward: &v1::Reward, outcome: Outcome) -> Reward {
        let mut tx = self.app.store.write().await.expect("begins");
        let row = tx.lock_ledger(&ledger()).await.expect("asked").expect("there");
        for job in tx.jobs_of(&reward.id).await.expect("asked") {
            assert!(tx.end_job(&job).await.expect("asked"));
        }
        let id = RewardId::parse(&reward.id).expect("an id");
        let done = finish(&mut tx, &row, id, outcome, Cause::Clock, self.now()).await.expect("it is under way");
        tx.commit().await.expect("committed");
        done
    }

    /// The reward is issued as its job was told to.
    async fn issue(&self, reward: &v1::Reward) -> v1::Reward {
        let amount_minor = Some(self.gift(reward).await.1);
        let (customer_id, stripe_object_id) = ("cus_1".to_owned(), "cbtxn_1".to_owned());
        let issue = Issue { customer_id, stripe_object_id, promotion_code: None, amount_minor };
        self.ends(reward, Outcome::Issued(issue)).await;
        self.now_of(reward).await
    }

    async fn now_of(&self, reward: &v1::Reward) -> v1::Reward {
        let request = v1::GetRewardRequest { id: reward.id.clone() };
        self.caller.rewards().get_reward(request).await.expect("it is there").into_inner().reward.expect("a reward")
    }
}

fn kinds(jobs: &[Job]) -> Vec<JobKind> {
    jobs.iter().map(|job| job.kind).collect()
}

both_databases!(a_credit_is_a_job_until_stripe_has_answered);
async fn a_credit_is_a_job_until_stripe_has_answered(server: &Server) {
    let (maya, _) = server.promised(five_dollars()).await;
    let issuing = server.reward_of(&maya.id).await;
    assert_eq!((issuing.state(), issuing.amount_minor, issuing.given_minor), (Issuing, Some(500), 0));
    let jobs = server.jobs_of(&issuing).await;
    assert_eq!(kinds(&jobs), [JobKind::Issue]);
    assert!(jobs[0].due_at.is_some() && jobs[0].campaign_id.is_some());
    assert_eq!(server.approve(&issuing).await, issuing, "to approve it changes nothing");
    assert_eq!(server.jobs_of(&issuing).await, jobs);
    let (gift, minor) = server.gift(&issuing).await;
    assert_eq!((gift.email.original(), gift.customer_id, minor), ("Maya@example.com", None, 500));

    let issued = server.issue(&issuing).await;
    assert_eq!((issued.state(), issued.given_minor), (Issued, 500));
    assert_eq!((&*issued.stripe_customer_id, &*issued.stripe_object_id), ("cus_1", "cbtxn_1"));
    assert_eq!(server.approve(&issued).await, issued);
    assert_eq!(server.jobs_of(&issued).await, []);
    let told = server.told().await;
    let (kind, body) = told.last().expect("an event");
    assert_eq!(kind, "reward.issued");
    let reward = &body["reward"];
    assert_eq!((reward["given_minor"].as_i64(), reward["stripe_customer_id"].as_str()), (Some(500), Some("cus_1")));
    assert_eq!((reward["recipient_id"].as_str(), reward["state"].as_str()), (Some(&*maya.id), Some("ISSUED")));
    assert_eq!(
        body["changed"],
        serde_json::json!(["state", "given_minor", "stripe_customer_id", "stripe_object_id", "issued_at"])
    );
}

both_databases!(what_is_unearned_while_it_is_issued_is_taken_back_as_soon_as_it_is);
async fn what_is_unearned_while_it_is_issued_is_taken_back_as_soon_as_it_is(server: &Server) {
    let (maya, charge) = server.promised(five_dollars()).await;
    let issuing = server.reward_of(&maya.id).await;
    let refund = server.refund(&charge, 10_000).await;
    let unearned = server.reward_of(&maya.id).await;
    assert_eq!((unearned.state(), unearned.unearned_at.is_some()), (Issuing, true));
    let reversing = server.issue(&issuing).await;
    assert_eq!(
        (reversing.state(), reversing.given_minor, reversing.reason()),
        (Reversing, 500, RewardReason::Unearned)
    );
    assert_eq!(kinds(&server.jobs_of(&issuing).await), [JobKind::Reverse]);
    let refusal = refused(server.caller.rewards().cancel_reward(cancel(&issuing)).await);
    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "REWARD_STATE"));

    server.fail(&refund).await;
    let still = server.reward_of(&maya.id).await;
    assert_eq!((still.state(), still.unearned_at), (Reversing, None), "first the job ends");
    server.ends(&issuing, Outcome::Reversed { taken_minor: 500 }).await;
    let again = server.reward_of(&maya.id).await;
    assert_eq!((&again.id, again.state(), again.round, again.given_minor), (&issuing.id, Issuing, 2, 0));
    assert_eq!(kinds(&server.jobs_of(&issuing).await), [JobKind::Issue]);
}

fn cancel(reward: &v1::Reward) -> v1::CancelRewardRequest {
    v1::CancelRewardRequest { id: reward.id.clone(), reason: "no".to_owned(), etag: String::new() }
}

both_databases!(what_is_unearned_before_anything_was_sent_is_withdrawn);
async fn what_is_unearned_before_anything_was_sent_is_withdrawn(server: &Server) {
    let (maya, charge) = server.promised(five_dollars()).await;
    server.refund(&charge, 10_000).await;
    let issuing = server.reward_of(&maya.id).await;
    assert!(server.gift(&issuing).await.0.reward.unearned_at.is_some(), "its job is told");
    server.ends(&issuing, Outcome::Withdrawn).await;
    let canceled = server.reward_of(&maya.id).await;
    assert_eq!((canceled.state(), canceled.reason()), (Canceled, RewardReason::Unearned));
}

both_databases!(somebody_without_a_customer_waits_until_one_with_their_email_appears);
async fn somebody_without_a_customer_waits_until_one_with_their_email_appears(server: &Server) {
    let (maya, _) = server.promised(five_dollars()).await;
    let issuing = server.reward_of(&maya.id).await;
    server.ends(&issuing, Outcome::AwaitingCustomer { email: "maya@example.com".to_owned() }).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), AwaitingCustomer);
    assert_eq!(server.jobs_of(&issuing).await, []);
    server.customer("cus_ben", "ben@example.com", server.now()).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), AwaitingCustomer, "that is somebody else");
    server.customer("cus_maya", "maya@EXAMPLE.com", server.now()).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Issuing);
    assert_eq!(kinds(&server.jobs_of(&issuing).await), [JobKind::Issue]);
    let told = server.reward_events().await;
    assert_eq!(told, ["due", "issuing", "awaiting_customer", "issuing"].map(|kind| format!("reward.{kind}")));
}

both_databases!(whoever_waits_for_a_customer_can_lose_the_reward_meanwhile);
async fn whoever_waits_for_a_customer_can_lose_the_reward_meanwhile(server: &Server) {
    let (maya, charge) = server.promised(five_dollars()).await;
    let issuing = server.reward_of(&maya.id).await;
    server.ends(&issuing, Outcome::AwaitingCustomer { email: "maya@example.com".to_owned() }).await;
    server.refund(&charge, 10_000).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Canceled);
    server.customer("cus_maya", "maya@example.com", server.now()).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Canceled);
}

both_databases!(a_share_is_of_the_spend_at_the_qualification_as_known_when_it_is_issued);
async fn a_share_is_of_the_spend_at_the_qualification_as_known_when_it_is_issued(server: &Server) {
    let (maya, _) = server.promised(share(333, 0, each_qualified())).await;
    server.advance_days(1);
    server.pay("ben@example.com", 50_000).await;
    let issuing = server.reward_of(&maya.id).await;
    assert_eq!((issuing.state(), issuing.amount_minor), (Issuing, None));
    assert_eq!(server.gift(&issuing).await.1, 333, "3.33 % of 100 dollars, not of 600");
    let priced = server.reward_of(&maya.id).await;
    assert_eq!((priced.state(), priced.amount_minor), (Issuing, Some(333)));
    assert_eq!(server.reward_events().await.last().map(String::as_str), Some("reward.updated"));
    assert_eq!(server.issue(&issuing).await.given_minor, 333);
}

both_databases!(shares_of_payments_stay_within_the_cap_of_their_referral);
async fn shares_of_payments_stay_within_the_cap_of_their_referral(server: &Server) {
    let (maya, _) = server.promised(share(1_000, 1_500, of_payments(9, 0))).await;
    for minor in [3_000, 9_000, 2_000] {
        server.advance_days(1);
        server.pay("ben@example.com", minor).await;
    }
    let rewards = server.rewards_of(&maya.id).await;
    assert_eq!(states(&rewards), [Issuing; 4]);
    // The jobs may be told in any order; what one takes of the cap is gone for the others before it is given.
    let amounts = [(1, 300), (0, 1_000), (2, 200), (3, 0)];
    for (position, amount) in amounts {
        assert_eq!(server.gift(&rewards[position]).await.1, amount, "{position}");
    }
    server.ends(&rewards[3], Outcome::NothingDue).await;
    let nothing = server.now_of(&rewards[3]).await;
    assert_eq!((nothing.state(), nothing.reason()), (Canceled, RewardReason::NothingDue));
    assert_eq!(server.issue(&rewards[1]).await.given_minor, 300);

    let reversed = server.cancel(&server.now_of(&rewards[1]).await).await;
    assert_eq!(reversed.state(), Reversing);
    server.ends(&reversed, Outcome::Reversed { taken_minor: 300 }).await;
    let again = server.retry(&nothing).await;
    assert_eq!(again.state(), Issuing, "the cap has room again, and its rule asks for no approval");
    assert_eq!(server.gift(&again).await.1, 200);
}

both_databases!(a_failure_is_tried_again_by_hand_with_a_new_job);
async fn a_failure_is_tried_again_by_hand_with_a_new_job(server: &Server) {
    let (maya, charge) = server.promised(five_dollars()).await;
    let issuing = server.reward_of(&maya.id).await;
    let first = server.jobs_of(&issuing).await.remove(0);
    server.ends(&issuing, Outcome::Failed { detail: "no such coupon".to_owned(), sent: false }).await;
    let failed = server.reward_of(&maya.id).await;
    assert_eq!((failed.state(), &*failed.detail), (Failed, "no such coupon"));
    let again = server.retry(&failed).await;
    assert_eq!((again.state(), &*again.detail), (Issuing, ""));
    let second = server.jobs_of(&issuing).await.remove(0);
    assert_ne!(first.id, second.id, "Stripe may have forgotten or kept what was asked under the other");

    server.ends(&issuing, Outcome::Failed { detail: "nobody knows".to_owned(), sent: true }).await;
    server.refund(&charge, 10_000).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Reversing, "it may be there, and is looked for");
    server.ends(&issuing, Outcome::Failed { detail: "the key was revoked".to_owned(), sent: false }).await;
    let stuck = server.reward_of(&maya.id).await;
    assert_eq!((stuck.state(), stuck.reason()), (Failed, RewardReason::Unearned));
    assert_eq!(server.retry(&stuck).await.state(), Reversing);
    server.ends(&issuing, Outcome::Reversed { taken_minor: 0 }).await;
    assert_eq!(server.reward_of(&maya.id).await.state(), Reversed);
}

both_databases!(what_could_be_taken_back_in_part_is_given_again_in_that_part);
async fn what_could_be_taken_back_in_part_is_given_again_in_that_part(server: &Server) {
    let (maya, charge) = server.promised(five_dollars()).await;
    let issued = server.issue(&server.reward_of(&maya.id).await).await;
    let refund = server.refund(&charge, 10_000).await;
    let detail = "380 were spent".to_owned();
    server.ends(&issued, Outcome::ReversalDue { taken_minor: 120, detail }).await;
    let due = server.reward_of(&maya.id).await;
    assert_eq!((due.state(), due.given_minor, &*due.detail), (ReversalDue, 380, "380 were spent"));
    assert_eq!(server.retry(&due).await.state(), Reversing);
    let detail = "380 were spent".to_owned();
    server.ends(&issued, Outcome::ReversalDue { taken_minor: 0, detail }).await;
    server.fail(&refund).await;
    let rest = server.reward_of(&maya.id).await;
    assert_eq!((rest.state(), rest.round, rest.amount_minor), (Issuing, 2, Some(500)));
    assert_eq!(server.issue(&rest).await.given_minor, 500, "120 were given now");
}

both_databases!(a_credit_that_an_operator_calls_off_is_taken_back_and_never_given_again);
async fn a_credit_that_an_operator_calls_off_is_taken_back_and_never_given_again(server: &Server) {
    let (maya, charge) = server.promised(five_dollars()).await;
    let issued = server.issue(&server.reward_of(&maya.id).await).await;
    let off = server.cancel(&issued).await;
    assert_eq!((off.state(), off.reason(), &*off.detail), (Reversing, RewardReason::Operator, "by hand"));
    server.ends(&issued, Outcome::Reversed { taken_minor: 500 }).await;
    let refund = server.refund(&charge, 10_000).await;
    server.fail(&refund).await;
    let now = server.reward_of(&maya.id).await;
    assert_eq!((now.state(), now.reason(), now.round), (Reversed, RewardReason::Operator, 1));
}

both_databases!(what_may_be_done_by_hand_in_each_state);
async fn what_may_be_done_by_hand_in_each_state(server: &Server) {
    let approval = RewardRule { auto_issue: false, ..five_dollars() };
    let campaign = server.promising(vec![approval]).await;
    let maya = server.referrer("maya@example.com").await;
    let fresh = async |number: usize| {
        let email = format!("p{number}@example.com");
        let referral = server.register(&campaign, &maya, &email).await;
        let charge = server.pay(&email, 10_000).await;
        let filter = v1::ListRewardsRequest { referral_id: referral.id, ..v1::ListRewardsRequest::default() };
        (server.rewards_by(filter).await.remove(0), charge)
    };
    let fails = || Outcome::Failed { detail: "no".to_owned(), sent: false };
    let short = || Outcome::ReversalDue { taken_minor: 0, detail: "spent".to_owned() };
    let mut number = 0;
    for (state, approve, cancel, retry) in [
        (Due, Some(Issuing), Some(Canceled), None),
        (Issuing, Some(Issuing), None, Some(Issuing)),
        (Issued, Some(Issued), Some(Reversing), None),
        (AwaitingCustomer, Some(AwaitingCustomer), Some(Canceled), Some(Issuing)),
        (Failed, None, Some(Canceled), Some(Issuing)),
        (Canceled, None, None, None),
        (Reversing, None, None, Some(Reversing)),
        (Reversed, None, None, None),
        (ReversalDue, None, Some(Reversed), Some(Reversing)),
    ] {
        for (rpc, after) in [("ApproveReward", approve), ("CancelReward", cancel), ("RetryReward", retry)] {
            number += 1;
            let (reward, charge) = fresh(number).await;
            if !matches!(state, Due | Canceled) {
                server.approve(&reward).await;
            }
            if matches!(state, Issued | Reversing | Reversed | ReversalDue) {
                server.issue(&reward).await;
            }
            if matches!(state, Canceled | Reversing | Reversed | ReversalDue) {
                server.refund(&charge, 10_000).await;
            }
            let email = format!("p{number}@example.com");
            match state {
                AwaitingCustomer => drop(server.ends(&reward, Outcome::AwaitingCustomer { email }).await),
                Failed => drop(server.ends(&reward, fails()).await),
                Reversed => drop(server.ends(&reward, Outcome::Reversed { taken_minor: 500 }).await),
                ReversalDue => drop(server.ends(&reward, short()).await),
                _ => {}
            }
            assert_eq!(server.now_of(&reward).await.state(), state);
            let answer = by_hand(server, rpc, &reward).await;
            match (after, answer) {
                (Some(after), Ok(now)) => assert_eq!(now.state(), after, "{rpc} {state:?}"),
                (None, Err(refusal)) => {
                    assert_eq!(refusal.kind(), (Code::FailedPrecondition, "REWARD_STATE"), "{rpc} {state:?}");
                    assert_eq!(refusal.precondition.as_deref(), Some("REWARD_STATE"));
                    assert_eq!(format!("REWARD_STATE_{}", refusal.variables["state"]), state.as_str_name());
                    assert!(!refusal.variables["needed"].is_empty());
                    assert_eq!(server.now_of(&reward).await.state(), state, "nothing was done");
                }
                (after, answer) => panic!("{rpc} {state:?}: {after:?} is expected, and {answer:?} the answer"),
            }
        }
    }
}

async fn by_hand(server: &Server, rpc: &str, reward: &v1::Reward) -> Result<v1::Reward, Refusal> {
    let (id, etag) = (reward.id.clone(), String::new());
    let mut rewards = server.caller.rewards();
    let answer = match rpc {
        "ApproveReward" => {
            let answer = rewards.approve_reward(v1::ApproveRewardRequest { id, etag }).await;
            answer.map(|answer| answer.into_inner().reward)
        }
        "CancelReward" => rewards.cancel_reward(cancel(reward)).await.map(|answer| answer.into_inner().reward),
        _ => {
            let answer = rewards.retry_reward(v1::RetryRewardRequest { id, etag }).await;
            answer.map(|answer| answer.into_inner().reward)
        }
    };
    answer.map(|reward| reward.expect("a reward")).map_err(|status| Refusal::of(&status))
}
