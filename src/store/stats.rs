//! The numbers of campaigns.

use super::Store;
use super::error::Result;
use super::list::{Type, Upsert, select_from};
use super::sql::{Row, Tx, Value, args};
use crate::domain::id::CampaignId;
use crate::domain::money::Currency;
use crate::domain::reward::State;
use crate::domain::stats::{Counter, Period, ReferralCounts, RewardCounts, Stats, Stretch};
use crate::domain::time::Time;
use crate::domain::word::Word;

const REFERRALS: Upsert = Upsert {
    table: "referral_counts",
    columns: &[
        ("campaign_id", Type::Text),
        ("seconds", Type::Int),
        ("starts_at", Type::Int),
        ("currency", Type::Text),
        ("pending", Type::Int),
        ("qualified", Type::Int),
        ("expired", Type::Int),
        ("manual", Type::Int),
        ("self_referral", Type::Int),
        ("existing_customer", Type::Int),
        ("unqualified", Type::Int),
        ("spend_minor", Type::Int),
    ],
    on_conflict: "on conflict (campaign_id, seconds, starts_at, currency) do update set \
                  pending = referral_counts.pending + excluded.pending, \
                  qualified = referral_counts.qualified + excluded.qualified, \
                  expired = referral_counts.expired + excluded.expired, \
                  manual = referral_counts.manual + excluded.manual, \
                  self_referral = referral_counts.self_referral + excluded.self_referral, \
                  existing_customer = referral_counts.existing_customer + excluded.existing_customer, \
                  unqualified = referral_counts.unqualified + excluded.unqualified, \
                  spend_minor = referral_counts.spend_minor + excluded.spend_minor",
};

const REWARDS: Upsert = Upsert {
    table: "reward_counts",
    columns: &[
        ("campaign_id", Type::Text),
        ("seconds", Type::Int),
        ("starts_at", Type::Int),
        ("state", Type::Text),
        ("currency", Type::Text),
        ("rewards", Type::Int),
        ("amount_minor", Type::Int),
        ("given_minor", Type::Int),
    ],
    on_conflict: "on conflict (campaign_id, seconds, starts_at, state, currency) do update set \
                  rewards = reward_counts.rewards + excluded.rewards, \
                  amount_minor = reward_counts.amount_minor + excluded.amount_minor, \
                  given_minor = reward_counts.given_minor + excluded.given_minor",
};

/// Stretches of one length, and the period that they are of.
const RUNS: &[(&str, Type)] = &[
    ("period", Type::Int),
    ("times", Type::Int),
    ("seconds", Type::Int),
    ("starts_at", Type::Int),
    ("ends_at", Type::Int),
];

/// The stretches of a run come by the primary key, whichever database it is: the list of runs stands first.
const COUNTED: &str = "c.campaign_id = $1 and c.seconds = v.seconds and c.starts_at >= v.starts_at \
                       and c.starts_at < v.ends_at";

impl Store {
    /// The beginning of the first quarter of an hour in which somebody was registered in a campaign.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn first_registration(&self, campaign: CampaignId) -> Result<Option<Time>> {
        let sql = "select starts_at from referral_counts where campaign_id = $1 and seconds = 900 \
                   order by starts_at limit 1";
        let rows = self.rows(sql, args![campaign.to_string()]).await?;
        rows.first().map(|row| row.time("starts_at")).transpose()
    }

    /// The numbers of a campaign in these periods.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn stats(&self, campaign: CampaignId, periods: &[Period]) -> Result<Vec<Stats>> {
        let mut tx = self.snapshot().await?;
        let mut stats: Vec<Stats> = periods.iter().map(|period| Stats::new(*period)).collect();
        for row in tx.counted_referrals(campaign, runs(periods)).await? {
            let counts = referral_counts(&row)?;
            period_of(&mut stats, &row)?.add_referrals(currency(&row)?, &counts);
        }
        for row in tx.counted_rewards(campaign, runs(periods)).await? {
            let state = row.parsed("state", State::from_word)?;
            period_of(&mut stats, &row)?.add_rewards(state, currency(&row)?, &reward_counts(&row)?);
        }
        Ok(stats)
    }
}

impl Tx {
    /// Changes the counts by what was counted. The ledger is locked, so nobody else does.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn count(&mut self, counter: &Counter) -> Result<()> {
        let referrals = counter.referrals().map(|(stretch, currency, counts)| {
            let mut values = stretch_values(&stretch);
            values.extend(args![
                currency.code(),
                counts.pending,
                counts.qualified,
                counts.expired,
                counts.manual,
                counts.self_referral,
                counts.existing_customer,
                counts.unqualified,
                counts.spend_minor,
            ]);
            values
        });
        REFERRALS.run(self, referrals.collect()).await?;
        let rewards = counter.rewards().map(|(stretch, state, currency, counts)| {
            let mut values = stretch_values(&stretch);
            values.extend(args![
                state.word(),
                currency.code(),
                counts.rewards,
                counts.amount_minor,
                counts.given_minor
            ]);
            values
        });
        REWARDS.run(self, rewards.collect()).await
    }

    async fn counted_referrals(&mut self, campaign: CampaignId, runs: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let sums = sums(&REFERRALS.columns[4..]);
        let sql = format!(
            "select v.period, c.currency, {sums} from ROWS cross join referral_counts c where {COUNTED} \
             group by v.period, c.currency"
        );
        select_from(self, &sql, args![campaign.to_string()], RUNS, runs).await
    }

    async fn counted_rewards(&mut self, campaign: CampaignId, runs: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        let sums = sums(&REWARDS.columns[5..]);
        let sql = format!(
            "select v.period, c.state, c.currency, {sums} from ROWS cross join reward_counts c where {COUNTED} \
             group by v.period, c.state, c.currency"
        );
        select_from(self, &sql, args![campaign.to_string()], RUNS, runs).await
    }
}

fn sums(columns: &[(&str, Type)]) -> String {
    let sum = |(name, _): &(&str, Type)| format!("cast(sum(v.times * c.{name}) as bigint) as {name}");
    columns.iter().map(sum).collect::<Vec<_>>().join(", ")
}

fn runs(periods: &[Period]) -> Vec<Vec<Value>> {
    let runs = (0_i64..).zip(periods).flat_map(|(n, period)| period.runs().into_iter().map(move |run| (n, run)));
    runs.map(|(n, run)| args![n, run.times, run.seconds, run.starts_at, run.ends_at]).collect()
}

fn stretch_values(stretch: &Stretch) -> Vec<Value> {
    args![stretch.campaign_id.to_string(), stretch.seconds, stretch.starts_at]
}

fn period_of<'a>(stats: &'a mut [Stats], row: &Row) -> Result<&'a mut Stats> {
    let period: usize = row.unsigned("period")?;
    Ok(&mut stats[period])
}

fn currency(row: &Row) -> Result<Currency> {
    row.parsed("currency", |text| Currency::parse(text).ok())
}

fn referral_counts(row: &Row) -> Result<ReferralCounts> {
    Ok(ReferralCounts {
        pending: row.int("pending")?,
        qualified: row.int("qualified")?,
        expired: row.int("expired")?,
        manual: row.int("manual")?,
        self_referral: row.int("self_referral")?,
        existing_customer: row.int("existing_customer")?,
        unqualified: row.int("unqualified")?,
        spend_minor: row.int("spend_minor")?,
    })
}

fn reward_counts(row: &Row) -> Result<RewardCounts> {
    Ok(RewardCounts {
        rewards: row.int("rewards")?,
        amount_minor: row.int("amount_minor")?,
        given_minor: row.int("given_minor")?,
    })
}
