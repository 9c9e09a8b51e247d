//! The comparison with Stripe's own list of events: what a webhook missed is found there, and takes the same road.

use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::audit::note;
use super::error::{Error, Result};
use super::patience::{Patience, is_forgotten, why};
use super::{App, Caller, accounts};
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::campaign::{Ledger, Mode};
use crate::domain::delivery::{Content, Delivery, Ignored, Outcome, Route};
use crate::domain::reconciliation::Reconciliation;
use crate::domain::time::Time;
use crate::domain::word::Word;
use crate::stripe::EVENT_TYPES;
use crate::stripe::client::Stripe;
use crate::stripe::event::{Event, Page};

/// The most types that one query of Stripe takes.
const TYPES_MAX: usize = 20;

/// A run that has begun.
pub struct Run {
    app: Arc<App>,
    stripe: Stripe,
    ledger: Ledger,
    ledger_id: i64,
    /// Records nothing, and is written down nowhere.
    is_dry: bool,
    state: Reconciliation,
}

/// Why a run ends before all is read.
enum Stop {
    /// Nobody listens any more.
    Unheard,
    /// Another has taken it over.
    Lost,
    /// It cannot go on.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl App {
    /// Begins to compare a ledger with Stripe's events, or goes on where a run was broken off. A dry run is not written
    /// down, and records nothing.
    ///
    /// # Errors
    /// No key for Stripe, no such account, or somebody else is at it.
    pub async fn begin_reconciliation(
        self: &Arc<Self>,
        caller: &Caller,
        ledger: Ledger,
        since: Option<Time>,
        dry_run: bool,
    ) -> Result<Run> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let stripe = self.stripe_for("Reconcile", &ledger)?.clone();
        let now = self.clock.now();
        let not_found = || accounts::not_found(&ledger.account);
        if dry_run {
            let ledger_id = self.store.log_of(&ledger).await?.ok_or_else(not_found)?.ledger;
            let state = Reconciliation::begin(None, since, now);
            return Ok(Run { app: self.clone(), stripe, ledger, ledger_id, is_dry: true, state });
        }
        let mut tx = self.store.write().await?;
        let ledger_id = tx.lock_ledger(&ledger).await?.ok_or_else(not_found)?.id;
        let before = tx.reconciliation(ledger_id).await?;
        if let Some(held) = before.as_ref().filter(|before| before.is_held(now)) {
            return Err(Error::ReconciliationRuns(held.started_at));
        }
        let mut state = Reconciliation::begin(before, since, now);
        state.hold(now);
        tx.save_reconciliation(ledger_id, &state).await?;
        // What the schedule begins is nobody's doing.
        if !caller.call.is_empty() {
            let subject = Subject::of_ledger(SubjectKind::Ledger, &ledger, &ledger);
            note(&mut tx, caller, subject, &[], now).await?;
        }
        tx.commit().await?;
        Ok(Run { app: self.clone(), stripe, ledger, ledger_id, is_dry: false, state })
    }

    /// The newest run of a ledger.
    ///
    /// # Errors
    /// There was none.
    pub async fn reconciliation(&self, caller: &Caller, ledger: &Ledger) -> Result<Reconciliation> {
        caller.touches(&ledger.account, "account", &ledger.account)?;
        let never = || Error::NeverRan {
            kind: "reconciliation",
            name: ledger.account.clone(),
            whose: format!("account \"{}\" in {} mode", ledger.account, ledger.mode.word().to_lowercase()),
        };
        self.store.reconciliation(ledger).await?.ok_or_else(never)
    }

    /// Does what the schedule wants: one run of a ledger, by one process.
    ///
    /// # Errors
    /// The database or Stripe does not answer, or refuses.
    pub async fn reconcile_if_due(self: &Arc<Self>, ledger: &Ledger, every_hours: u32) -> Result<()> {
        let newest = self.store.reconciliation(ledger).await?;
        let is_due = newest.is_none_or(|newest| newest.is_due(every_hours, self.clock.now()));
        if !is_due || !self.store.has_account(&ledger.account).await? {
            return Ok(());
        }
        let run = match self.begin_reconciliation(&Caller::internal(&[]), ledger.clone(), None, false).await {
            // Another process was quicker.
            Err(Error::ReconciliationRuns(_)) => return Ok(()),
            run => run?,
        };
        let (tell, told) = channel(1);
        let (last, ()) = tokio::join!(last(told), run.carry_out(tell));
        if let Some(Reconciliation { counts, .. }) = last? {
            tracing::info!(account = %ledger.account, mode = ledger.mode.word(), seen = counts.seen, new = counts.new,
                changed = counts.changed, "compared with the events at Stripe");
        }
        Ok(())
    }
}

impl Run {
    /// Reads page after page, and tells of each; the last that is told is finished, or an error. A run that ends early
    /// is gone on with by the next.
    pub async fn carry_out(mut self, told: Sender<Result<Reconciliation>>) {
        let app = self.app.clone();
        let read = tokio::select! {
            read = self.read_all(&told) => read,
            () = app.ended() => Err(Stop::Failed(Error::ShuttingDown)),
        };
        let error = match read {
            Err(Stop::Lost) => return drop(told.send(Err(self.lost_to().await)).await),
            Ok(()) | Err(Stop::Unheard) => None,
            Err(Stop::Failed(error)) => Some(error),
        };
        if self.state.finished_at.is_none() {
            self.state.leased_until = None;
            self.state.last_error = error.as_ref().map(why);
            if let Err(Stop::Failed(problem)) = self.save().await {
                tracing::warn!(?problem, "a run could not be given back; it is taken over after its lease");
            }
        }
        if let Some(error) = error {
            let _ = told.send(Err(error)).await;
        }
    }

    async fn read_all(&mut self, told: &Sender<Result<Reconciliation>>) -> std::result::Result<(), Stop> {
        while let Some(types) = EVENT_TYPES.chunks(TYPES_MAX).nth(self.state.part as usize) {
            let page = self.page(types).await?;
            let last = page.last.clone();
            self.take(page.events).await?;
            self.state.went_on(last, self.app.clock.now());
            self.tell(told).await?;
        }
        self.state.finish(self.app.clock.now());
        self.tell(told).await
    }

    /// The run that has taken this one's place.
    async fn lost_to(&self) -> Error {
        match self.app.store.reconciliation(&self.ledger).await {
            Ok(Some(newest)) => Error::ReconciliationRuns(newest.started_at),
            Ok(None) => Error::Internal,
            Err(problem) => problem.into(),
        }
    }

    async fn tell(&mut self, told: &Sender<Result<Reconciliation>>) -> std::result::Result<(), Stop> {
        if self.state.finished_at.is_none() {
            self.state.hold(self.state.updated_at);
        }
        self.save().await?;
        told.send(Ok(self.state.clone())).await.map_err(|_| Stop::Unheard)
    }

    async fn save(&self) -> std::result::Result<(), Stop> {
        if self.is_dry {
            return Ok(());
        }
        let mut tx = self.app.store.write().await?;
        if !tx.save_reconciliation(self.ledger_id, &self.state).await? {
            return Err(Stop::Lost);
        }
        Ok(tx.commit().await?)
    }

    /// The next page. Where Stripe is away for a moment, or asks to wait, it is asked again.
    async fn page(&mut self, types: &[&str]) -> std::result::Result<Page, Stop> {
        let mut patience = Patience::new();
        loop {
            let after = self.state.reached.as_ref().map(|(id, _)| id.as_str());
            match self.stripe.events_page(types, Some(self.state.since), after).await {
                Ok(page) => return Ok(page),
                // What was reached is kept no longer: all that was made before it is not either, and the rest is seen.
                Err(failure) if is_forgotten(&failure) && self.state.reached.is_some() => self.state.reached = None,
                Err(failure) => {
                    patience.after(failure).await?;
                    self.state.hold(self.app.clock.now());
                    self.save().await?;
                }
            }
        }
    }

    /// Records events, or looks which of them are known.
    async fn take(&mut self, events: Vec<Event>) -> Result<()> {
        let deliveries: Vec<Delivery> = events.into_iter().map(|event| agreed(event, self.ledger.mode)).collect();
        if deliveries.is_empty() {
            return Ok(());
        }
        if self.is_dry {
            return self.look(&deliveries).await;
        }
        for recorded in self.app.record(self.ledger.clone(), deliveries).await? {
            self.count(recorded.outcome, recorded.changed.len() as u64);
        }
        Ok(())
    }

    async fn look(&mut self, deliveries: &[Delivery]) -> Result<()> {
        let mut tx = self.app.store.snapshot().await?;
        let known = tx.known_deliveries(self.ledger_id, deliveries.iter().map(|delivery| &delivery.id)).await?;
        for delivery in deliveries {
            let outcome = match &delivery.content {
                Content::Ignored(why, _) => Outcome::Ignored(*why),
                Content::Facts(_) if known.contains_key(&delivery.id) => Outcome::Duplicate,
                Content::Facts(_) => Outcome::Recorded,
            };
            self.count(outcome, 0);
        }
        Ok(())
    }

    fn count(&mut self, outcome: Outcome, changed: u64) {
        let counts = &mut self.state.counts;
        counts.seen += 1;
        counts.changed += changed;
        match outcome {
            Outcome::Recorded => counts.new += 1,
            Outcome::Duplicate => counts.known += 1,
            Outcome::Ignored(_) => counts.ignored += 1,
        }
    }
}

/// The last that is told.
async fn last(mut told: Receiver<Result<Reconciliation>>) -> Result<Option<Reconciliation>> {
    let mut last = None;
    while let Some(newest) = told.recv().await {
        last = Some(newest?);
    }
    Ok(last)
}

/// The event as a delivery to the ledger whose key asked for it.
fn agreed(event: Event, mode: Mode) -> Delivery {
    let is_agreed = event.is_of(mode);
    let delivery = Delivery { route: Route::Reconciliation, ..event.delivery };
    if is_agreed {
        return delivery;
    }
    let detail = "the event is not of the mode of the key that asked for it".to_owned();
    Delivery { content: Content::Ignored(Ignored::OtherMode, detail), ..delivery }
}
