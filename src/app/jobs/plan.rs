//! What a job is going to send, fixed and committed before it is sent: a try that is made again sends the same, under
//! the same key, and Stripe answers what it answered the first time.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Claimed, Stop, Tried, held};
use crate::app::App;
use crate::domain::job::{Job, key_is_old};
use crate::domain::time::Time;
use crate::stripe::client::Kind;

/// What is sent, and under which key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan<T> {
    /// What the keys of its requests begin with.
    key: String,
    /// When the key was made, in microseconds.
    made_at: i64,
    /// Set when Stripe answered with a fault, which it would repeat to the same key: whether it was done must be looked
    /// up before it is sent under a new one.
    doubtful: bool,
    /// What is sent.
    pub(super) what: T,
}

impl<T> Plan<T> {
    /// The key of one of its requests.
    pub(super) fn key(&self, request: &str) -> String {
        format!("{}-{request}", self.key)
    }

    /// Whether what Stripe has must be looked at before it is sent (again).
    pub(super) fn is_doubtful(&self, now: Time) -> bool {
        self.doubtful || key_is_old(Time::from_micros(self.made_at), now)
    }
}

impl App {
    /// Takes a new key for what was looked up and not found.
    pub(super) async fn renew<T: Serialize>(&self, claimed: &mut Claimed, plan: &mut Plan<T>) -> Tried {
        plan.made_at = self.clock.now().micros();
        plan.key = key(&claimed.job, plan.made_at);
        plan.doubtful = false;
        self.keep(claimed, plan).await
    }

    /// Commits a plan before anything of it is sent.
    pub(super) async fn keep<T: Serialize>(&self, claimed: &mut Claimed, plan: &Plan<T>) -> Tried {
        let mut tx = self.store.write().await?;
        held(&mut tx, claimed).await?;
        write(&mut claimed.job, plan)?;
        tx.save_job(&claimed.job).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Fixes what a job sends. Its caller commits it before anything is sent.
pub(super) fn begin<T: Serialize>(job: &mut Job, what: T, now: Time) -> Tried<Plan<T>> {
    let made_at = now.micros();
    let plan = Plan { key: key(job, made_at), made_at, doubtful: false, what };
    write(job, &plan)?;
    Ok(plan)
}

/// The plan of a job; `None` before the first.
pub(super) fn read<T: DeserializeOwned>(job: &Job) -> Tried<Option<Plan<T>>> {
    let unreadable = |problem| Stop::GiveUp(format!("its plan cannot be read: {problem}"));
    job.plan.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)
}

/// Notes what a failure means for what was planned: a fault leaves it in doubt, and what is refused was not done, so
/// that another try decides anew.
pub(super) fn note(job: &mut Job, kind: &Kind) {
    let Ok(Some(mut plan)) = read::<serde_json::Value>(job) else { return };
    match kind {
        Kind::Unknown { answered: true } => {
            plan.doubtful = true;
            let _ = write(job, &plan);
        }
        Kind::Refused { .. } if !plan.doubtful => job.plan = None,
        _ => {}
    }
}

/// No other plan has this key: none of the job, and none of another job.
fn key(job: &Job, made_at: i64) -> String {
    format!("{}-{made_at}", job.id)
}

fn write<T: Serialize>(job: &mut Job, plan: &Plan<T>) -> Tried {
    let text =
        serde_json::to_string(plan).map_err(|problem| Stop::GiveUp(format!("it cannot be planned: {problem}")))?;
    job.plan = Some(text);
    Ok(())
}
