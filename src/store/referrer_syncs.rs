//! Runs that make referrers of customers: the newest of each campaign.

use serde_json::json;

use super::Store;
use super::error::{Error, Result};
use super::sql::{Row, Tx, args};
use crate::domain::campaign::Ledger;
use crate::domain::id::CampaignId;
use crate::domain::referrer_sync::{Asked, Counts, Link, ReferrerSync};
use crate::domain::time::Time;
use crate::domain::word::Word;

impl Store {
    /// The newest run of a campaign; `None` where there was none.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrer_sync(&self, campaign: CampaignId) -> Result<Option<ReferrerSync>> {
        let rows = self.rows(BY_CAMPAIGN, args![campaign.to_string()]).await?;
        rows.first().map(read).transpose()
    }

    /// The runs of a ledger that have not finished.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn unfinished_referrer_syncs(&self, ledger: &Ledger) -> Result<Vec<ReferrerSync>> {
        let sql = "select s.* from ledgers l join referrer_syncs s on s.ledger_id = l.id and s.finished_at is null \
                   where l.account = $1 and l.mode = $2 order by s.started_at";
        let rows = self.rows(sql, args![&ledger.account, ledger.mode.word()]).await?;
        rows.iter().map(read).collect()
    }
}

const BY_CAMPAIGN: &str = "select * from referrer_syncs where campaign_id = $1";

impl Tx {
    /// The newest run of a campaign.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrer_sync(&mut self, campaign: CampaignId) -> Result<Option<ReferrerSync>> {
        let row = self.row(BY_CAMPAIGN, args![campaign.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Writes how far a run has come. Another that takes it over has a higher number; false where there is one.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_referrer_sync(&mut self, ledger: i64, run: &ReferrerSync) -> Result<bool> {
        let sql = "insert into referrer_syncs (campaign_id, ledger_id, run, metadata_key, created_since, started_at, \
                   updated_at, read_at, finished_at, leased_until, reached_id, reached_at, seen_count, made_count, \
                   known_count, no_email_count, invalid_email_count, written_count, right_count, \
                   refused_count, outstanding, refused, last_error) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
                   $21, $22, $23) \
                   on conflict (campaign_id) do update set run = excluded.run, metadata_key = excluded.metadata_key, \
                   created_since = excluded.created_since, started_at = excluded.started_at, \
                   updated_at = excluded.updated_at, read_at = excluded.read_at, finished_at = excluded.finished_at, \
                   leased_until = excluded.leased_until, reached_id = excluded.reached_id, \
                   reached_at = excluded.reached_at, seen_count = excluded.seen_count, \
                   made_count = excluded.made_count, known_count = excluded.known_count, \
                   no_email_count = excluded.no_email_count, invalid_email_count = excluded.invalid_email_count, \
                   written_count = excluded.written_count, \
                   right_count = excluded.right_count, refused_count = excluded.refused_count, \
                   outstanding = excluded.outstanding, refused = excluded.refused, last_error = excluded.last_error \
                   where referrer_syncs.run <= excluded.run";
        let (reached_id, reached_at) = run.reached.clone().unzip();
        let outstanding: Vec<(&str, &str)> =
            run.outstanding.iter().map(|link| (link.customer_id.as_str(), link.code.as_str())).collect();
        let Counts { seen, made, known, no_email, invalid_email, written, right, refused } = run.counts;
        let values = args![
            run.campaign_id.to_string(),
            ledger,
            run.run,
            &run.asked.metadata_key,
            run.asked.created_since,
            run.started_at,
            run.updated_at,
            run.read_at,
            run.finished_at,
            run.leased_until,
            reached_id,
            reached_at,
            seen,
            made,
            known,
            no_email,
            invalid_email,
            written,
            right,
            refused,
            json!(outstanding).to_string(),
            json!(run.refused).to_string(),
            &run.last_error,
        ];
        Ok(self.run(sql, values).await? > 0)
    }
}

fn read(row: &Row) -> Result<ReferrerSync> {
    let reached: Option<(String, Time)> = row.text_or_null("reached_id")?.zip(row.time_or_null("reached_at")?);
    let outstanding = pairs(row, "outstanding")?;
    Ok(ReferrerSync {
        campaign_id: row.parsed("campaign_id", |text| CampaignId::parse(text).ok())?,
        run: row.unsigned("run")?,
        asked: Asked { metadata_key: row.text("metadata_key")?, created_since: row.time_or_null("created_since")? },
        started_at: row.time("started_at")?,
        updated_at: row.time("updated_at")?,
        read_at: row.time_or_null("read_at")?,
        finished_at: row.time_or_null("finished_at")?,
        leased_until: row.time_or_null("leased_until")?,
        reached,
        counts: counts(row)?,
        outstanding: outstanding.into_iter().map(|(customer_id, code)| Link { customer_id, code }).collect(),
        refused: pairs(row, "refused")?,
        last_error: row.text_or_null("last_error")?,
    })
}

fn counts(row: &Row) -> Result<Counts> {
    Ok(Counts {
        seen: row.unsigned("seen_count")?,
        made: row.unsigned("made_count")?,
        known: row.unsigned("known_count")?,
        no_email: row.unsigned("no_email_count")?,
        invalid_email: row.unsigned("invalid_email_count")?,
        written: row.unsigned("written_count")?,
        right: row.unsigned("right_count")?,
        refused: row.unsigned("refused_count")?,
    })
}

/// A column with a list of two texts each.
fn pairs(row: &Row, column: &str) -> Result<Vec<(String, String)>> {
    serde_json::from_str(&row.text(column)?).map_err(|error| Error::Fault(error.to_string()))
}
