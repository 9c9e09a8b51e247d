//! The look at Stripe for the person of a referral: wanted at registration, and again by hand.

use super::audit::note;
use super::batch::Batch;
use super::campaigns::check_etag;
use super::error::{Error, Result};
use super::referrals::{check_not_erased, locked, subject};
use super::{App, Caller};
use crate::clock::random;
use crate::domain::customer::CustomerSync;
use crate::domain::id::{JobId, ReferralId};
use crate::domain::job::{Job, JobKind};
use crate::domain::referral::Referral;
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};

impl App {
    /// The job that looks at Stripe for a referral; `None` where there is nothing left to look for.
    pub async fn customer_job_of(&self, referral: &Referral) -> Result<Option<Job>> {
        if !referral.customer_sync.is_outstanding() {
            return Ok(None);
        }
        Ok(job_of(self.store.jobs_of(&referral.id.to_string()).await?))
    }

    /// Begins the look at Stripe anew where it was given up; one that is pending is tried at once.
    pub async fn retry_customer_sync(&self, caller: &Caller, id: ReferralId, etag: &str) -> Result<(Enrolled, Job)> {
        self.referral(caller, id).await?;
        let mut tx = self.store.write().await?;
        let (row, before) = locked(&mut tx, id).await?;
        check_etag("referral", etag, before.referral.revision)?;
        check_not_erased(&before.referral)?;
        if !before.referral.customer_sync.is_outstanding() {
            return Err(Error::CustomerSyncState(before.referral.customer_sync));
        }
        self.stripe_for("customer_sync", &row.ledger)?;
        let now = self.clock.now();
        let is_pending = before.referral.customer_sync == CustomerSync::Pending;
        let job = if let (true, Some(job)) = (is_pending, job_of(tx.jobs_of(&id.to_string()).await?)) {
            // Its number of tries is left to those who claim it, for that is how they know who holds it.
            tx.hasten_jobs_of(&job.subject_id, now).await?;
            Job { due_at: Some(now), ..job }
        } else {
            // What was refused is decided anew: the person or the mapping may be another by now.
            let job = wanted(id, now);
            tx.add_jobs(row.id, std::slice::from_ref(&job)).await?;
            job
        };
        let referral = before.referral.synced(CustomerSync::Pending, before.referral.customer.clone(), now);
        let after = if is_pending {
            before
        } else {
            // What is outstanding stays so, and no decision asks why.
            let mut batch = Batch::new(World::default(), caller.cause(), now);
            let after = Enrolled { referral, ..before.clone() };
            batch.replace(&before, after.clone());
            batch.write(&mut tx, &row).await?;
            after
        };
        let changed = if is_pending { &[][..] } else { &["customer_sync"][..] };
        note(&mut tx, caller, subject(id, &row), changed, now).await?;
        tx.commit().await?;
        self.jobs_wanted.notify_one();
        Ok((after, job))
    }
}

/// A look at Stripe for a referral, due now.
pub(super) fn wanted(id: ReferralId, now: Time) -> Job {
    Job::new(JobId::new(now, random()), JobKind::Customer, id, None, now)
}

fn job_of(jobs: Vec<Job>) -> Option<Job> {
    jobs.into_iter().find(|job| job.kind == JobKind::Customer)
}
