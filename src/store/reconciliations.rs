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

    /// Begins a run, or goes on with one under a new number; false where another number is there by now.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn begin_reconciliation(&mut self, ledger: i64, run: &Reconciliation) -> Result<bool> {
        let sql = "insert into reconciliations (run, started_at, since, updated_at, finished_at, leased_until, part, \
                   reached_id, reached_at, seen_count, new_count, known_count, \
                   ignored_count, changed_count, last_error, complete_until, ledger_id) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
                   on conflict (ledger_id) do update set run = excluded.run, started_at = excluded.started_at, \
                   since = excluded.since, updated_at = excluded.updated_at, finished_at = excluded.finished_at, \
                   leased_until = excluded.leased_until, part = excluded.part, reached_id = excluded.reached_id, \
                   reached_at = excluded.reached_at, seen_count = excluded.seen_count, new_count = excluded.new_count, \
                   known_count = excluded.known_count, ignored_count = excluded.ignored_count, changed_count = excluded.changed_count, \
                   last_error = excluded.last_error, complete_until = excluded.complete_until \
                   where reconciliations.run = excluded.run - 1";
        Ok(self.run(sql, values(ledger, run)).await? > 0)
    }

    /// Writes how far a run has come; false where another has taken it over.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_reconciliation(&mut self, ledger: i64, run: &Reconciliation) -> Result<bool> {
        let sql = "update reconciliations set started_at = $2, since = $3, updated_at = $4, finished_at = $5, \
                   leased_until = $6, part = $7, reached_id = $8, reached_at = $9, seen_count = $10, new_count = $11, \
                   known_count = $12, ignored_count = $13, changed_count = $14, last_error = $15, complete_until = $16 \
                   where ledger_id = $17 and run = $1";
        Ok(self.run(sql, values(ledger, run)).await? > 0)
    }
}

fn values(ledger: i64, run: &Reconciliation) -> Vec<super::Value> {
    let (reached_id, reached_at) = run.reached.clone().unzip();
    let Counts { seen, new, known, ignored, changed } = run.counts;
    args![
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
        ledger,
    ]
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
