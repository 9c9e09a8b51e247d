//! What an operator decides against the rule, and takes back.

use super::audit::note;
use super::batch::Batch;
use super::campaigns::check_etag;
use super::error::{Error, Result};
use super::load::around_referrals;
use super::referrals::{check_not_erased, locked, subject};
use super::{App, Caller};
use crate::domain::event::change;
use crate::domain::id::ReferralId;
use crate::domain::qualification::{Override, Verdict};
use crate::domain::referral::Referral;
use crate::domain::world::Enrolled;

impl App {
    /// Qualifies or disqualifies a referral by hand.
    pub async fn set_override(
        &self,
        caller: &Caller,
        id: ReferralId,
        etag: &str,
        verdict: Verdict,
        reason: String,
    ) -> Result<Enrolled> {
        let manual = Override { verdict, reason, at: self.clock.now() };
        self.set_manual(caller, id, etag, Some(manual)).await
    }

    /// Lets the rule decide again.
    pub async fn clear_override(&self, caller: &Caller, id: ReferralId, etag: &str) -> Result<Enrolled> {
        self.set_manual(caller, id, etag, None).await
    }

    async fn set_manual(
        &self,
        caller: &Caller,
        id: ReferralId,
        etag: &str,
        manual: Option<Override>,
    ) -> Result<Enrolled> {
        self.referral(caller, id).await?;
        let mut tx = self.store.write().await?;
        let (row, before) = locked(&mut tx, id).await?;
        check_not_erased(&before.referral)?;
        check_etag("referral", etag, before.referral.revision)?;
        if manual.is_none() && before.referral.manual.is_none() {
            return Err(Error::NoOverride);
        }
        let now = self.clock.now();
        let world = around_referrals(&mut tx, row.id, vec![before.clone()], None).await?;
        let revision = before.referral.revision + 1;
        let referral = Referral { manual, revision, updated_at: now, ..before.referral.clone() };
        let ruled = Enrolled { referral, ..before.clone() };
        let mut batch = Batch::new(world, caller.cause(), now);
        let after = Enrolled { referral: Referral { revision, ..batch.judge(&ruled) }, ..before.clone() };
        batch.replace(&before, after.clone());
        batch.settle(id);
        batch.write(&mut tx, &row).await?;
        let changed = change(Some(&before), &after).map_or_else(Vec::new, |change| change.changed);
        note(&mut tx, caller, subject(id, &row), &changed, now).await?;
        tx.commit().await?;
        Ok(after)
    }
}
