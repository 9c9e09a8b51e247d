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
    /// When it was fixed, in microseconds: the key is not older.
    made_at: i64,
    /// How often a new key was needed.
    key: u32,
    /// Set when Stripe answered a key with a fault, which it would repeat: whether it was done must be looked up before
    /// it is sent under a new one.
    #[serde(default)]
    doubtful: bool,
    /// What is sent.
    pub(super) what: T,
}

impl<T> Plan<T> {
    /// The key of one request of a job.
    pub(super) fn key(&self, job: &Job, request: &str) -> String {
        format!("{}-{request}-{}", job.id, self.key)
    }

    /// When it was fixed.
    pub(super) fn made_at(&self) -> Time {
        Time::from_micros(self.made_at)
    }

    /// Whether what Stripe has must be looked at before it is sent (again).
    pub(super) fn is_doubtful(&self, now: Time) -> bool {
        self.doubtful || key_is_old(self.made_at(), now)
    }
}

impl App {
    /// Takes a new key for what was looked up and not found.
    pub(super) async fn renew<T: Serialize>(&self, claimed: &mut Claimed, plan: &mut Plan<T>) -> Tried {
        plan.made_at = self.clock.now().micros();
        plan.key += 1;
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
pub(super) fn begin<T: Serialize>(job: &mut Job, what: T, now: Time) -> Tried {
    write(job, &Plan { made_at: now.micros(), key: 0, doubtful: false, what })
}

/// The plan of a job; `None` before the first.
pub(super) fn read<T: DeserializeOwned>(job: &Job) -> Tried<Option<Plan<T>>> {
    let unreadable = |problem| Stop::GiveUp(format!("its plan cannot be read: {problem}"));
    job.plan.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)
}

fn write<T: Serialize>(job: &mut Job, plan: &Plan<T>) -> Tried {
    let text =
        serde_json::to_string(plan).map_err(|problem| Stop::GiveUp(format!("it cannot be planned: {problem}")))?;
    job.plan = Some(text);
    Ok(())
}

/// Notes in a plan what a failure means for its key.
pub(super) fn note(job: &mut Job, kind: &Kind) {
    if let (Kind::Unknown { answered: true }, Ok(Some(mut plan))) = (kind, read::<serde_json::Value>(job)) {
        plan.doubtful = true;
        let _ = write(job, &plan);
    }
}
