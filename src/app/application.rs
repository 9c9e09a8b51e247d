//! A newer rule for the referrals of before: asked for with a change of the campaign, and carried out by the sweep in
//! batches. What is left is read from the referrals, so whoever dies in the middle leaves nothing half done.

use super::batch::Batch;
use super::error::{Error, Result};
use super::load::around_referrals;
use super::sweep::{BATCH_MAX, Swept};
use super::{App, campaigns};
use crate::domain::application::Application;
use crate::domain::campaign::Campaign;
use crate::domain::id::CampaignId;
use crate::domain::referral::Referral;
use crate::domain::time::Time;
use crate::domain::world::Enrolled;
use crate::store::Tx;

/// How many batches of one campaign are done in one sweep: what else is due must not wait for millions of referrals.
const BATCHES_MAX: u32 = 25;

/// Counts the referrals that an application is about, and writes it down.
///
/// # Errors
/// The database is not available.
pub(super) async fn begin(tx: &mut Tx, campaign: &Campaign) -> Result<Option<Application>> {
    let Some(asked) = campaign.application.clone() else { return Ok(None) };
    let total = tx.count_referrals_before(campaign.id, asked.version).await?;
    let begun = asked.of(total);
    tx.save_application(campaign.id, &begun).await?;
    Ok(Some(begun))
}

impl App {
    /// Raises referrals to the version of the rule that is to hold for them.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn apply_rules(&self, swept: &mut Swept) -> Result<()> {
        for id in self.store.campaigns_applying().await? {
            swept.take(id, self.apply_rule(id).await);
        }
        Ok(())
    }

    async fn apply_rule(&self, id: CampaignId) -> Result<usize> {
        let mut raised = 0;
        for _ in 0..BATCHES_MAX {
            let batch = self.apply_batch(id).await?;
            raised += batch;
            if batch < BATCH_MAX as usize {
                break;
            }
        }
        Ok(raised)
    }

    async fn apply_batch(&self, id: CampaignId) -> Result<usize> {
        let ledger = self.store.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?.ledger;
        let mut tx = self.store.write().await?;
        let row = tx.lock_ledger(&ledger).await?.ok_or_else(|| campaigns::not_found(id))?;
        let campaign = tx.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?;
        let under_way = campaign.application.as_ref().filter(|known| known.is_under_way() && campaign.decides());
        let Some(application) = under_way else { return Ok(0) };
        let now = self.clock.now();
        let stand = tx.referrals_before(id, application.version, BATCH_MAX).await?;
        let rule = tx.rule_version(id, application.version).await?.ok_or(Error::Internal)?;
        let ruled: Vec<Enrolled> = stand.iter().map(|before| before.under(application.version, rule.clone())).collect();
        let world = around_referrals(&mut tx, row.id, ruled.clone(), None).await?;
        let mut batch = Batch::new(world, application.cause(), now);
        for (before, ruled) in stand.iter().zip(&ruled) {
            raise(&mut batch, before, ruled, now);
        }
        batch.write(&mut tx, &row).await?;
        let none_left = stand.len() < BATCH_MAX as usize;
        tx.save_application(id, &application.advanced(stand.len() as u64, none_left, now)).await?;
        tx.commit().await?;
        Ok(stand.len())
    }
}

/// Decides a referral under its new rule.
fn raise(batch: &mut Batch, before: &Enrolled, ruled: &Enrolled, now: Time) {
    let decided = batch.judge(ruled);
    let referral = Referral { revision: before.referral.revision + 1, updated_at: now, ..decided };
    batch.replace(before, Enrolled { referral, ..ruled.clone() });
    batch.settle(before.referral.id);
}
