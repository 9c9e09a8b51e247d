//! How far each ledger was compared with the payment source's own list of events.

use super::Store;
use super::error::Result;
use super::sql::{Row, Tx, args};
use crate::domain::campaign::Ledger;
use crate::domain::reconciliation::{Counts, Reconciliation};
use crate::domain::time::Time;
use crate::domain::word::Word;

impl Store {
    /// The newest run of a ledger; `None` where there was none.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn reconciliation(&self, ledger: &Ledger) -> Result<Option<Reconciliation>> {
        let sql = "select r.* from ledgers l join reconciliations r on r.ledger_id = l.id \
                   where l.account = $1 and l.mode = $2";
        let rows = self.rows(sql, args![&ledger.account, ledger.mode.word()]).await?;
        rows.first().map(read).transpose()
    }
}

impl Tx {
    /// The newest run of a ledger.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn reconciliation(&mut self, ledger: i64) -> Result<Option<Reconciliation>> {
        let row = self.row("select * from reconciliations where ledger_id = $1", args![ledger]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Writes how far a run has come. Another that takes it over has a higher number; false where there is one.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_reconciliation(&mut self, ledger: i64, run: &Reconciliation) -> Result<bool> {
        let sql = "insert into reconciliations (ledger_id, run, started_at, since, updated_at, finished_at, \
                   leased_until, part, reached_id, reached_at, seen_count, new_count, known_count, ignored_count, \
                   changed_count, last_error, complete_until) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
                   on conflict (ledger_id) do update set run = excluded.run, started_at = excluded.started_at, \
                   since = excluded.since, updated_at = excluded.updated_at, finished_at = excluded.finished_at, \
                   leased_until = excluded.leased_until, part = excluded.part, reached_id = excluded.reached_id, \
                   reached_at = excluded.reached_at, seen_count = excluded.seen_count, \
                   new_count = excluded.new_count, known_count = excluded.known_count, \
                   ignored_count = excluded.ignored_count, changed_count = excluded.changed_count, \
                   last_error = excluded.last_error, complete_until = excluded.complete_until \
                   where reconciliations.run <= excluded.run";
        let (reached_id, reached_at) = run.reached.clone().unzip();
        let Counts { seen, new, known, ignored, changed } = run.counts;
        let values = args![
            ledger,
            run.run,
            run.started_at,
            run.since,
            run.updated_at,
            run.finished_at,
            run.leased_until,
            run.part,
            reached_id,
            reached_at,
            seen,
            new,
            known,
            ignored,
            changed,
            &run.last_error,
            run.complete_until,
        ];
        Ok(self.run(sql, values).await? > 0)
    }
}

fn read(row: &Row) -> Result<Reconciliation> {
    let reached: Option<(String, Time)> = row.text_or_null("reached_id")?.zip(row.time_or_null("reached_at")?);
    Ok(Reconciliation {
        run: row.unsigned("run")?,
        started_at: row.time("started_at")?,
        since: row.time("since")?,
        updated_at: row.time("updated_at")?,
        finished_at: row.time_or_null("finished_at")?,
        leased_until: row.time_or_null("leased_until")?,
        part: row.unsigned("part")?,
        reached,
        counts: Counts {
            seen: row.unsigned("seen_count")?,
            new: row.unsigned("new_count")?,
            known: row.unsigned("known_count")?,
            ignored: row.unsigned("ignored_count")?,
            changed: row.unsigned("changed_count")?,
        },
        last_error: row.text_or_null("last_error")?,
        complete_until: row.time_or_null("complete_until")?,
    })
}
