//! Referrals with the rule that holds for them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::Result;
use super::list::{Type, select, update};
use super::people::{Where, person, person_values};
use super::sql::{Row, Tx, Value, args};
use super::{Store, campaigns};
use crate::domain::campaign::State as CampaignState;
use crate::domain::customer::{CustomerSync, LinkedCustomer};
use crate::domain::erasure::Erased;
use crate::domain::id::{CampaignId, ReferralId, ReferrerId};
use crate::domain::qualification::{Decision, Disqualification, Override, Setback, State, Unqualified, Verdict};
use crate::domain::referral::Referral;
use crate::domain::time::Time;
use crate::domain::word::Word;
use crate::domain::world::Enrolled;

/// Which referrals to list.
#[derive(Clone, Debug, Default)]
pub struct ReferralFilter {
    /// Of this account.
    pub account: Option<String>,
    /// Of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Of this referrer.
    pub referrer_id: Option<ReferrerId>,
    /// In this state, by its word.
    pub state: Option<&'static str>,
    /// With this email identity.
    pub email: Option<String>,
    /// With this id.
    pub id: Option<ReferralId>,
}

const SELECT: &str = "select r.*, v.*, c.state as campaign_state, r.created_at as made_at, \
                      (select p.erased_at from referrers p where p.id = r.referrer_id) as referrer_erased_at \
                      from referrals r \
                      join rule_versions v on v.campaign_id = r.campaign_id and v.version = r.rule_version \
                      join campaigns c on c.id = r.campaign_id";

/// The words of the states, as a referral's row has them.
pub(super) const fn state_word(state: State) -> &'static str {
    match state {
        State::Pending => "PENDING",
        State::Qualified => "QUALIFIED",
        State::Expired => "EXPIRED",
        State::Disqualified(_) => "DISQUALIFIED",
    }
}

impl Store {
    /// A referral by its id, with the alias of its account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referral(&self, id: ReferralId) -> Result<Option<(Enrolled, String)>> {
        let sql =
            SELECT.replace(" from referrals r", ", l.account from referrals r join ledgers l on l.id = r.ledger_id");
        let rows = self.rows(&format!("{sql} where r.id = $1"), args![id.to_string()]).await?;
        rows.first().map(|row| Ok((read(row)?, row.text("account")?))).transpose()
    }

    /// Referrals after a cursor, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrals(
        &self,
        filter: &ReferralFilter,
        after: Option<ReferralId>,
        limit: u32,
    ) -> Result<Vec<Enrolled>> {
        let of_account = "r.ledger_id in (select id from ledgers where account =";
        let (sql, args) = Where::new()
            .and("r.campaign_id =", filter.campaign_id.map(|id| id.to_string()))
            .and("r.referrer_id =", filter.referrer_id.map(|id| id.to_string()))
            .and("r.state =", filter.state)
            .and("r.email_identity =", filter.email.as_ref())
            .and("r.id =", filter.id.map(|id| id.to_string()))
            .and("r.id >", after.map(|id| id.to_string()))
            .and(of_account, filter.account.as_ref())
            .query(SELECT, "r.id", limit);
        let sql = if filter.account.is_some() { sql.replace(" order by", ") order by") } else { sql };
        self.rows(&sql, args).await?.iter().map(read).collect()
    }

    /// The values that a customer of a payment source was ever seen with, in all ledgers of an account, or of all.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn identities_of_customer(&self, customer_id: &str, account: Option<&str>) -> Result<Vec<String>> {
        let sql = "select i.value from identities i join ledgers l on l.id = i.ledger_id \
                   where i.object_id = $1 and l.account = coalesce($2, l.account) \
                   union select i.value from checkouts k join identities i \
                   on i.ledger_id = k.ledger_id and i.object_id = k.id join ledgers l on l.id = k.ledger_id \
                   where k.customer_id = $1 and l.account = coalesce($2, l.account)";
        self.rows(sql, args![customer_id, account]).await?.iter().map(|row| row.text("value")).collect()
    }
}

impl Tx {
    /// A referral of a ledger by its id; the ledger is the one that it belongs to.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referral(&mut self, id: ReferralId) -> Result<Option<Enrolled>> {
        let row = self.row(&format!("{SELECT} where r.id = $1"), args![id.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The referral of a campaign with this email identity.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referral_by_email(&mut self, campaign: CampaignId, email: &str) -> Result<Option<Enrolled>> {
        let sql = format!("{SELECT} where r.campaign_id = $1 and r.email_identity = $2");
        let row = self.row(&sql, args![campaign.to_string(), email]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The referrals of a ledger with one of these ids.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrals_by_id(&mut self, ledger: i64, ids: &[String]) -> Result<Vec<Enrolled>> {
        let sql = format!("{SELECT} where r.ledger_id = $1 and r.id in LIST");
        select(self, &sql, args![ledger], ids).await?.iter().map(read).collect()
    }

    /// The referrals of a ledger with one of these email identities.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrals_by_email(&mut self, ledger: i64, emails: &[String]) -> Result<Vec<Enrolled>> {
        let sql = format!("{SELECT} where r.ledger_id = $1 and r.email_identity in LIST");
        select(self, &sql, args![ledger], emails).await?.iter().map(read).collect()
    }

    /// The ledger of a referral.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn ledger_of_referral(&mut self, id: ReferralId) -> Result<Option<i64>> {
        let row = self.row("select ledger_id from referrals where id = $1", args![id.to_string()]).await?;
        row.map(|row| row.int("ledger_id")).transpose()
    }

    /// The next referrals of a campaign that the clock asks about.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrals_due(&mut self, campaign: CampaignId, now: Time, limit: u32) -> Result<Vec<Enrolled>> {
        let sql = format!("{SELECT} where r.campaign_id = $1 and r.decide_at <= $2 order by r.decide_at limit {limit}");
        self.rows(&sql, args![campaign.to_string(), now]).await?.iter().map(read).collect()
    }

    /// Some referrals of a campaign that are of an older version of its rule than this one.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrals_before(&mut self, campaign: CampaignId, version: u32, limit: u32) -> Result<Vec<Enrolled>> {
        let sql = format!(
            "{SELECT} where r.campaign_id = $1 and r.rule_version < $2 order by r.rule_version, r.id limit {limit}"
        );
        self.rows(&sql, args![campaign.to_string(), version]).await?.iter().map(read).collect()
    }

    /// The next referrals of a campaign, by their referrers and then their own ids, after one of them.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrals_by_referrer(
        &mut self,
        campaign: CampaignId,
        after: Option<(ReferrerId, ReferralId)>,
        limit: u32,
    ) -> Result<Vec<Enrolled>> {
        let order = format!("order by r.referrer_id, r.id limit {limit}");
        let rows = match after {
            None => {
                let sql = format!("{SELECT} where r.campaign_id = $1 {order}");
                self.rows(&sql, args![campaign.to_string()]).await?
            }
            Some((referrer, id)) => {
                let sql = format!("{SELECT} where r.campaign_id = $1 and (r.referrer_id, r.id) > ($2, $3) {order}");
                self.rows(&sql, args![campaign.to_string(), referrer.to_string(), id.to_string()]).await?
            }
        };
        rows.iter().map(read).collect()
    }

    /// Inserts a referral.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_referral(&mut self, ledger: i64, referral: &Referral) -> Result<()> {
        let changing: Vec<&str> = CHANGING[1..].iter().map(|(name, _)| *name).collect();
        let fixed = "id, ledger_id, campaign_id, referrer_id, email, email_identity, registered_at, self_referral_at, \
                     created_at";
        let marks: Vec<String> = (1..=changing.len() + 9).map(|i| format!("${i}")).collect();
        let sql = format!("insert into referrals ({}, {fixed}) values ({})", changing.join(", "), marks.join(", "));
        let mut values = changing_values(referral);
        values.extend(args![
            referral.id.to_string(),
            ledger,
            referral.campaign_id.to_string(),
            referral.referrer_id.to_string(),
            referral.person.email.original(),
            referral.person.email.identity(),
            referral.registered_at,
            referral.self_referral.then_some(referral.created_at),
            referral.created_at,
        ]);
        self.run(&sql, values).await.map(drop)
    }

    /// Writes referrals as they stand. The ledger is locked, so nobody else does.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_referrals(&mut self, referrals: impl Iterator<Item = &Referral>) -> Result<()> {
        let row = |referral: &Referral| {
            let mut values = args![referral.id.to_string()];
            values.extend(changing_values(referral));
            values
        };
        update(self, "referrals", CHANGING, referrals.map(row).collect()).await
    }
}

/// What may change of a referral, after its id.
const CHANGING: &[(&str, Type)] = &[
    ("id", Type::Text),
    ("first_name", Type::Text),
    ("last_name", Type::Text),
    ("phone", Type::Text),
    ("custom", Type::Text),
    ("override_verdict", Type::Text),
    ("override_reason", Type::Text),
    ("override_at", Type::Int),
    ("state", Type::Text),
    ("disqualified_reason", Type::Text),
    ("spend_minor", Type::Int),
    ("qualified_at", Type::Int),
    ("unqualified_at", Type::Int),
    ("unqualified_cause", Type::Text),
    ("decide_at", Type::Int),
    ("revision", Type::Int),
    ("updated_at", Type::Int),
    ("rule_version", Type::Int),
    ("customer_sync", Type::Text),
    ("customer_sync_reason", Type::Text),
    ("customer_id", Type::Text),
    ("customer_only_at", Type::Int),
];

/// The values of [`CHANGING`], without the id.
fn changing_values(referral: &Referral) -> Vec<Value> {
    let person = person_values(&referral.person);
    let manual = referral.manual.as_ref();
    let decision = &referral.decision;
    let reason = decision.state.disqualification().map(|reason| reason.word());
    let mut values = person[2..].to_vec();
    values.extend(args![
        manual.map(|manual| manual.verdict.word()),
        manual.map(|manual| manual.reason.as_str()),
        manual.map(|manual| manual.at),
        state_word(decision.state),
        reason,
        decision.spend_minor,
        decision.qualified_at,
        decision.unqualified.map(|unqualified| unqualified.at),
        decision.unqualified.map(|unqualified| unqualified.cause.word()),
        referral.decide_at,
        referral.revision,
        referral.updated_at,
        referral.rule_version,
        referral.customer_sync.word(),
        referral.customer_sync.reason(),
        referral.customer.as_ref().map(|linked| linked.id.as_str()),
        referral.customer.as_ref().and_then(|linked| linked.only.then_some(referral.created_at)),
    ]);
    values
}

fn read(row: &Row) -> Result<Enrolled> {
    let referral = Referral {
        id: row.parsed("id", |text| ReferralId::parse(text).ok())?,
        campaign_id: row.parsed("campaign_id", |text| CampaignId::parse(text).ok())?,
        referrer_id: row.parsed("referrer_id", |text| ReferrerId::parse(text).ok())?,
        person: person(row)?,
        registered_at: row.time("registered_at")?,
        rule_version: row.unsigned("rule_version")?,
        erased: erased(row)?,
        is_referrer_erased: row.int_or_null("referrer_erased_at")?.is_some(),
        self_referral: row.int_or_null("self_referral_at")?.is_some(),
        manual: manual(row)?,
        customer_sync: customer_sync(row)?,
        customer: customer(row)?,
        decision: decision(row)?,
        decide_at: row.time_or_null("decide_at")?,
        revision: row.unsigned("revision")?,
        created_at: row.time("made_at")?,
        updated_at: row.time("updated_at")?,
    };
    let decides = row.parsed("campaign_state", CampaignState::from_word)? != CampaignState::Paused;
    Ok(Enrolled { referral, rule: campaigns::rule(row)?, decides })
}

fn erased(row: &Row) -> Result<Option<Erased>> {
    let charges = row.parsed_or_null("kept_charges", |text| serde_json::from_str::<BTreeSet<String>>(text).ok())?;
    let erased = row.time_or_null("erased_at")?.zip(charges);
    Ok(erased.map(|(at, charges)| Erased { at, charges: Arc::new(charges) }))
}

fn customer_sync(row: &Row) -> Result<CustomerSync> {
    let reason = row.text_or_null("customer_sync_reason")?;
    row.parsed("customer_sync", |word| CustomerSync::from_word(word, reason.clone()))
}

fn customer(row: &Row) -> Result<Option<LinkedCustomer>> {
    let only = row.int_or_null("customer_only_at")?.is_some();
    Ok(row.text_or_null("customer_id")?.map(|id| LinkedCustomer { id, only }))
}

fn manual(row: &Row) -> Result<Option<Override>> {
    let verdict = row.parsed_or_null("override_verdict", Verdict::from_word)?;
    let Some(verdict) = verdict else { return Ok(None) };
    Ok(Some(Override { verdict, reason: row.text("override_reason")?, at: row.time("override_at")? }))
}

fn decision(row: &Row) -> Result<Decision> {
    let reason = row.parsed_or_null("disqualified_reason", Disqualification::from_word)?;
    let state = row.parsed("state", |word| match word {
        "PENDING" => Some(State::Pending),
        "QUALIFIED" => Some(State::Qualified),
        "EXPIRED" => Some(State::Expired),
        "DISQUALIFIED" => reason.map(State::Disqualified),
        _ => None,
    })?;
    let cause = row.parsed_or_null("unqualified_cause", Setback::from_word)?;
    let unqualified = row.time_or_null("unqualified_at")?.zip(cause).map(|(at, cause)| Unqualified { at, cause });
    Ok(Decision {
        state,
        spend_minor: row.int("spend_minor")?,
        qualified_at: row.time_or_null("qualified_at")?,
        unqualified,
    })
}
