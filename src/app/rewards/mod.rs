//! Rewards: looked at, approved, called off and tried again. What earns them is settled with each decision, see `book`.

pub(super) mod book;
pub mod gift;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::audit::note;
use super::campaigns::check_etag;
use super::error::{Error, Result};
use super::{App, Caller, Page};
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::event::{self, reward_change};
use crate::domain::id::{ReferrerId, RewardId};
use crate::domain::job::{Job, JobKind};
use crate::domain::reward::{Reward, RewardRule, State, WrongState};
use crate::domain::time::Time;
use crate::store::{LedgerRow, RewardFilter, Tx};
use book::Book;

impl App {
    /// Reads a reward.
    pub async fn reward(&self, caller: &Caller, id: RewardId) -> Result<Reward> {
        let (reward, account) = self.store.reward(id).await?.ok_or_else(|| not_found(id))?;
        caller.touches(&account, "reward", id)?;
        Ok(reward)
    }

    /// The job that issues a reward or takes it back; `None` where there is nothing of the kind.
    pub async fn reward_job_of(&self, reward: &Reward) -> Result<Option<Job>> {
        let kind = match reward.state {
            State::Issuing => JobKind::Issue,
            State::Failed if reward.reason.is_none() => JobKind::Issue,
            State::Reversing | State::Failed => JobKind::Reverse,
            _ => return Ok(None),
        };
        let jobs = self.store.jobs_of(&reward.id.to_string()).await?;
        Ok(jobs.into_iter().find(|job| job.kind == kind))
    }

    /// Lists rewards, the oldest first, with the token of the next page.
    pub async fn rewards(&self, caller: &Caller, filter: RewardFilter, page: &Page) -> Result<(Vec<Reward>, String)> {
        let filter = RewardFilter { account: caller.account.clone(), ..filter };
        let after = page.after(RewardId::parse)?;
        let rewards = self.store.rewards(&filter, after, page.limit()).await?;
        Ok(page.cut(rewards, |reward| reward.id.to_string()))
    }

    /// Lets a reward go, now or at the end of its hold.
    pub async fn approve_reward(&self, caller: &Caller, id: RewardId, etag: &str) -> Result<Reward> {
        self.move_reward(caller, id, etag, Reward::approve).await
    }

    /// Calls a reward off, for good.
    pub async fn cancel_reward(&self, caller: &Caller, id: RewardId, etag: &str, words: String) -> Result<Reward> {
        self.move_reward(caller, id, etag, |reward, rule, now| reward.cancel(rule, words, now)).await
    }

    /// Tries again what failed, and at once what is under way.
    pub async fn retry_reward(&self, caller: &Caller, id: RewardId, etag: &str) -> Result<Reward> {
        let reward = self.move_reward(caller, id, etag, Reward::retry).await?;
        let mut tx = self.store.write().await?;
        tx.hasten_jobs_of(&id.to_string(), self.clock.now()).await?;
        tx.commit().await?;
        self.jobs_wanted.notify_one();
        Ok(reward)
    }

    async fn move_reward(
        &self,
        caller: &Caller,
        id: RewardId,
        etag: &str,
        make: impl FnOnce(&Reward, &RewardRule, Time) -> std::result::Result<Reward, WrongState>,
    ) -> Result<Reward> {
        self.reward(caller, id).await?;
        let mut tx = self.store.write().await?;
        let (row, before) = locked(&mut tx, id).await?;
        check_etag("reward", etag, before.revision)?;
        let rule = rule_of(&mut tx, &before).await?;
        let now = self.clock.now();
        let mut book = Book::new(Arc::new(caller.cause()), now);
        let after = book.follow(&rule, Some(&before), make(&before, &rule, now)?);
        if matches!(after.state, State::Canceled | State::Reversed) {
            // What an operator calls off or has settled is not gone on with, should it be earned again.
            tx.end_jobs_of(&id.to_string()).await?;
        }
        book.write(&mut tx, &row).await?;
        let changed = reward_change(Some(&before), &after).map_or_else(Vec::new, |change| change.changed);
        let subject = Subject::of_ledger(SubjectKind::Reward, id, &row.ledger);
        note(&mut tx, caller, subject, &changed, now).await?;
        tx.commit().await?;
        self.jobs_wanted.notify_one();
        Ok(after)
    }
}

fn not_found(id: RewardId) -> Error {
    Error::NotFound { kind: "reward", name: id.to_string() }
}

/// Locks the ledger of a reward, and reads the reward after that.
async fn locked(tx: &mut Tx, id: RewardId) -> Result<(LedgerRow, Reward)> {
    let ledger = tx.ledger_of_reward(id).await?.ok_or_else(|| not_found(id))?;
    let row = tx.lock_ledger_by_id(ledger).await?;
    Ok((row, stored(tx, id).await?))
}

async fn stored(tx: &mut Tx, id: RewardId) -> Result<Reward> {
    tx.reward(id).await?.ok_or_else(|| not_found(id))
}

/// The rule of a reward; one under which something was earned is never dropped.
async fn rule_of(tx: &mut Tx, reward: &Reward) -> Result<RewardRule> {
    let rules = tx.reward_rules([&reward.campaign_id.to_string()]).await?;
    let mut rules = rules.iter().flat_map(|(_, rules)| rules.iter());
    rules.find(|rule| rule.id == reward.rule_id).cloned().ok_or_else(|| {
        tracing::error!(reward = %reward.id, rule = %reward.rule_id, "a reward has no rule");
        Error::Internal
    })
}

/// Lets the rewards of a referrer that wait for their customer look for one once more, since their email is another.
///
/// # Errors
/// The database is not available.
pub(super) async fn look_again(
    tx: &mut Tx,
    row: &LedgerRow,
    id: ReferrerId,
    cause: Arc<event::Cause>,
    now: Time,
) -> Result<()> {
    let mut book = Book::new(cause, now);
    for waiting in tx.rewards_to(row.id, &BTreeSet::from([id.to_string()])).await? {
        book.look_again(&waiting);
    }
    book.write(tx, row).await
}
