//! What the clock alone decides: windows, campaigns and holds that end, what waited for a paused campaign, and a newer
//! rule for the referrals of before. Several replicas may sweep at once: the ledger's lock makes the second find nothing
//! left to do.

use std::sync::Arc;

use super::batch::Batch;
use super::error::{Error, Result};
use super::load::around_referrals;
use super::rewards::book::Book;
use super::{App, campaigns};
use crate::domain::event::Cause;
use crate::domain::id::CampaignId;
use crate::domain::reward::RewardRule;
use crate::domain::world::Enrolled;

/// How many referrals are decided in one transaction.
pub const BATCH_MAX: u32 = 200;

/// What was done, campaign by campaign. One that cannot be decided keeps no other from it.
#[derive(Default)]
pub(super) struct Swept {
    done: usize,
    failure: Option<Error>,
}

impl Swept {
    /// Takes in what was done for a campaign.
    pub(super) fn take(&mut self, campaign: CampaignId, done: Result<usize>) {
        match done {
            Ok(done) => self.done += done,
            Err(problem) => {
                tracing::warn!(%campaign, ?problem, "what is due in a campaign could not be done");
                self.failure.get_or_insert(problem);
            }
        }
    }

    /// How much was done.
    ///
    /// # Errors
    /// The first failure, after all that could be done was.
    pub(super) fn end(self) -> Result<usize> {
        self.failure.map_or(Ok(self.done), Err)
    }
}

/// Does batch after batch until one was not full; says how much was done.
async fn in_batches<F: Future<Output = Result<usize>>>(mut batch: impl FnMut() -> F) -> Result<usize> {
    let mut done = 0;
    loop {
        let of_batch = batch().await?;
        done += of_batch;
        if of_batch < BATCH_MAX as usize {
            return Ok(done);
        }
    }
}

impl App {
    /// Decides everything that is due; says how many referrals and rewards were looked at.
    ///
    /// # Errors
    /// The first failure, after all that could be decided was.
    pub async fn sweep(&self) -> Result<usize> {
        let (mut swept, now) = (Swept::default(), self.clock.now());
        for id in self.store.campaigns_over(now).await? {
            swept.take(id, self.end_by_clock(id).await.map(|()| 0));
        }
        for id in self.store.campaigns_due(now).await? {
            swept.take(id, in_batches(|| self.sweep_batch(id)).await);
        }
        self.apply_rules(&mut swept).await?;
        for id in self.store.campaigns_with_ripe_rewards(now).await? {
            swept.take(id, in_batches(|| self.ripen_batch(id)).await);
        }
        swept.end()
    }

    async fn ripen_batch(&self, id: CampaignId) -> Result<usize> {
        let campaign = self.store.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?;
        let mut tx = self.store.write().await?;
        let row = tx.lock_ledger(&campaign.ledger).await?.ok_or_else(|| campaigns::not_found(id))?;
        let now = self.clock.now();
        let held = tx.ripe_rewards(id, now, BATCH_MAX).await?;
        let rules = tx.reward_rules([&id.to_string()]).await?;
        let rules: Vec<&RewardRule> = rules.iter().flat_map(|(_, rules)| rules.iter()).collect();
        let mut book = Book::new(Arc::new(Cause::Clock), now);
        for before in &held {
            if let Some(rule) = rules.iter().find(|rule| rule.id == before.rule_id) {
                book.follow(rule, Some(before), before.ripened(now));
            }
        }
        book.write(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(held.len())
    }

    async fn end_by_clock(&self, id: CampaignId) -> Result<()> {
        let Some(campaign) = self.store.campaign(id).await? else { return Ok(()) };
        let mut tx = self.store.write().await?;
        tx.lock_ledger(&campaign.ledger).await?;
        let now = self.clock.now();
        let Some(campaign) = tx.campaign(id).await? else { return Ok(()) };
        let is_over = campaign.settings.ends_at.is_some_and(|end| end <= now);
        if let (true, Ok(ended)) = (is_over, campaign.end(now)) {
            tx.update_campaign(&ended).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn sweep_batch(&self, id: CampaignId) -> Result<usize> {
        let campaign = self.store.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?;
        let mut tx = self.store.write().await?;
        let row = tx.lock_ledger(&campaign.ledger).await?.ok_or_else(|| campaigns::not_found(id))?;
        let now = self.clock.now();
        let due = tx.referrals_due(id, now, BATCH_MAX).await?;
        let due: Vec<Enrolled> = due.into_iter().filter(|enrolled| enrolled.decides).collect();
        let ids: Vec<_> = due.iter().map(|enrolled| enrolled.referral.id).collect();
        let world = around_referrals(&mut tx, row.id, due, None).await?;
        let mut batch = Batch::new(world, Cause::Clock, now);
        batch.decide(ids.iter().copied());
        for id in &ids {
            batch.settle(*id);
        }
        batch.write(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(ids.len())
    }
}
