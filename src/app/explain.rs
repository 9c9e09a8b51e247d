//! Why a referral stands where it stands, from the facts on record.

use std::collections::BTreeMap;

use super::error::Result;
use super::load::around_referrals;
use super::{App, Caller, referrals};
use crate::domain::id::ReferralId;
use crate::domain::job::{Job, look_up_subject};
use crate::domain::qualification::{Contribution, Decision, contributions};
use crate::domain::spend::{FOREVER, Payment};
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, case};

/// What the facts say of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The referral as it stands.
    pub enrolled: Enrolled,
    /// What would be decided now.
    pub decision: Decision,
    /// Every payment that it has a claim on, by the time they were made, with what each counts.
    pub payments: Vec<(Payment, Contribution)>,
    /// What is asked of Stripe about them and has no answer yet, by the charge.
    pub look_ups: BTreeMap<String, Job>,
    /// When this was asked.
    pub now: Time,
}

impl App {
    /// Explains a referral; changes nothing.
    pub async fn explain(&self, caller: &Caller, id: ReferralId) -> Result<Explanation> {
        self.referral(caller, id).await?;
        let now = self.clock.now();
        let mut tx = self.store.snapshot().await?;
        let ledger = tx.ledger_of_referral(id).await?.ok_or_else(|| referrals::not_found(id))?;
        let enrolled = tx.referral(id).await?.ok_or_else(|| referrals::not_found(id))?;
        let world = around_referrals(&mut tx, ledger, vec![enrolled.clone()], Some(FOREVER)).await?;
        let (decision, payments) = world.decide(&enrolled, now);
        let asked = world.look_ups(&enrolled, &decision, &payments);
        let asked: Vec<String> = asked.iter().map(|asked| look_up_subject(ledger, &asked.charge_id)).collect();
        let look_ups = tx.jobs_of_all(&asked).await?.into_iter();
        let look_ups = look_ups.filter_map(|job| Some((job.charge_id()?.to_owned(), job))).collect();
        let contributions = contributions(&case(&enrolled, false, &payments));
        let payments = payments.into_iter().zip(contributions).collect();
        Ok(Explanation { enrolled, decision, payments, look_ups, now })
    }
}
