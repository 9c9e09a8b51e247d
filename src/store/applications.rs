//! Newer rules for the referrals of before: which are left, and how far it has come.

use super::error::Result;
use super::sql::{Row, Tx, args};
use super::{Store, campaigns};
use crate::domain::application::Application;
use crate::domain::id::{CampaignId, KeyId};
use crate::domain::rule::Rule;
use crate::domain::time::Time;

impl Store {
    /// The campaigns whose referrals are being raised to a newer version of the rule.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaigns_applying(&self) -> Result<Vec<CampaignId>> {
        let sql = "select id from campaigns \
                   where state <> 'PAUSED' and applied_version is not null and applied_finished_at is null";
        let rows = self.rows(sql, args![]).await?;
        rows.iter().map(|row| row.parsed("id", |text| CampaignId::parse(text).ok())).collect()
    }
}

impl Tx {
    /// The rule of a campaign in one of its versions.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rule_version(&mut self, campaign: CampaignId, version: u32) -> Result<Option<Rule>> {
        let sql = "select * from rule_versions where campaign_id = $1 and version = $2";
        let row = self.row(sql, args![campaign.to_string(), version]).await?;
        row.as_ref().map(campaigns::rule).transpose()
    }

    /// How many referrals of a campaign are of an older version than this one.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn count_referrals_before(&mut self, campaign: CampaignId, version: u32) -> Result<u64> {
        let sql = "select count(*) as number from referrals where campaign_id = $1 and rule_version < $2";
        let row = self.row(sql, args![campaign.to_string(), version]).await?;
        row.map_or(Ok(0), |row| row.unsigned("number"))
    }

    /// Writes how far it has come. That is no change of the campaign: its etag stays.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_application(&mut self, campaign: CampaignId, application: &Application) -> Result<()> {
        let sql = "update campaigns set applied_version = $1, applied_by = $2, applied_total = $3, applied_done = $4, \
                   applied_started_at = $5, applied_finished_at = $6 where id = $7";
        let Application { version, asked_by, total, done, started_at, finished_at } = application.clone();
        let asked_by = asked_by.map(|key| key.to_string());
        let values = args![version, asked_by, total, done, started_at, finished_at, campaign.to_string()];
        self.run(sql, values).await.map(drop)
    }
}

/// Reads the columns of a campaign.
pub(super) fn read(row: &Row) -> Result<Option<Application>> {
    let Some(started_at): Option<Time> = row.time_or_null("applied_started_at")? else { return Ok(None) };
    Ok(Some(Application {
        version: row.unsigned("applied_version")?,
        asked_by: row.parsed_or_null("applied_by", |text| KeyId::parse(text).ok())?,
        total: row.unsigned("applied_total")?,
        done: row.unsigned("applied_done")?,
        started_at,
        finished_at: row.time_or_null("applied_finished_at")?,
    }))
}
