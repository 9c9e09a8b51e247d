//! What is to be done at Stripe. A job is written in the transaction that wants it, claimed with a lease by whoever has
//! time, tried once at a time, and deleted in the transaction that records what came of it. A crash at any point
//! neither loses nor doubles it: what is sent is fixed before it is sent, under a key by which Stripe knows it again.

mod charge;
mod customer;
mod issue;
mod plan;
mod recipient;
mod reverse;
mod reward;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::App;
use super::error::{Error, Result};
use crate::clock::random;
use crate::domain::campaign::Ledger;
use crate::domain::job::{Circuit, Job, JobKind};
use crate::domain::time::Time;
use crate::store::{self, LedgerRow, Tx};
use crate::stripe::client::{Failure, Kind, Stripe};

/// The jobs of a ledger that are under way at once.
const UNDER_WAY_MAX: u32 = 16;
/// How often is looked whether something is due that nobody announced: by the clock, or by another process.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why a try did not end its job.
enum Stop {
    /// Stripe gave no answer that can be used.
    Stripe(Failure),
    /// It can never be done, for a reason that people understand.
    GiveUp(String),
    /// What was decided no longer fits what Stripe has: the next try decides anew.
    Again(String),
    /// Another claim has taken the job: its lease was over.
    Lost,
    /// The database does not answer, and the lease brings the job back; or it says what makes no sense.
    Store(Error),
}

impl Stop {
    /// Whether Stripe is there: it says no to this one thing, or was not what failed.
    const fn is_answer(&self) -> bool {
        match self {
            Self::Stripe(failure) => matches!(failure.kind, Kind::Refused { .. } | Kind::Key { status: 403 }),
            _ => true,
        }
    }
}

/// The answer of a step towards the end of a job.
type Tried<T = ()> = std::result::Result<T, Stop>;

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Stripe(failure)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A job that was claimed, and the way to Stripe.
struct Claimed {
    ledger: Ledger,
    ledger_id: i64,
    stripe: Stripe,
    job: Job,
}

impl App {
    /// Does what is due in a ledger that has a key, for as long as the server runs; then ends what is under way. What it
    /// has not ended after the lease is taken over by whoever comes next.
    pub async fn work_off(self: Arc<Self>, ledger: Ledger, lease: Duration, mut ended: watch::Receiver<bool>) {
        let mut under_way = JoinSet::new();
        let mut circuit = Circuit::default();
        loop {
            let running = u32::try_from(under_way.len()).unwrap_or(u32::MAX);
            let free = circuit.admits(self.clock.now(), UNDER_WAY_MAX.saturating_sub(running), running);
            let claimed = self.claim(&ledger, lease, free).await;
            for claimed in claimed {
                let app = self.clone();
                under_way.spawn(async move { app.attempt(claimed).await });
            }
            tokio::select! {
                _ = ended.changed() => break,
                Some(tried) = under_way.join_next() => {
                    let (answered, at) = tried.unwrap_or_else(|_| (false, self.clock.now()));
                    circuit.note(answered, at);
                }
                () = self.jobs_wanted.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Claims jobs that are due; none where the database does not answer, since it is asked again soon.
    async fn claim(&self, ledger: &Ledger, lease: Duration, limit: u32) -> Vec<Claimed> {
        let Some(stripe) = self.stripe.of(ledger) else { return Vec::new() };
        if limit == 0 {
            return Vec::new();
        }
        let (ledger_id, jobs) = self.try_claim(ledger, lease, limit).await.unwrap_or_else(|problem| {
            tracing::warn!(?problem, "jobs could not be claimed; it is tried again");
            (0, Vec::new())
        });
        let with = |job| Claimed { ledger: ledger.clone(), ledger_id, stripe: stripe.clone(), job };
        jobs.into_iter().map(with).collect()
    }

    async fn try_claim(&self, ledger: &Ledger, lease: Duration, limit: u32) -> Result<(i64, Vec<Job>)> {
        let now = self.clock.now();
        let leased_until = now.plus_seconds(i64::try_from(lease.as_secs()).unwrap_or(i64::MAX));
        let Some(id) = self.store.ledger_with_jobs(ledger, now).await? else { return Ok((0, Vec::new())) };
        let mut tx = self.store.write().await?;
        let jobs = tx.claim_jobs(id, now, leased_until, limit).await?;
        tx.commit().await?;
        Ok((id, jobs))
    }

    /// Tries a job once; says whether Stripe answered, and when. The pause of the circuit and the wait of the job begin
    /// at that same time, whichever is written down first.
    async fn attempt(&self, mut claimed: Claimed) -> (bool, Time) {
        let tried = match claimed.job.kind {
            JobKind::Customer => self.customer_job(&mut claimed).await,
            JobKind::Issue => self.issue_job(&mut claimed).await,
            JobKind::Reverse => self.reverse_job(&mut claimed).await,
            JobKind::Charge => self.charge_job(&claimed).await,
        };
        let now = self.clock.now();
        let Err(stop) = tried else { return (true, now) };
        let answered = stop.is_answer();
        if let Err(problem) = self.note(claimed, stop, now).await {
            tracing::warn!(?problem, "a failed try could not be noted; the job comes back with its lease");
        }
        (answered, now)
    }

    /// Writes down why a try failed, and when the next is.
    async fn note(&self, claimed: Claimed, stop: Stop, now: Time) -> Result<()> {
        let Claimed { ledger, mut job, .. } = claimed;
        let (why, asked, for_good) = match stop {
            Stop::Lost => return Ok(()),
            Stop::Store(error @ Error::StoreUnavailable) => return Err(error),
            Stop::Store(error) => (format!("a fault of this service: {error:?}"), None, false),
            Stop::GiveUp(why) => (why, None, true),
            Stop::Again(why) => (why, None, false),
            Stop::Stripe(failure) => {
                plan::note(&mut job, &failure.kind);
                let for_good = matches!(failure.kind, Kind::Refused { .. });
                (failure.to_string(), asked_seconds(&failure.kind), for_good)
            }
        };
        let [spread] = random::<1>();
        job.tries += 1;
        job.due_at = if for_good { job.after_all(now) } else { job.next_try(now, asked, spread) };
        job.updated_at = now;
        tracing::warn!(job = %job.id, kind = ?job.kind, subject = %job.subject_id, attempts = job.tries, %why,
            given_up = job.due_at.is_none(), "a try at Stripe failed");
        job.last_error = Some(why.clone());
        let mut tx = self.store.write().await?;
        let row = locked(&mut tx, &ledger).await?;
        if !tx.save_job(&job).await? {
            return Ok(());
        }
        if job.due_at.is_none() {
            self.give_up(&mut tx, &row, &job, why).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Tells the subject of a job that it failed for good.
    async fn give_up(&self, tx: &mut Tx, row: &LedgerRow, job: &Job, why: String) -> Result<()> {
        match job.kind {
            JobKind::Customer => self.customer_failed(tx, row, job, why).await,
            JobKind::Issue | JobKind::Reverse => self.reward_failed(tx, row, job, why).await,
            // It is asked again, and an explanation tells why it has no answer.
            JobKind::Charge => Ok(()),
        }
    }
}

/// How long Stripe asked to wait.
fn asked_seconds(kind: &Kind) -> Option<i64> {
    match kind {
        Kind::Again { after: Some(after) } => i64::try_from(after.as_secs()).ok(),
        _ => None,
    }
}

/// Locks the ledger of a job.
async fn locked(tx: &mut Tx, ledger: &Ledger) -> Result<LedgerRow> {
    tx.lock_ledger(ledger).await?.ok_or(Error::Internal)
}

/// The same, where the job is still held: nobody else writes what comes of it.
async fn held(tx: &mut Tx, claimed: &Claimed) -> Tried<LedgerRow> {
    let row = locked(tx, &claimed.ledger).await?;
    if tx.hold_job(&claimed.job).await? { Ok(row) } else { Err(Stop::Lost) }
}
