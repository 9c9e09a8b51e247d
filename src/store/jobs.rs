//! What is to be done at Stripe: written with the decision that wants it, claimed by whoever has time.

use super::Store;
use super::error::Result;
use super::list::{Type, Upsert, select};
use super::sql::{Row, Tx, Value, args};
use crate::domain::campaign::Ledger;
use crate::domain::id::{CampaignId, JobId};
use crate::domain::job::{Job, JobKind, LOOK_UP_SECONDS};
use crate::domain::time::Time;
use crate::domain::word::Word;

const JOBS: Upsert = Upsert {
    table: "jobs",
    columns: &[
        ("id", Type::Text),
        ("ledger_id", Type::Int),
        ("campaign_id", Type::Text),
        ("kind", Type::Text),
        ("subject_id", Type::Text),
        ("plan", Type::Text),
        ("due_at", Type::Int),
        ("attempts", Type::Int),
        ("tries", Type::Int),
        ("last_error", Type::Text),
        ("created_at", Type::Int),
        ("updated_at", Type::Int),
    ],
    on_conflict: "on conflict (subject_id, kind) do update set id = excluded.id, due_at = excluded.due_at, \
                  attempts = excluded.attempts, tries = excluded.tries, updated_at = excluded.updated_at",
};

/// As [`JOBS`], but one that is there stays, and is only made due sooner, as long as nobody has claimed it.
const WANTED: Upsert = Upsert {
    on_conflict: "on conflict (subject_id, kind) do update set due_at = excluded.due_at \
                  where jobs.attempts = 0 and jobs.due_at > excluded.due_at",
    ..JOBS
};

/// What waits for a paused campaign is not due.
const DUE: &str = "j.due_at <= $2 and not exists \
                   (select 1 from campaigns c where c.id = j.campaign_id and c.state = 'PAUSED')";

impl Store {
    /// The ledger by its number, where it has a job that is due.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn ledger_with_jobs(&self, ledger: &Ledger, now: Time) -> Result<Option<i64>> {
        let sql = format!(
            "select l.id from ledgers l where l.account = $1 and l.mode = $3 \
             and exists (select 1 from jobs j where j.ledger_id = l.id and {DUE})"
        );
        let rows = self.rows(&sql, args![&ledger.account, now, ledger.mode.word()]).await?;
        rows.first().map(|row| row.int("id")).transpose()
    }

    /// The newest of the jobs that failed for good and whose referral or reward still waits for an operator, and how many
    /// these are.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn job_given_up(&self) -> Result<Option<(Job, i64)>> {
        let sql = "select j.*, count(*) over () as given_up from jobs j where j.due_at is null and \
                   (exists (select 1 from referrals r where r.id = j.subject_id and r.customer_sync = 'FAILED') \
                   or exists (select 1 from rewards w where w.id = j.subject_id and w.state = 'FAILED')) \
                   order by j.updated_at desc limit 1";
        let rows = self.rows(sql, args![]).await?;
        rows.first().map(|row| Ok((read(row)?, row.int("given_up")?))).transpose()
    }

    /// The newest of the look-ups that were refused or have failed so often that they are tried once a day, and how many
    /// these are.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn look_up_in_vain(&self) -> Result<Option<(Job, i64)>> {
        let sql = "select j.*, count(*) over () as in_vain from jobs j \
                   where j.kind = 'CHARGE' and j.last_error is not null and j.due_at - j.updated_at >= $1 \
                   order by j.updated_at desc limit 1";
        let rows = self.rows(sql, args![LOOK_UP_SECONDS * 1_000_000]).await?;
        rows.first().map(|row| Ok((read(row)?, row.int("in_vain")?))).transpose()
    }

    /// The jobs of a subject.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn jobs_of(&self, subject_id: &str) -> Result<Vec<Job>> {
        let rows = self.rows("select * from jobs where subject_id = $1", args![subject_id]).await?;
        rows.iter().map(read).collect()
    }
}

impl Tx {
    /// Writes jobs. One that is there for the same subject and kind begins anew as this one, and keeps what it planned:
    /// it may have been done.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_jobs(&mut self, ledger: i64, jobs: &[Job]) -> Result<()> {
        JOBS.run(self, jobs.iter().map(|job| values(ledger, job)).collect()).await
    }

    /// Writes jobs that are wanted again and again. One that is there for the same subject and kind goes on, and is due
    /// sooner where nobody has claimed it yet.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn want_jobs(&mut self, ledger: i64, jobs: &[Job]) -> Result<()> {
        WANTED.run(self, jobs.iter().map(|job| values(ledger, job)).collect()).await
    }

    /// The jobs of these subjects.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn jobs_of_all(&mut self, subject_ids: &[String]) -> Result<Vec<Job>> {
        let rows = select(self, "select * from jobs where subject_id in LIST", args![], subject_ids).await?;
        rows.iter().map(read).collect()
    }

    /// Claims the jobs of a ledger that are due, the longest due first, until the lease ends. What waits for a paused
    /// campaign is left.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn claim_jobs(&mut self, ledger: i64, now: Time, leased_until: Time, limit: u32) -> Result<Vec<Job>> {
        // The time stands in the outer condition too: two who claim at once wait for each other there, and the second
        // finds it changed.
        let sql = format!(
            "update jobs set due_at = $3, attempts = attempts + 1, updated_at = $2 \
             where due_at <= $2 and id in (select j.id from jobs j where j.ledger_id = $1 and {DUE} \
             order by j.due_at limit {limit}) returning *"
        );
        self.rows(&sql, args![ledger, now, leased_until]).await?.iter().map(read).collect()
    }

    /// Whether a job is still held by this claim; then no other claim takes it before the end of the transaction.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn hold_job(&mut self, job: &Job) -> Result<bool> {
        let sql = "update jobs set attempts = attempts where id = $1 and attempts = $2";
        Ok(self.run(sql, args![job.id.to_string(), job.attempts]).await? > 0)
    }

    /// Makes what is still to be tried for a subject due now.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn hasten_jobs_of(&mut self, subject_id: &str, now: Time) -> Result<()> {
        let sql = "update jobs set due_at = $2 where subject_id = $1 and due_at is not null";
        self.run(sql, args![subject_id, now]).await.map(drop)
    }

    /// Writes what is to be sent, when it is tried next and why it failed; false where another claim has taken it.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_job(&mut self, job: &Job) -> Result<bool> {
        let sql = "update jobs set plan = $3, due_at = $4, tries = $5, last_error = $6, updated_at = $7 \
                   where id = $1 and attempts = $2";
        let Job { plan, due_at, tries, last_error, updated_at, .. } = job;
        let values = args![job.id.to_string(), job.attempts, plan, *due_at, *tries, last_error, *updated_at];
        Ok(self.run(sql, values).await? > 0)
    }

    /// Deletes a job that is done; false where another claim has taken it.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn end_job(&mut self, job: &Job) -> Result<bool> {
        let sql = "delete from jobs where id = $1 and attempts = $2";
        Ok(self.run(sql, args![job.id.to_string(), job.attempts]).await? > 0)
    }

    /// Deletes all jobs of a subject: what they did or did not is settled.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn end_jobs_of(&mut self, subject_id: &str) -> Result<()> {
        self.run("delete from jobs where subject_id = $1", args![subject_id]).await.map(drop)
    }

    /// The jobs of a subject.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn jobs_of(&mut self, subject_id: &str) -> Result<Vec<Job>> {
        let rows = self.rows("select * from jobs where subject_id = $1", args![subject_id]).await?;
        rows.iter().map(read).collect()
    }
}

fn values(ledger: i64, job: &Job) -> Vec<Value> {
    args![
        job.id.to_string(),
        ledger,
        job.campaign_id.map(|id| id.to_string()),
        job.kind.word(),
        &job.subject_id,
        &job.plan,
        job.due_at,
        job.attempts,
        job.tries,
        &job.last_error,
        job.created_at,
        job.updated_at,
    ]
}

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.parsed("id", |text| JobId::parse(text).ok())?,
        campaign_id: row.parsed_or_null("campaign_id", |text| CampaignId::parse(text).ok())?,
        kind: row.parsed("kind", JobKind::from_word)?,
        subject_id: row.text("subject_id")?,
        plan: row.text_or_null("plan")?,
        due_at: row.time_or_null("due_at")?,
        attempts: row.unsigned("attempts")?,
        tries: row.unsigned("tries")?,
        last_error: row.text_or_null("last_error")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
