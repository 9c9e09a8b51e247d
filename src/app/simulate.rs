//! What another rule would make of a campaign's referrals: one look at all of them at one moment, in batches, so that
//! it takes little memory however many there are. Nothing is locked or written.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::Sender;

use super::error::{Error, Result};
use super::load::around_referrals;
use super::{App, Caller, Page, accounts, campaigns};
use crate::domain::campaign::Campaign;
use crate::domain::id::{CampaignId, ReferralId, ReferrerId};
use crate::domain::reward::RewardRule;
use crate::domain::rule::Rule;
use crate::domain::simulation::{Shift, Simulation, shift, simulated};
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};
use crate::store::Tx;

/// How many referrals are decided at once.
const BATCH_MAX: u32 = 500;

/// A simulation that has begun.
pub struct Trial {
    app: Arc<App>,
    tx: Tx,
    ledger_id: i64,
    campaign: Campaign,
    rule: Rule,
    page: Page,
    now: Time,
    /// Where it stands: the referral that was decided last.
    reached: Option<(ReferrerId, ReferralId)>,
    shifts: Vec<Shift>,
    _turn: OwnedSemaphorePermit,
}

/// How far a simulation is.
pub struct Progress {
    /// How many referrals there are; 0 where only a further page of changes is looked for.
    pub total: u64,
    /// How many have been decided.
    pub done: u64,
    /// What came out, with the last.
    pub outcome: Option<Outcome>,
}

/// What came out.
pub struct Outcome {
    /// The rule that was tried.
    pub rule: Rule,
    /// The time at which it decides.
    pub decided_at: Time,
    /// Both sides; none on a page after the first.
    pub simulation: Option<Simulation>,
    /// A page of the referrals that change.
    pub shifts: Vec<Shift>,
    /// Asks for the next; empty on the last.
    pub next_page_token: String,
}

impl App {
    /// Begins to try the rule that a function makes of a campaign's own.
    ///
    /// # Errors
    /// No such campaign, what the function refuses, a token of another list, or another simulation is under way.
    pub async fn begin_simulation(
        self: &Arc<Self>,
        caller: &Caller,
        id: CampaignId,
        edit: impl FnOnce(&Rule) -> Result<Rule>,
        (page_size, page_token): (u32, &str),
    ) -> Result<Trial> {
        let campaign = self.campaign(caller, id).await?;
        let rule = edit(&campaign.settings.rule)?;
        let page = Page::parse(page_size, page_token, &format!("{id} {rule:?}"))?;
        let reached = page.after(place)?;
        let turn = self.simulations.clone().try_acquire_owned().map_err(|_| Error::Simulates)?;
        let log = self.store.log_of(&campaign.ledger).await?;
        let ledger_id = log.ok_or_else(|| accounts::not_found(&campaign.ledger.account))?.ledger;
        let mut tx = self.store.snapshot().await?;
        let campaign = tx.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?;
        let (app, now) = (self.clone(), self.clock.now());
        Ok(Trial { app, tx, ledger_id, campaign, rule, page, now, reached, shifts: vec![], _turn: turn })
    }
}

impl Trial {
    /// Goes through the referrals and tells how far it is; the last that is told is the outcome, or an error. It ends
    /// early where nobody listens any more.
    pub async fn carry_out(mut self, told: Sender<Result<Progress>>) {
        let app = self.app.clone();
        let last = tokio::select! {
            last = self.run(&told) => last,
            () = app.ended() => Err(Error::ShuttingDown),
            () = told.closed() => return,
        };
        // The moment that was looked at is let go before a slow reader is waited for.
        drop(self);
        let _ = told.send(last).await;
    }

    async fn run(&mut self, told: &Sender<Result<Progress>>) -> Result<Progress> {
        if self.reached.is_some() {
            return self.further().await;
        }
        let total = self.tx.count_referrals_before(self.campaign.id, self.campaign.rule_version + 1).await?;
        let rules: Arc<[RewardRule]> = self.campaign.reward_rules.as_slice().into();
        let (mut simulation, mut done) = (Simulation::new(&rules), 0);
        while let Some((stand, ruled, world)) = self.batch().await? {
            for (before, ruled) in stand.iter().zip(&ruled) {
                let shift = simulation.add(&world, before, ruled, self.now);
                self.shifts.extend(shift.filter(|_| self.shifts.len() < self.page.limit() as usize));
            }
            done += stand.len() as u64;
            // Who does not read fast enough is told a later number.
            let _ = told.try_send(Ok(Progress { total, done, outcome: None }));
        }
        Ok(Progress { total, done, outcome: Some(self.outcome(Some(simulation))) })
    }

    /// Looks for a further page of changes only.
    async fn further(&mut self) -> Result<Progress> {
        let mut done = 0;
        while self.shifts.len() < self.page.limit() as usize
            && let Some((stand, ruled, world)) = self.batch().await?
        {
            let moved = |(before, ruled)| shift(before, simulated(&world, ruled, self.now));
            self.shifts.extend(stand.iter().zip(&ruled).filter_map(moved));
            done += stand.len() as u64;
        }
        Ok(Progress { total: 0, done, outcome: Some(self.outcome(None)) })
    }

    /// The next referrals: as they are, under the other rule, and with all that decides them.
    async fn batch(&mut self) -> Result<Option<(Vec<Enrolled>, Vec<Enrolled>, World)>> {
        let stand = self.tx.referrals_by_referrer(self.campaign.id, self.reached, BATCH_MAX).await?;
        let Some(Enrolled { referral: last, .. }) = stand.last() else { return Ok(None) };
        self.reached = Some((last.referrer_id, last.id));
        let version = self.campaign.rule_version + u32::from(self.rule != self.campaign.settings.rule);
        let ruled: Vec<_> = stand.iter().map(|before| before.under(version, self.rule.clone())).collect();
        // Both sides are looked at: what is loaded is bounded by the longer window.
        let longer = |(before, ruled): (&Enrolled, &Enrolled)| {
            if before.rule.window_days > ruled.rule.window_days { before.clone() } else { ruled.clone() }
        };
        let wide = stand.iter().zip(&ruled).map(longer).collect();
        let world = around_referrals(&mut self.tx, self.ledger_id, wide, None).await?;
        Ok(Some((stand, ruled, world)))
    }

    fn outcome(&mut self, simulation: Option<Simulation>) -> Outcome {
        let shifts = std::mem::take(&mut self.shifts);
        let name = |shift: &Shift| format!("{}.{}", shift.before.referral.referrer_id, shift.before.referral.id);
        let (shifts, next_page_token) = self.page.cut(shifts, name);
        Outcome { rule: self.rule.clone(), decided_at: self.now, simulation, shifts, next_page_token }
    }
}

/// Reads a place among the referrals of a campaign.
fn place(text: &str) -> std::result::Result<(ReferrerId, ReferralId), ()> {
    let (referrer, referral) = text.split_once('.').ok_or(())?;
    Ok((ReferrerId::parse(referrer).map_err(drop)?, ReferralId::parse(referral).map_err(drop)?))
}
