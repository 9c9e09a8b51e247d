//! Rewards.

mod row;

use std::collections::BTreeSet;

use row::{REWARDS, read, values};
pub(super) use row::{cause_of, cause_text, cause_type, recipient_of};

use super::Store;
use super::error::Result;
use super::list::{select, select_all};
use super::people::Where;
use super::sql::{Row, Tx, args};
use crate::domain::id::{CampaignId, ReferralId, ReferrerId, RewardId};
use crate::domain::money::Currency;
use crate::domain::reward::{Recipient, Reward, State};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// Which rewards to list.
#[derive(Clone, Debug, Default)]
pub struct RewardFilter {
    /// Of this account.
    pub account: Option<String>,
    /// Of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// For this recipient.
    pub recipient: Option<Recipient>,
    /// Earned by this referral.
    pub referral_id: Option<ReferralId>,
    /// In this state.
    pub state: Option<State>,
}

/// A qualified referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualified {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Who brought it.
    pub referrer_id: ReferrerId,
    /// Its id.
    pub id: ReferralId,
    /// Since when it is qualified.
    pub at: Time,
    /// The currency of its spend.
    pub currency: Currency,
}

impl Store {
    /// A reward by its id, with the alias of its account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn reward(&self, id: RewardId) -> Result<Option<(Reward, String)>> {
        let sql = "select w.*, l.account from rewards w join ledgers l on l.id = w.ledger_id where w.id = $1";
        let rows = self.rows(sql, args![id.to_string()]).await?;
        rows.first().map(|row| Ok((read(row)?, row.text("account")?))).transpose()
    }

    /// Rewards after a cursor, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rewards(&self, filter: &RewardFilter, after: Option<RewardId>, limit: u32) -> Result<Vec<Reward>> {
        let of_account = "w.ledger_id in (select id from ledgers where account =";
        let (sql, args) = Where::new()
            .and("w.campaign_id =", filter.campaign_id.map(|id| id.to_string()))
            .and("w.recipient_id =", filter.recipient.map(|recipient| recipient.to_string()))
            .and("w.referral_id =", filter.referral_id.map(|id| id.to_string()))
            .and("w.state =", filter.state.map(|state| state.word()))
            .and("w.id >", after.map(|id| id.to_string()))
            .and(of_account, filter.account.as_ref())
            .query("select w.* from rewards w", "w.id", limit);
        let sql = if filter.account.is_some() { sql.replace(" order by", ") order by") } else { sql };
        self.rows(&sql, args).await?.iter().map(read).collect()
    }

    /// The campaigns in which a hold is over, but not those where something is decided first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaigns_with_ripe_rewards(&self, now: Time) -> Result<Vec<CampaignId>> {
        let sql = "select id from campaigns c where state <> 'PAUSED' \
                   and (applied_version is null or applied_finished_at is not null) and exists \
                   (select 1 from rewards w where w.campaign_id = c.id and w.state = 'HELD' and w.held_until <= $1) \
                   and not exists (select 1 from referrals r where r.campaign_id = c.id and r.decide_at <= $1)";
        let rows = self.rows(sql, args![now]).await?;
        rows.iter().map(|row| row.parsed("id", |text| CampaignId::parse(text).ok())).collect()
    }
}

impl Tx {
    /// A reward by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn reward(&mut self, id: RewardId) -> Result<Option<Reward>> {
        let row = self.row("select * from rewards where id = $1", args![id.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The newest of the rewards that a referral earned, the oldest of them first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn newest_rewards_of(&mut self, id: ReferralId, limit: u32) -> Result<Vec<Reward>> {
        let sql = format!("select * from rewards where referral_id = $1 order by id desc limit {limit}");
        let rows = self.rows(&sql, args![id.to_string()]).await?;
        rows.iter().rev().map(read).collect()
    }

    /// The newest of the rewards that a referrer has under these rules, the oldest of them first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn newest_rewards_under(
        &mut self,
        id: ReferrerId,
        rules: &BTreeSet<String>,
        limit: u32,
    ) -> Result<Vec<Reward>> {
        let sql = "select * from rewards where recipient_id = $1 and rule_id in LIST order by id desc limit";
        let rows = select(self, &format!("{sql} {limit}"), args![id.to_string()], rules).await?;
        rows.iter().rev().map(read).collect()
    }

    /// The ledger of a reward.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn ledger_of_reward(&mut self, id: RewardId) -> Result<Option<i64>> {
        let row = self.row("select ledger_id from rewards where id = $1", args![id.to_string()]).await?;
        row.map(|row| row.int("ledger_id")).transpose()
    }

    /// The rewards that these referrals earned, for either person.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rewards_of_referrals(&mut self, referrals: impl IntoIterator<Item = &String>) -> Result<Vec<Reward>> {
        let sql = "select * from rewards where referral_id in LIST";
        select(self, sql, args![], referrals).await?.iter().map(read).collect()
    }

    /// All rewards of a ledger for these recipients.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rewards_to(&mut self, ledger: i64, recipients: &BTreeSet<String>) -> Result<Vec<Reward>> {
        let sql = "select * from rewards where ledger_id = $1 and recipient_id in LIST";
        select(self, sql, args![ledger], recipients).await?.iter().map(read).collect()
    }

    /// The rewards of these recipients under these rules.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rewards_under(
        &mut self,
        recipients: &BTreeSet<String>,
        rules: &BTreeSet<String>,
    ) -> Result<Vec<Reward>> {
        let sql = "select * from rewards where recipient_id in LIST and rule_id in LIST";
        select_all(self, sql, args![], [recipients, rules]).await?.iter().map(read).collect()
    }

    /// The rewards of these recipients under these rules for these payments.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rewards_for_charges(
        &mut self,
        recipients: &BTreeSet<String>,
        rules: &BTreeSet<String>,
        charges: &BTreeSet<String>,
    ) -> Result<Vec<Reward>> {
        let sql = "select * from rewards where recipient_id in LIST and rule_id in LIST and cause in LIST";
        select_all(self, sql, args![], [recipients, rules, charges]).await?.iter().map(read).collect()
    }

    /// The rewards of a ledger that wait for the customer with one of these email identities.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rewards_awaiting(
        &mut self,
        ledger: i64,
        emails: impl IntoIterator<Item = &String>,
    ) -> Result<Vec<Reward>> {
        let sql = "select * from rewards where ledger_id = $1 and awaiting_email in LIST";
        select(self, sql, args![ledger], emails).await?.iter().map(read).collect()
    }

    /// The next rewards of a campaign whose hold is over, unless it is paused or something is decided first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn ripe_rewards(&mut self, campaign: CampaignId, now: Time, limit: u32) -> Result<Vec<Reward>> {
        let sql = format!(
            "select w.* from rewards w join campaigns c on c.id = w.campaign_id \
             where w.campaign_id = $1 and w.state = 'HELD' and w.held_until <= $2 and c.state <> 'PAUSED' \
             and (c.applied_version is null or c.applied_finished_at is not null) \
             and not exists (select 1 from referrals r where r.campaign_id = $1 and r.decide_at <= $2) \
             order by w.held_until limit {limit}"
        );
        self.rows(&sql, args![campaign.to_string(), now]).await?.iter().map(read).collect()
    }

    /// The qualified referrals of these referrers in these campaigns.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn qualified_of(
        &mut self,
        referrers: &BTreeSet<String>,
        campaigns: &BTreeSet<String>,
    ) -> Result<Vec<Qualified>> {
        let sql = "select r.campaign_id, r.referrer_id, r.id, r.qualified_at, v.currency from referrals r \
                   join rule_versions v on v.campaign_id = r.campaign_id and v.version = r.rule_version \
                   where r.qualified_at is not null and r.referrer_id in LIST and r.campaign_id in LIST";
        let read = |row: &Row| {
            Ok(Qualified {
                campaign_id: row.parsed("campaign_id", |text| CampaignId::parse(text).ok())?,
                referrer_id: row.parsed("referrer_id", |text| ReferrerId::parse(text).ok())?,
                id: row.parsed("id", |text| ReferralId::parse(text).ok())?,
                at: row.time("qualified_at")?,
                currency: row.parsed("currency", |text| Currency::parse(text).ok())?,
            })
        };
        select_all(self, sql, args![], [referrers, campaigns]).await?.iter().map(read).collect()
    }

    /// Asks the sweep to look at the qualified referrals of these referrers in these campaigns.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn wake_qualified(
        &mut self,
        referrers: &BTreeSet<String>,
        campaigns: &BTreeSet<String>,
        now: Time,
    ) -> Result<()> {
        let sql = "update referrals set decide_at = $1 \
                   where qualified_at is not null and referrer_id in LIST and campaign_id in LIST";
        select_all(self, sql, args![now], [referrers, campaigns]).await.map(drop)
    }

    /// Writes rewards as they stand, those that are new among them. The ledger is locked, so nobody else does.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_rewards<'a>(&mut self, ledger: i64, rewards: impl Iterator<Item = &'a Reward>) -> Result<()> {
        REWARDS.run(self, rewards.map(|reward| values(ledger, reward)).collect()).await
    }
}
