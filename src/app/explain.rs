//! Why a referral stands where it stands, from the facts on record.

use super::error::Result;
use super::load::around_referrals;
use super::{App, Caller, referrals};
use crate::domain::id::ReferralId;
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
        let contributions = contributions(&case(&enrolled, false, &payments));
        let payments = payments.into_iter().zip(contributions).collect();
        Ok(Explanation { enrolled, decision, payments, now })
    }
}
