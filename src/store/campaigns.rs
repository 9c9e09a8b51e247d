//! Campaigns and the versions of their rules.

use super::error::{Error, Result};
use super::people::Where;
use super::reward_rules::{rules_from_json, rules_json};
use super::sql::{Row, Tx, Value, args};
use super::{Store, applications};
use crate::domain::campaign::{Campaign, Ledger, Mode, Settings, State};
use crate::domain::id::CampaignId;
use crate::domain::mapping::{Entry, Mapping, Source, Target};
use crate::domain::money::Currency;
use crate::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
    Rule,
};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// Which campaigns to list.
#[derive(Clone, Debug, Default)]
pub struct CampaignFilter {
    /// Of this account.
    pub account: Option<String>,
    /// Of this mode.
    pub mode: Option<Mode>,
    /// In this state.
    pub state: Option<State>,
}

const SELECT: &str = "select c.*, v.*, l.account, l.mode, c.created_at as made_at from campaigns c \
                      join rule_versions v on v.campaign_id = c.id and v.version = c.rule_version \
                      join ledgers l on l.id = c.ledger_id";

impl Store {
    /// A campaign by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        let rows = self.rows(&format!("{SELECT} where c.id = $1"), args![id.to_string()]).await?;
        rows.first().map(read).transpose()
    }

    /// Campaigns after a cursor, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaigns(
        &self,
        filter: &CampaignFilter,
        after: Option<CampaignId>,
        limit: u32,
    ) -> Result<Vec<Campaign>> {
        let (sql, args) = Where::new()
            .and("l.account =", filter.account.as_ref())
            .and("l.mode =", filter.mode.map(|mode| mode.word()))
            .and("c.state =", filter.state.map(|state| state.word()))
            .and("c.id >", after.map(|id| id.to_string()))
            .query(SELECT, "c.id", limit);
        self.rows(&sql, args).await?.iter().map(read).collect()
    }

    /// The campaigns that have something for the sweep to decide.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaigns_due(&self, now: Time) -> Result<Vec<CampaignId>> {
        let sql = "select id from campaigns c where state <> 'PAUSED' and exists \
                   (select 1 from referrals r where r.campaign_id = c.id and r.decide_at <= $1)";
        let rows = self.rows(sql, args![now]).await?;
        rows.iter().map(|row| row.parsed("id", |text| CampaignId::parse(text).ok())).collect()
    }

    /// The campaigns whose end has come, but not their state.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaigns_over(&self, now: Time) -> Result<Vec<CampaignId>> {
        let sql = "select id from campaigns where state in ('LIVE', 'PAUSED') and ends_at <= $1";
        let rows = self.rows(sql, args![now]).await?;
        rows.iter().map(|row| row.parsed("id", |text| CampaignId::parse(text).ok())).collect()
    }
}

impl Tx {
    /// A campaign by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>> {
        let row = self.row(&format!("{SELECT} where c.id = $1"), args![id.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Inserts a campaign and the first version of its rule.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_campaign(&mut self, ledger: i64, campaign: &Campaign) -> Result<()> {
        let sql = "insert into campaigns (state, display_name, starts_at, ends_at, landing_url, mapping, \
                   reward_rules, rule_version, revision, updated_at, ids_omitted_at, id, ledger_id, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        let mut values = changing_values(campaign);
        values.extend(args![campaign.id.to_string(), ledger, campaign.created_at]);
        self.run(sql, values).await?;
        self.add_rule_version(campaign).await
    }

    /// Writes a campaign that had the revision before this one, and its rule where that is a new version. False where
    /// the campaign has another revision by now.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn update_campaign(&mut self, campaign: &Campaign) -> Result<bool> {
        let sql = "update campaigns set state = $1, display_name = $2, starts_at = $3, ends_at = $4, landing_url = $5, \
                   mapping = $6, reward_rules = $7, rule_version = $8, revision = $9, updated_at = $10, \
                   ids_omitted_at = $11 where id = $12 and revision = $9 - 1";
        let mut values = changing_values(campaign);
        values.extend(args![campaign.id.to_string()]);
        if self.run(sql, values).await? == 0 {
            return Ok(false);
        }
        self.add_rule_version(campaign).await?;
        Ok(true)
    }

    async fn add_rule_version(&mut self, campaign: &Campaign) -> Result<()> {
        let sql = "insert into rule_versions (campaign_id, version, currency, target_minor, window_days, operator, \
                   method, refund_policy, refund_scope, dispute_policy, currency_policy, count_prior_days, \
                   new_customer_mode, existing_email_mode, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing";
        let rule = &campaign.settings.rule;
        let values = args![
            campaign.id.to_string(),
            campaign.rule_version,
            rule.currency.code(),
            rule.target_minor,
            rule.window_days,
            rule.operator.word(),
            rule.method.word(),
            rule.refund_policy.word(),
            rule.refund_scope.word(),
            rule.dispute_policy.word(),
            rule.currency_policy.word(),
            rule.count_prior_days,
            rule.new_customer_mode.word(),
            rule.existing_email_mode.word(),
            campaign.updated_at,
        ];
        self.run(sql, values).await.map(drop)
    }
}

fn changing_values(campaign: &Campaign) -> Vec<Value> {
    let settings = &campaign.settings;
    args![
        campaign.state.word(),
        &settings.display_name,
        settings.starts_at,
        settings.ends_at,
        &settings.landing_url,
        mapping_json(&settings.mapping),
        rules_json(&campaign.reward_rules),
        campaign.rule_version,
        campaign.revision,
        campaign.updated_at,
        settings.ids_omitted.then_some(campaign.created_at),
    ]
}

fn read(row: &Row) -> Result<Campaign> {
    Ok(Campaign {
        id: row.parsed("id", |text| CampaignId::parse(text).ok())?,
        ledger: Ledger { account: row.text("account")?, mode: row.parsed("mode", Mode::from_word)? },
        state: row.parsed("state", State::from_word)?,
        settings: Settings {
            display_name: row.text("display_name")?,
            starts_at: row.time_or_null("starts_at")?,
            ends_at: row.time_or_null("ends_at")?,
            landing_url: row.text_or_null("landing_url")?,
            rule: rule(row)?,
            mapping: mapping(&row.text("mapping")?)?,
            ids_omitted: row.int_or_null("ids_omitted_at")?.is_some(),
        },
        reward_rules: rules_from_json(&row.text("reward_rules")?)?,
        rule_version: row.unsigned("rule_version")?,
        application: applications::read(row)?,
        revision: row.unsigned("revision")?,
        created_at: row.time("made_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Reads the columns of a rule version.
pub(super) fn rule(row: &Row) -> Result<Rule> {
    Ok(Rule {
        currency: row.parsed("currency", |text| Currency::parse(text).ok())?,
        target_minor: row.int("target_minor")?,
        window_days: row.unsigned("window_days")?,
        operator: row.parsed("operator", Operator::from_word)?,
        method: row.parsed("method", Method::from_word)?,
        refund_policy: row.parsed("refund_policy", RefundPolicy::from_word)?,
        refund_scope: row.parsed("refund_scope", RefundScope::from_word)?,
        dispute_policy: row.parsed("dispute_policy", DisputePolicy::from_word)?,
        currency_policy: row.parsed("currency_policy", CurrencyPolicy::from_word)?,
        count_prior_days: row.unsigned("count_prior_days")?,
        new_customer_mode: row.parsed("new_customer_mode", NewCustomerMode::from_word)?,
        existing_email_mode: row.parsed("existing_email_mode", ExistingEmailMode::from_word)?,
    })
}

fn mapping_json(mapping: &Mapping) -> String {
    let line = |entry: &Entry| match &entry.source {
        Source::Fixed(value) => serde_json::json!({ "fixed_value": value, "target": entry.target.name() }),
        field => serde_json::json!({ "field": field.field_name(), "target": entry.target.name() }),
    };
    mapping.entries().iter().map(line).collect::<serde_json::Value>().to_string()
}

fn mapping(json: &str) -> Result<Mapping> {
    let fault = || Error::Fault(format!("a mapping holds {json}"));
    let lines: Vec<serde_json::Value> = serde_json::from_str(json).map_err(|_| fault())?;
    let entry = |line: &serde_json::Value| {
        let source = match (line["field"].as_str(), line["fixed_value"].as_str()) {
            (Some(field), _) => Source::parse(field).ok()?,
            (None, value) => Source::fixed(value?).ok()?,
        };
        Some(Entry { source, target: Target::parse(line["target"].as_str()?).ok()? })
    };
    let entries: Option<Vec<Entry>> = lines.iter().map(entry).collect();
    entries.and_then(|entries| Mapping::new(entries).ok()).ok_or_else(fault)
}
