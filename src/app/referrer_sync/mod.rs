//! The run through a merchant's customers: each becomes a referrer, and its link is written to its metadata. A call
//! begins it; whoever serves the ledger carries it out, page by page, whether the caller stays or not.

mod people;
mod run;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::futures::Notified;
use tokio::sync::mpsc::Sender;

pub use self::run::Run;
use super::audit::note;
use super::error::{Error, Result};
use super::patience::why;
use super::{App, Caller, campaigns};
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::campaign::{Campaign, Ledger, State};
use crate::domain::id::CampaignId;
use crate::domain::mapping::METADATA_VALUE_MAX;
use crate::domain::referral::CODE_LENGTHS;
use crate::domain::referrer_sync::{Asked, ReferrerSync};
use crate::stripe::client::Stripe;

/// How often whoever follows a run looks how far it has come.
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl App {
    /// Begins a run for a campaign, or has one gone on with that was broken off. It is carried out by whoever serves the
    /// ledger.
    ///
    /// # Errors
    /// No such campaign, or one that has ended or has no landing URL; no key for Stripe; it runs already.
    pub async fn begin_referrer_sync(&self, caller: &Caller, id: CampaignId, asked: Asked) -> Result<ReferrerSync> {
        let campaign = self.campaign(caller, id).await?;
        let mut tx = self.store.write().await?;
        let row = tx.lock_ledger(&campaign.ledger).await?.ok_or(Error::Internal)?;
        let campaign = tx.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?;
        self.check_links(&campaign)?;
        let now = self.clock.now();
        let before = tx.referrer_sync(id).await?;
        if let Some(running) = before.as_ref().filter(|before| before.is_running(now)) {
            return Err(Error::ReferrerSyncRuns(running.started_at));
        }
        let begun = ReferrerSync::begin(before, id, asked, now);
        tx.save_referrer_sync(row.id, &begun).await?;
        note(&mut tx, caller, Subject::of_ledger(SubjectKind::Campaign, id, &campaign.ledger), &[], now).await?;
        tx.commit().await?;
        self.referrer_syncs_wanted.notify_waiters();
        Ok(begun)
    }

    /// A run that writes nothing, here or at Stripe, and is not remembered.
    ///
    /// # Errors
    /// As [`App::begin_referrer_sync`].
    pub async fn dry_referrer_sync(self: &Arc<Self>, caller: &Caller, id: CampaignId, asked: Asked) -> Result<Run> {
        let campaign = self.campaign(caller, id).await?;
        let (stripe, landing_url) = self.check_links(&campaign)?;
        let state = ReferrerSync::begin(None, id, asked, self.clock.now());
        Ok(Run { app: self.clone(), stripe, campaign, landing_url, foreseen: Some(BTreeSet::new()), state })
    }

    /// The newest run of a campaign.
    ///
    /// # Errors
    /// No such campaign, or there was none.
    pub async fn referrer_sync(&self, caller: &Caller, id: CampaignId) -> Result<ReferrerSync> {
        self.campaign(caller, id).await?;
        let never = || {
            let whose = format!("campaign \"{id}\"");
            Error::NeverRan { kind: "referrer_sync", name: id.to_string(), whose }
        };
        self.store.referrer_sync(id).await?.ok_or_else(never)
    }

    /// Tells how far a run has come whenever it has come further, until it ends or is broken off. Who carries it out may be
    /// another process.
    pub async fn follow_referrer_sync(self: Arc<Self>, mut newest: ReferrerSync, told: Sender<Result<ReferrerSync>>) {
        let (id, started_at) = (newest.campaign_id, newest.started_at);
        while told.send(Ok(newest.clone())).await.is_ok() && !newest.is_over() {
            let found = loop {
                tokio::select! {
                    () = told.closed() => return,
                    () = self.ended() => break Err(Error::ShuttingDown),
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
                match self.store.referrer_sync(id).await {
                    Ok(Some(found)) if found == newest => {}
                    // Another run has taken its place.
                    Ok(found) => break Ok(found.filter(|found| found.started_at == started_at)),
                    Err(problem) => break Err(problem.into()),
                }
            };
            match found {
                Ok(Some(found)) => newest = found,
                Ok(None) => return,
                Err(error) => return drop(told.send(Err(error)).await),
            }
        }
    }

    /// Done when a run has begun in this process after this was asked.
    pub fn referrer_sync_wanted(&self) -> Notified<'_> {
        self.referrer_syncs_wanted.notified()
    }

    /// Goes on with what is to be gone on with of a ledger, one run after the other.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn go_on_with_referrer_syncs(self: &Arc<Self>, ledger: &Ledger) -> Result<()> {
        for found in self.store.unfinished_referrer_syncs(ledger).await? {
            if let Some(run) = self.take_up(ledger, found.campaign_id).await? {
                run.carry_out().await;
            }
        }
        Ok(())
    }

    /// Takes a run up, if it is nobody's.
    async fn take_up(self: &Arc<Self>, ledger: &Ledger, id: CampaignId) -> Result<Option<Run>> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let row = tx.lock_ledger(ledger).await?.ok_or(Error::Internal)?;
        let campaign = tx.campaign(id).await?.ok_or_else(|| campaigns::not_found(id))?;
        let Some(found) = tx.referrer_sync(id).await?.filter(|found| found.is_due(now)) else { return Ok(None) };
        let taken = match self.check_links(&campaign) {
            Ok((stripe, landing_url)) => {
                let (app, state) = (self.clone(), found.taken_up(now));
                Ok(Run { app, stripe, campaign, landing_url, foreseen: None, state })
            }
            // What was well when it began is so no more.
            Err(error) => Err(found.given_back(Some(unfit(&error)), now)),
        };
        tx.save_referrer_sync(row.id, taken.as_ref().map_or_else(|broken| broken, |run| &run.state)).await?;
        tx.commit().await?;
        Ok(taken.ok())
    }

    /// Refuses a campaign whose customers cannot be given links; the way to Stripe and what links begin with.
    fn check_links(&self, campaign: &Campaign) -> Result<(Stripe, String)> {
        if campaign.state == State::Ended {
            let needed = vec![State::Draft, State::Live, State::Paused];
            return Err(Error::CampaignState { state: campaign.state, needed });
        }
        let landing_url = campaign.settings.landing_url.clone();
        let landing_url = landing_url.ok_or(Error::LandingUrlRequired { links_max: None })?;
        if landing_url.chars().count() + CODE_LENGTHS.end() > METADATA_VALUE_MAX {
            return Err(Error::LandingUrlRequired { links_max: Some(METADATA_VALUE_MAX) });
        }
        Ok((self.stripe_for("SyncReferrers", &campaign.ledger)?.clone(), landing_url))
    }
}

/// Why a run that was broken off cannot be gone on with.
fn unfit(error: &Error) -> String {
    match error {
        Error::CampaignState { .. } => "the campaign has ended".to_owned(),
        Error::LandingUrlRequired { .. } => "the campaign has no landing URL that links can begin with".to_owned(),
        other => why(other),
    }
}
