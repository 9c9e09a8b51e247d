//! A run that is being carried out: page after page is read, its people become referrers, and their links are written.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use super::people::{codes, fact, forget_erased, identities, referrers};
use super::unfit;
use crate::app::batch::Batch;
use crate::app::error::{Error, Result};
use crate::app::load::around_facts;
use crate::app::patience::{Patience, is_forgotten};
use crate::app::{App, campaigns};
use crate::domain::campaign::{Campaign, Ledger};
use crate::domain::event::Cause;
use crate::domain::fact::Fact;
use crate::domain::referrer_sync::{Link, Listed, ReferrerSync, Referrers, link};
use crate::domain::time::Time;
use crate::store::Tx;
use crate::stripe::client::{CustomersPage, Failure, Kind, Stripe};

/// What the events that come of a run name as their cause.
const CALL: &str = "ReferralService/SyncReferrers";
/// How many links are written at once, and at most once more after a crash. How many a second is for the pace of the
/// account to say.
const WRITES_MAX: usize = 8;
/// How often a run is held anew: a lease lasts much longer.
const HOLD_EVERY: Duration = Duration::from_secs(5);

/// A run in somebody's hands.
pub struct Run {
    pub(super) app: Arc<App>,
    pub(super) stripe: Stripe,
    pub(super) campaign: Campaign,
    pub(super) landing_url: String,
    /// Of a dry run, which writes nothing: those who would be made.
    pub(super) foreseen: Option<BTreeSet<String>>,
    pub(super) state: ReferrerSync,
}

/// Why a run ends before all is done.
enum Stop {
    /// Nobody listens any more to a dry run, or another has taken this one over.
    Over,
    /// It cannot go on.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Step<T = ()> = std::result::Result<T, Stop>;

impl Run {
    /// Carries a run out that is written down.
    pub(super) async fn carry_out(mut self) {
        let app = self.app.clone();
        let (ledger, state) = (self.campaign.ledger.clone(), self.state.clone());
        let done = tokio::select! {
            done = Box::pin(self.go_on(None)) => done,
            () = app.ended() => Err(Stop::Failed(Error::ShuttingDown)),
            () = hold(&app, &ledger, &state) => return,
        };
        let Err(Stop::Failed(error)) = done else { return };
        // Who ends in peace leaves it to whoever comes next; what has failed is left alone for a while.
        let last_error = (!matches!(error, Error::ShuttingDown)).then(|| unfit(&error));
        if let Some(why) = &last_error {
            tracing::warn!(campaign = %self.campaign.id, %why, "a run through the customers was broken off");
        }
        if let Err(problem) = self.give_back(last_error).await {
            tracing::warn!(?problem, "a run could not be given back; it is taken over after its lease");
        }
    }

    /// Carries a dry run out, and tells of each page; the last that is told is finished, or an error.
    pub async fn tell(mut self, told: Sender<Result<ReferrerSync>>) {
        let app = self.app.clone();
        let done = tokio::select! {
            done = self.go_on(Some(&told)) => done,
            () = app.ended() => Err(Stop::Failed(Error::ShuttingDown)),
        };
        if let Err(Stop::Failed(error)) = done {
            let _ = told.send(Err(error)).await;
        }
    }

    /// Page after page: it is read, its people become referrers, and then their links are written.
    async fn go_on(&mut self, told: Option<&Sender<Result<ReferrerSync>>>) -> Step {
        while self.state.finished_at.is_none() {
            if self.state.outstanding.is_empty() && self.state.read_at.is_none() {
                self.look_at_the_campaign().await?;
                let page = self.page().await?;
                self.take(page).await?;
            } else {
                self.write_some().await?;
            }
            if let Some(told) = told {
                told.send(Ok(self.state.clone())).await.map_err(|_| Stop::Over)?;
            }
        }
        Ok(())
    }

    /// Before each page: the campaign may have ended, and links begin with the landing URL that it has now.
    async fn look_at_the_campaign(&mut self) -> Step {
        let id = self.campaign.id;
        let found = self.app.store.campaign(id).await?;
        self.campaign = found.ok_or_else(|| campaigns::not_found(id))?;
        (self.stripe, self.landing_url) = self.app.check_links(&self.campaign)?;
        Ok(())
    }

    /// The next page. Where the customer that was read last is there no more, it begins with those made no later.
    async fn page(&self) -> Step<CustomersPage> {
        let (mut patience, mut forgotten) = (Patience::new(), false);
        let (since, reached) = (self.state.asked.created_since, self.state.reached.as_ref());
        loop {
            let after = reached.filter(|_| !forgotten).map(|(id, _)| id.as_str());
            let until = reached.filter(|_| forgotten).map(|(_, at)| *at);
            match self.stripe.customers_page(since, until, after).await {
                Ok(page) => return Ok(page),
                Err(failure) if is_forgotten(&failure) && after.is_some() => forgotten = true,
                Err(failure) => patience.after(failure).await?,
            }
        }
    }

    /// Makes referrers of the people of a page, in the transaction that writes its place down. What the page says of its
    /// customers is a fact like any other, by which rewards find those who are to get them.
    async fn take(&mut self, CustomersPage { customers, last }: CustomersPage) -> Step {
        let key = &self.state.asked.metadata_key;
        let mut listed: Vec<Listed> =
            customers.iter().map(|one| Listed::new(&one.id, one.email.as_deref(), one.metadata.get(key))).collect();
        if self.foreseen.is_some() {
            return self.foresee(listed, last).await;
        }
        let now = self.app.clock.now();
        let mut tx = self.app.store.write().await?;
        let row = tx.lock_ledger(&self.campaign.ledger).await?.ok_or(Error::Internal)?;
        if row.erasures > 0 {
            forget_erased(&mut tx, self.app.seal.person_key(), &row.ledger.account, &mut listed).await?;
        }
        let facts: Vec<Fact> = customers.iter().zip(&listed).map(|(one, listed)| fact(one, listed, now)).collect();
        let world = around_facts(&mut tx, row.id, facts.iter()).await?;
        let cause = Cause::Call { key: None, call: CALL.to_owned() };
        let mut batch = Batch::new(world, cause, now);
        batch.take(&facts);
        batch.write(&mut tx, &row).await?;
        let referrers = referrers(&mut tx, &row.ledger.account, &customers, &listed, now).await?;
        let read = self.state.clone().read(&listed, &referrers, &self.landing_url, last, now);
        if !tx.save_referrer_sync(row.id, &read).await? {
            return Err(Stop::Over);
        }
        tx.commit().await?;
        self.app.jobs_wanted.notify_one();
        self.state = read;
        Ok(())
    }

    /// What a page would come to.
    async fn foresee(&mut self, mut listed: Vec<Listed>, last: Option<(String, Time)>) -> Step {
        let mut tx = self.app.store.snapshot().await?;
        let account = &self.campaign.ledger.account;
        forget_erased(&mut tx, self.app.seal.person_key(), account, &mut listed).await?;
        let identities = identities(&listed);
        let known = tx.referrers_by_email(account, &identities).await?;
        let mut codes = codes(known);
        let mut made = BTreeSet::new();
        for identity in identities {
            if !codes.contains_key(&identity) {
                // Its code is not known yet, and so no link that stands there is right.
                codes.insert(identity.clone(), String::new());
                if self.foreseen.as_mut().is_some_and(|foreseen| foreseen.insert(identity.clone())) {
                    made.insert(identity);
                }
            }
        }
        let referrers = Referrers { codes, made };
        let now = self.app.clock.now();
        let read = self.state.clone().read(&listed, &referrers, &self.landing_url, last, now);
        let links = read.outstanding.clone();
        self.state = read.wrote(&links, Vec::new(), now);
        Ok(())
    }

    /// Writes some of the links that are outstanding, and notes which of them Stripe refused. What Stripe fails to write
    /// while it answers to others is this customer's matter, and no reason for all to wait.
    async fn write_some(&mut self) -> Step {
        let links: Vec<Link> = self.state.outstanding.iter().take(WRITES_MAX).cloned().collect();
        let mut writes = JoinSet::new();
        for Link { customer_id, code } in links.iter().cloned() {
            let (stripe, key) = (self.stripe.clone(), self.state.asked.metadata_key.clone());
            let link = link(&self.landing_url, &code);
            writes.spawn(async move { (write_link(&stripe, &customer_id, &key, &link).await, customer_id) });
        }
        let (mut refused, mut unanswered) = (Vec::new(), Vec::new());
        while let Some(written) = writes.join_next().await {
            let (written, customer_id) = written.map_err(|_| Error::Internal)?;
            let Err(failure) = written else { continue };
            match failure.kind {
                Kind::Refused { .. } => refused.push((customer_id, failure.to_string())),
                Kind::Unknown { .. } => unanswered.push((customer_id, failure)),
                Kind::Again { .. } | Kind::Key { .. } => return Err(failure.into()),
            }
        }
        if unanswered.len() == links.len()
            && links.len() > 1
            && let Some((_, failure)) = unanswered.pop()
        {
            return Err(failure.into());
        }
        refused.extend(unanswered.into_iter().map(|(customer_id, failure)| (customer_id, failure.to_string())));
        let mut tx = self.app.store.write().await?;
        let row = tx.lock_ledger(&self.campaign.ledger).await?.ok_or(Error::Internal)?;
        // What is outstanding by what is written down: some of it may have been taken back meanwhile.
        let stands = self.own(&mut tx).await?.ok_or(Stop::Over)?;
        let wrote = stands.wrote(&links, refused, self.app.clock.now());
        tx.save_referrer_sync(row.id, &wrote).await?;
        tx.commit().await?;
        self.state = wrote;
        Ok(())
    }

    /// Lets go of the run as it is written down, whatever step was broken off.
    async fn give_back(&self, last_error: Option<String>) -> Result<()> {
        let mut tx = self.app.store.write().await?;
        let row = tx.lock_ledger(&self.campaign.ledger).await?.ok_or(Error::Internal)?;
        if let Some(own) = self.own(&mut tx).await? {
            tx.save_referrer_sync(row.id, &own.given_back(last_error, self.app.clock.now())).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The run as it is written down, where nobody else has taken it over.
    async fn own(&self, tx: &mut Tx) -> Result<Option<ReferrerSync>> {
        let stands = tx.referrer_sync(self.campaign.id).await?;
        Ok(stands.filter(|stands| stands.run == self.state.run && stands.finished_at.is_none()))
    }
}

/// Holds a run for as long as somebody is at it, however long Stripe is waited for; done when another has taken it over.
async fn hold(app: &App, ledger: &Ledger, state: &ReferrerSync) {
    loop {
        tokio::time::sleep(HOLD_EVERY).await;
        match hold_once(app, ledger, state).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(problem) => tracing::warn!(?problem, "a run through the customers could not be held"),
        }
    }
}

async fn hold_once(app: &App, ledger: &Ledger, state: &ReferrerSync) -> Result<bool> {
    let mut tx = app.store.write().await?;
    let row = tx.lock_ledger(ledger).await?.ok_or(Error::Internal)?;
    let stands = tx.referrer_sync(state.campaign_id).await?.filter(|stands| stands.run == state.run);
    let Some(stands) = stands else { return Ok(false) };
    if stands.finished_at.is_none() {
        tx.save_referrer_sync(row.id, &stands.held(app.clock.now())).await?;
        tx.commit().await?;
    }
    Ok(true)
}

/// Writes a link to a customer.
async fn write_link(stripe: &Stripe, customer_id: &str, key: &str, link: &str) -> std::result::Result<(), Failure> {
    let mut patience = Patience::of_a_write();
    loop {
        match stripe.write_customer_metadata(customer_id, key, link).await {
            Ok(()) => return Ok(()),
            Err(failure) => patience.after(failure).await?,
        }
    }
}
