//! The recorder: what arrives while one transaction runs is the next group, so the number of commits follows the
//! database and not the number of deliveries. No timer, no added waiting.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::batch::Batch;
use super::erasure::forgotten;
use super::error::{Error, Result};
use super::load::around_facts;
use super::seal::PersonKey;
use super::{App, accounts};
use crate::clock::Clock;
use crate::domain::campaign::Ledger;
use crate::domain::delivery::{Content, Delivery, Outcome};
use crate::domain::event::Cause;
use crate::domain::fact::Fact;
use crate::domain::id::ReferralId;
use crate::store::Store;

/// The most deliveries of a group; one call may bring as many.
pub const GROUP_DELIVERIES_MAX: usize = 200;
/// The most facts of a group of several calls.
const GROUP_FACTS_MAX: usize = 1000;
/// The most calls that wait for their group; more are refused.
const WAITING_CALLS_MAX: usize = 1024;

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub delivery_id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The referrals that it changed.
    pub changed: Vec<ReferralId>,
}

/// Where a ledger is recorded, and with what.
#[derive(Clone)]
pub struct Place {
    /// The database.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// By what people who were erased are known again.
    pub person_key: PersonKey,
    /// The ledger.
    pub ledger: Ledger,
}

/// One call that waits.
struct Call {
    deliveries: Vec<Delivery>,
    answer: oneshot::Sender<Result<Vec<Recorded>>>,
}

/// The queues of the ledgers: they do not wait for each other.
pub(super) struct Recorder {
    store: Store,
    clock: Clock,
    person_key: PersonKey,
    queues: Mutex<HashMap<Ledger, mpsc::Sender<Call>>>,
}

impl App {
    /// Records deliveries of a ledger, and decides every referral that they concern. Returns after the commit.
    ///
    /// # Errors
    /// No such account, too many calls waiting, or the database does not answer.
    pub async fn record(&self, ledger: Ledger, deliveries: Vec<Delivery>) -> Result<Vec<Recorded>> {
        if !self.recorder.knows(&ledger) && !self.store.has_account(&ledger.account).await? {
            return Err(accounts::not_found(&ledger.account));
        }
        let (answer, answered) = oneshot::channel();
        let queue = self.recorder.queue(&ledger);
        queue.try_send(Call { deliveries, answer }).map_err(|_| Error::Overloaded)?;
        answered.await.unwrap_or(Err(Error::Internal))
    }
}

impl Recorder {
    pub(super) fn new(store: Store, clock: Clock, person_key: PersonKey) -> Self {
        Self { store, clock, person_key, queues: Mutex::default() }
    }

    /// Whether the ledger has a queue already; one is only made for an account that exists.
    fn knows(&self, ledger: &Ledger) -> bool {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).contains_key(ledger)
    }

    fn queue(&self, ledger: &Ledger) -> mpsc::Sender<Call> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || {
            let (queue, calls) = mpsc::channel(WAITING_CALLS_MAX);
            let place = Place {
                store: self.store.clone(),
                clock: self.clock.clone(),
                person_key: self.person_key.clone(),
                ledger: ledger.clone(),
            };
            tokio::spawn(work(place, calls));
            queue
        };
        queues.entry(ledger.clone()).or_insert_with(begin).clone()
    }
}

/// Takes what waits, group by group, for as long as somebody may call.
async fn work(place: Place, mut calls: mpsc::Receiver<Call>) {
    let mut next = calls.recv().await;
    while let Some(first) = next.take() {
        let (group, left_over) = group(first, &mut calls);
        answer(&place, group).await;
        next = match left_over {
            Some(call) => Some(call),
            None => calls.recv().await,
        };
    }
}

/// The first call and those that wait behind it, as far as they fit; and the first that does not.
fn group(first: Call, calls: &mut mpsc::Receiver<Call>) -> (Vec<Call>, Option<Call>) {
    let size = |call: &Call| (call.deliveries.len(), facts(&call.deliveries).count());
    let (mut deliveries, mut facts) = size(&first);
    let mut group = vec![first];
    while let Ok(call) = calls.try_recv() {
        let (more_deliveries, more_facts) = size(&call);
        (deliveries, facts) = (deliveries + more_deliveries, facts + more_facts);
        if deliveries > GROUP_DELIVERIES_MAX || facts > GROUP_FACTS_MAX {
            return (group, Some(call));
        }
        group.push(call);
    }
    (group, None)
}

/// Records a group and answers every caller. Where the content of one makes it fail, each is tried alone, so that the
/// others do not fail with it.
async fn answer(place: &Place, group: Vec<Call>) {
    let (deliveries, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|call| (call.deliveries, call.answer)).unzip();
    let counts: Vec<usize> = deliveries.iter().map(Vec::len).collect();
    let all: Arc<[Delivery]> = deliveries.into_iter().flatten().collect();
    match guarded(place, &all, 0..all.len()).await {
        Err(Error::Internal) if answers.len() > 1 => {
            let mut begin = 0;
            for (count, answer) in counts.into_iter().zip(answers) {
                let _ = answer.send(guarded(place, &all, begin..begin + count).await);
                begin += count;
            }
        }
        Err(error) => answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone())))),
        Ok(recorded) => {
            let mut recorded = recorded.into_iter();
            for (count, answer) in counts.into_iter().zip(answers) {
                let _ = answer.send(Ok(recorded.by_ref().take(count).collect()));
            }
        }
    }
}

/// Runs a part of a group in a task of its own: a bug that panics fails that part, and not the ledger's queue.
async fn guarded(place: &Place, group: &Arc<[Delivery]>, part: Range<usize>) -> Result<Vec<Recorded>> {
    let (place, group) = (place.clone(), group.clone());
    let task = tokio::spawn(async move { record_group(&place, &group[part]).await });
    match task.await {
        Ok(recorded) => recorded.map(|(recorded, _)| recorded),
        Err(panic) => {
            tracing::error!(%panic, "recording a group panicked");
            Err(Error::Internal)
        }
    }
}

/// Records a group in one transaction; says how many statements that took, which does not depend on the group's size.
///
/// # Errors
/// No such account, or the database does not answer, or refuses what it is told.
pub async fn record_group(place: &Place, group: &[Delivery]) -> Result<(Vec<Recorded>, u32)> {
    let Place { store, clock, person_key, ledger } = place;
    let mut tx = store.write().await?;
    let Some(row) = tx.lock_ledger(ledger).await? else {
        return Err(accounts::not_found(&ledger.account));
    };
    let group = &*forgotten(&mut tx, &row, person_key, group).await?;
    let mut known = tx.known_deliveries(row.id, group.iter().map(|delivery| &delivery.id)).await?;
    let world = around_facts(&mut tx, row.id, facts(group)).await?;
    let now = clock.now();
    let mut batch = Batch::new(world, Cause::Clock, now);
    let recorded: Vec<Recorded> = group.iter().map(|delivery| take(&mut batch, &mut known, delivery)).collect();
    batch.write(&mut tx, &row).await?;
    tx.save_deliveries(row.id, told(group, &recorded).into_values(), now).await?;
    let statements = tx.statements();
    tx.commit().await?;
    Ok((recorded, statements))
}

/// One delivery, as if it were alone in its transaction.
fn take(batch: &mut Batch, known: &mut BTreeMap<String, bool>, delivery: &Delivery) -> Recorded {
    let (outcome, changed) = match &delivery.content {
        Content::Ignored(reason, _) => {
            known.entry(delivery.id.clone()).or_insert(false);
            (Outcome::Ignored(*reason), vec![])
        }
        Content::Facts(facts) => {
            let was_recorded = known.insert(delivery.id.clone(), true) == Some(true);
            batch.because_of(Cause::Delivery(delivery.id.clone()));
            let concerned = batch.merge(facts);
            let outcome = if was_recorded { Outcome::Duplicate } else { Outcome::Recorded };
            (outcome, batch.decide(concerned))
        }
    };
    Recorded { delivery_id: delivery.id.clone(), outcome, changed }
}

/// What there is to say of each delivery of a group, and how often it is in it: a statement writes a row once, and what
/// was recorded beats what was ignored.
fn told<'a>(group: &'a [Delivery], recorded: &[Recorded]) -> BTreeMap<&'a str, (&'a Delivery, u32)> {
    let mut told = BTreeMap::new();
    for (delivery, Recorded { outcome, .. }) in group.iter().zip(recorded) {
        let (said, count) = told.entry(delivery.id.as_str()).or_insert((delivery, 0));
        *count += 1;
        if *outcome == Outcome::Recorded {
            *said = delivery;
        }
    }
    told
}

fn facts(group: &[Delivery]) -> impl Iterator<Item = &Fact> + Clone {
    group.iter().flat_map(|delivery| match &delivery.content {
        Content::Facts(facts) => facts.as_slice(),
        Content::Ignored(..) => &[],
    })
}
