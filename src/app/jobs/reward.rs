//! What the two jobs of a reward have in common.

use std::collections::BTreeMap;

use serde::Serialize;

use super::plan::Plan;
use super::{Claimed, Stop, Tried, held};
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::rewards::gift::{Gift, finish, gift};
use crate::domain::event::Cause;
use crate::domain::id::RewardId;
use crate::domain::job::{Job, JobKind};
use crate::domain::reward::{Issue, Outcome, Reward};
use crate::store::{LedgerRow, Tx};
use crate::stripe::client as stripe;

impl App {
    /// The reward of a job, and what belongs to it.
    pub(super) async fn gift_of(&self, job: &Job) -> Tried<Gift> {
        Ok(gift(&mut self.store.snapshot().await?, reward_id(job)?).await?)
    }

    /// Records that a reward that is to be taken back was issued after all.
    pub(super) async fn found_reward(&self, claimed: &Claimed, issue: Issue) -> Tried<Reward> {
        let mut tx = self.store.write().await?;
        let row = held(&mut tx, claimed).await?;
        let found = Outcome::Found(issue);
        let cause = Cause::Job(claimed.job.id);
        let reward = finish(&mut tx, &row, reward_id(&claimed.job)?, found, cause, self.clock.now()).await?;
        tx.commit().await?;
        Ok(reward)
    }

    /// Records what came of a job, and ends it.
    pub(super) async fn finish_reward(&self, claimed: &Claimed, outcome: Outcome) -> Tried {
        let mut tx = self.store.write().await?;
        let row = held(&mut tx, claimed).await?;
        self.end_reward(&mut tx, &row, claimed, outcome).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The same, where the job is known to be held.
    pub(super) async fn end_reward(&self, tx: &mut Tx, row: &LedgerRow, claimed: &Claimed, outcome: Outcome) -> Tried {
        let job = &claimed.job;
        if job.kind == JobKind::Reverse {
            // A job that issued it and was given up has nothing to say any more.
            tx.end_jobs_of(&job.subject_id).await?;
        } else {
            tx.end_job(job).await?;
        }
        finish(tx, row, reward_id(job)?, outcome, Cause::Job(job.id), self.clock.now()).await?;
        Ok(())
    }

    /// Tells a reward that its job was given up.
    pub(super) async fn reward_failed(&self, tx: &mut Tx, row: &LedgerRow, job: &Job, why: String) -> Result<()> {
        let id = RewardId::parse(&job.subject_id).map_err(|_| Error::Internal)?;
        let outcome = Outcome::Failed { detail: why, sent: job.plan.is_some() };
        finish(tx, row, id, outcome, Cause::Job(job.id), self.clock.now()).await.map(drop)
    }

    /// Moves a customer's balance, unless an earlier try has.
    pub(super) async fn move_balance<T: Serialize>(
        &self,
        claimed: &mut Claimed,
        plan: &mut Plan<T>,
        movement: &stripe::Credit,
    ) -> Tried<stripe::BalanceTransaction> {
        if plan.is_doubtful(self.clock.now()) {
            if let Some(own) = moved(claimed, &movement.customer_id, &movement.metadata).await? {
                return Ok(own);
            }
            self.renew(claimed, plan).await?;
        }
        let key = plan.key(movement.metadata.get(STEP).map_or("", String::as_str));
        Ok(claimed.stripe.credit_balance(movement, &key).await?)
    }
}

/// The key of the metadata that says which step of a reward an object is of.
const STEP: &str = "reward_step";

/// The movement of a balance that is recognised by its metadata.
pub(super) async fn moved(
    claimed: &Claimed,
    customer_id: &str,
    metadata: &BTreeMap<String, String>,
) -> Tried<Option<stripe::BalanceTransaction>> {
    let moved = match claimed.stripe.balance_transactions(customer_id).await {
        // With the customer its balance is gone, and whatever was moved.
        Err(failure) if failure.is_missing() => Vec::new(),
        moved => moved?,
    };
    Ok(moved.into_iter().find(|moved| moved.metadata == *metadata))
}

/// A movement of a balance for a step of a reward; a negative one gives.
pub(super) fn movement(reward: &Reward, step: &str, customer_id: &str, amount_minor: i64) -> stripe::Credit {
    let (customer_id, currency) = (customer_id.to_owned(), reward.currency);
    let description = format!("Referral reward {}", reward.id);
    stripe::Credit { customer_id, amount_minor, currency, description, metadata: named(reward, step) }
}

/// By what an object at Stripe is recognised as the work of one step of a reward's round.
pub(super) fn named(reward: &Reward, step: &str) -> BTreeMap<String, String> {
    let name = |key: &str, value: String| (key.to_owned(), value);
    let reward_id = name("reward_id", reward.id.to_string());
    [reward_id, name("reward_round", reward.round.to_string()), name(STEP, step.to_owned())].into()
}

pub(super) fn reward_id(job: &Job) -> Tried<RewardId> {
    RewardId::parse(&job.subject_id).map_err(|problem| Stop::GiveUp(problem.0))
}
