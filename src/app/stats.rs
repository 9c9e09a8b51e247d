//! The numbers of a campaign.

use super::calendar::Calendar;
use super::error::{Error, Result};
use super::{App, Caller};
use crate::domain::campaign::Campaign;
use crate::domain::id::CampaignId;
use crate::domain::stats::{Period, Stats, quarter_end, quarter_start};
use crate::domain::time::Time;

impl App {
    /// The numbers of a campaign from one quarter of an hour to another, and period by period. Where nothing is said, it
    /// is from the first registration, or from when the campaign was made, up to now.
    pub async fn campaign_stats(
        &self,
        caller: &Caller,
        id: CampaignId,
        (since, until): (Option<Time>, Option<Time>),
        calendar: &Calendar,
    ) -> Result<(Stats, Vec<Stats>)> {
        let campaign = self.campaign(caller, id).await?;
        let now = quarter_end(self.clock.now());
        let until = until.unwrap_or(now);
        let since = match since {
            Some(since) if since > until => return Err(later_than_now()),
            Some(since) => since,
            None => self.first_moment(&campaign).await?.min(until),
        };
        let periods = calendar.periods(since, until);
        let periods = periods.map_err(|problem| Error::Invalid(vec![("granularity".to_owned(), problem.0)]))?;
        let stats = self.store.stats(id, &periods).await?;
        Ok((Stats::total(Period { starts_at: since, ends_at: until }, &stats), stats))
    }

    async fn first_moment(&self, campaign: &Campaign) -> Result<Time> {
        let made = quarter_start(campaign.created_at);
        Ok(self.store.first_registration(campaign.id).await?.map_or(made, |first| first.min(made)))
    }
}

/// The two are compared where both are said, so the end is now.
fn later_than_now() -> Error {
    Error::Invalid(vec![("since".to_owned(), "lies in the future; leave it out, or say until when".to_owned())])
}
