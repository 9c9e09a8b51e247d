//! Our own log.

use std::sync::Arc;

use super::error::{Error, Result};
use super::list::{Type, Upsert};
use super::sql::{Row, Tx, Value, args};
use super::{Store, event_body};
use crate::domain::campaign::Ledger;
use crate::domain::event::{Cause, Event, Kind, Logged};
use crate::domain::id::{CampaignId, JobId, KeyId, ReferralId, RewardId};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// How many numbers one look at the log passes at most where a filter leaves some out.
const LOOKED_AT_MAX: u64 = 2000;

/// Which events of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Of this referral and the rewards that it earned.
    pub referral_id: Option<ReferralId>,
    /// Of these types; of all where there are none.
    pub kinds: Vec<&'static str>,
}

/// The log of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The ledger's number in the database.
    pub ledger: i64,
    /// The number of the oldest event that is kept; one more than the newest where there is none.
    pub first_seq: u64,
    /// The number of the newest event.
    pub last_seq: u64,
}

/// A part of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The log, at the moment of the look.
    pub log: Log,
    /// The events that the filter lets through.
    pub events: Vec<Logged>,
    /// Up to which number they are complete.
    pub up_to: u64,
}

const EVENTS: Upsert = Upsert {
    table: "events",
    columns: &[
        ("ledger_id", Type::Int),
        ("seq", Type::Int),
        ("type", Type::Text),
        ("campaign_id", Type::Text),
        ("referral_id", Type::Text),
        ("reward_id", Type::Text),
        ("occurred_at", Type::Int),
        ("body", Type::Text),
        ("cause_type", Type::Text),
        ("cause_id", Type::Text),
        ("cause_key", Type::Text),
    ],
    on_conflict: "",
};

impl Tx {
    /// Appends events after the number given, each with what led to it, and makes the last of them the ledger's newest.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn append_events(
        &mut self,
        ledger: i64,
        last_seq: u64,
        events: &[(Arc<Cause>, Event)],
        now: Time,
    ) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let row = |(seq, (cause, event)): (u64, &(Arc<Cause>, Event))| {
            let (kind, campaign, referral, reward) = match event {
                Event::Referral(change, after) => {
                    let of = &after.referral;
                    (change.kind, of.campaign_id, Some(of.id), None)
                }
                Event::Reward(change, after) => (change.kind, after.campaign_id, after.referral_id, Some(after.id)),
            };
            let body = event_body::text(event);
            let (referral, reward) = (referral.map(|id| id.to_string()), reward.map(|id| id.to_string()));
            let (cause, id, key) = cause_columns(cause);
            let told = args![ledger, seq, kind.name(), campaign.to_string(), referral, reward, now, body];
            told.into_iter().chain(args![cause, id, key]).collect()
        };
        EVENTS.run(self, (last_seq + 1..).zip(events).map(row).collect()).await?;
        let newest = last_seq + events.len() as u64;
        self.run("update ledgers set last_seq = $1 where id = $2", args![newest, ledger]).await?;
        self.tell_when_committed(ledger, newest);
        Ok(())
    }

    /// Removes up to `limit` of the oldest events of a ledger, those that are older than `before`, and remembers which
    /// is the oldest now; says how many it removed.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn drop_events(&mut self, log: Log, before: Time, limit: u32) -> Result<u64> {
        let end = (log.first_seq + u64::from(limit)).min(log.last_seq + 1);
        let sql = "select min(seq) as seq from events where ledger_id = $1 and seq >= $2 and seq < $3 \
                   and occurred_at >= $4";
        let kept = self.row(sql, args![log.ledger, log.first_seq, end, before]).await?;
        let kept = kept.map(|row| row.int_or_null("seq")).transpose()?.flatten();
        let first_seq = kept.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(end);
        self.run("delete from events where ledger_id = $1 and seq < $2", args![log.ledger, first_seq]).await?;
        self.run("update ledgers set first_seq = $2 where id = $1", args![log.ledger, first_seq]).await?;
        Ok(first_seq - log.first_seq)
    }

    /// The first events that a delivery led to.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn events_of_delivery(&mut self, ledger: i64, id: &str, limit: u32) -> Result<Vec<Logged>> {
        let sql = format!(
            // Without the sum SQLite would rather read the whole ledger in order than sort what one delivery led to.
            "select * from events where cause_id = $1 and ledger_id + 0 = $2 and cause_type = 'DELIVERY' \
             order by seq limit {limit}"
        );
        self.rows(&sql, args![id, ledger]).await?.iter().map(read).collect()
    }

    /// The newest events that tell of another state of a referral, the newest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn newest_state_changes(&mut self, id: ReferralId, limit: u32) -> Result<Vec<Logged>> {
        let sql = format!(
            "select * from events where referral_id = $1 and reward_id is null and type not in ($2, $3) \
             order by seq desc limit {limit}"
        );
        self.rows(&sql, args![id.to_string(), Kind::Updated.name(), Kind::Erased.name()])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The newest events that tell of a referral, the newest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn newest_events_of(&mut self, id: ReferralId, limit: u32) -> Result<Vec<Logged>> {
        let sql = format!(
            "select * from events where referral_id = $1 and reward_id is null order by seq desc limit {limit}"
        );
        self.rows(&sql, args![id.to_string()]).await?.iter().map(read).collect()
    }

    /// When the oldest event of a log was that is kept; `None` where none is.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn oldest_event_at(&mut self, log: Log) -> Result<Option<Time>> {
        let sql = "select occurred_at from events where ledger_id = $1 and seq = $2";
        let row = self.row(sql, args![log.ledger, log.first_seq]).await?;
        row.map(|row| row.time("occurred_at")).transpose()
    }

    /// The log of a ledger, as it stands in this transaction.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn log(&mut self, ledger: i64) -> Result<Log> {
        let row = self.row("select id, first_seq, last_seq from ledgers where id = $1", args![ledger]).await?;
        row.as_ref().map(read_log).transpose()?.ok_or_else(|| Error::Fault(format!("ledger {ledger} is gone")))
    }
}

/// What led to a change: its type, its id or the name of the call, and the key of the caller.
fn cause_columns(cause: &Cause) -> (&'static str, Option<String>, Option<String>) {
    match cause {
        Cause::Delivery(id) => ("DELIVERY", Some(id.clone()), None),
        Cause::Call { key, call } => ("CALL", Some(call.clone()), key.map(|key| key.to_string())),
        Cause::Clock => ("CLOCK", None, None),
        Cause::Job(id) => ("JOB", Some(id.to_string()), None),
    }
}

impl Store {
    /// The log of a ledger; `None` where there is no such account.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn log_of(&self, ledger: &Ledger) -> Result<Option<Log>> {
        let sql = "select id, first_seq, last_seq from ledgers where account = $1 and mode = $2";
        let rows = self.rows(sql, args![&ledger.account, ledger.mode.word()]).await?;
        rows.first().map(read_log).transpose()
    }

    /// The logs of all ledgers.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn logs(&self) -> Result<Vec<Log>> {
        self.rows("select id, first_seq, last_seq from ledgers", args![]).await?.iter().map(read_log).collect()
    }

    /// The ledgers whose oldest event is older than this.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn logs_begun_before(&self, before: Time) -> Result<Vec<Log>> {
        let sql = "select id, first_seq, last_seq from ledgers where (select e.occurred_at from events e \
                   where e.ledger_id = ledgers.id and e.seq = ledgers.first_seq) < $1";
        self.rows(sql, args![before]).await?.iter().map(read_log).collect()
    }

    /// Up to `limit` events of a ledger after a number, in one look: whatever is removed meanwhile, the answer is of one
    /// moment.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn events_after(&self, ledger: i64, after: u64, filter: &EventFilter, limit: u32) -> Result<Stretch> {
        let (conditions, mut values, reach) = conditions(filter, limit);
        let until = after.saturating_add(reach);
        let sql = format!(
            "select l.id, l.first_seq, l.last_seq, e.* from ledgers l left join events e \
             on e.seq > $2 and e.seq <= $3{conditions} where l.id = $1 order by e.seq limit {limit}"
        );
        values.splice(0..0, args![ledger, after, until]);
        let rows = self.rows(&sql, values).await?;
        let log = rows.first().map(read_log).transpose()?;
        let log = log.ok_or_else(|| Error::Fault(format!("ledger {ledger} is gone")))?;
        let is_event = |row: &&Row| row.int_or_null("seq").ok().flatten().is_some();
        let events = rows.iter().filter(is_event).map(read).collect::<Result<Vec<_>>>()?;
        let up_to = match events.last() {
            Some(last) if events.len() == limit as usize => last.sequence,
            _ => until.min(log.last_seq),
        };
        Ok(Stretch { log, events, up_to })
    }
}

/// The conditions of a filter on events, their values from the fourth on, and how many numbers one look may pass. What
/// one referral has is found by an index of its own, so that it may be looked for in all of the log.
fn conditions(filter: &EventFilter, limit: u32) -> (String, Vec<Value>, u64) {
    let reach = match filter {
        EventFilter { referral_id: Some(_), .. } => u64::from(u32::MAX),
        filter if *filter == EventFilter::default() => u64::from(limit),
        _ => LOOKED_AT_MAX,
    };
    let campaign = filter.campaign_id.map(|id| id.to_string());
    let (referral, mut text) = match filter.referral_id.map(|id| id.to_string()) {
        Some(id) => (Some(id), String::new()),
        None => (None, " and e.ledger_id = l.id".to_owned()),
    };
    let mut values = Vec::new();
    for (column, value) in [("e.campaign_id", campaign), ("e.referral_id", referral)] {
        if let Some(value) = value {
            values.push(Value::from(value));
            text = format!("{text} and {column} = ${}", values.len() + 3);
        }
    }
    if !filter.kinds.is_empty() {
        values.extend(filter.kinds.iter().map(|kind| Value::from(*kind)));
        let marks: Vec<String> = (0..filter.kinds.len()).map(|n| format!("${}", values.len() + 3 - n)).collect();
        text = format!("{text} and e.type in ({})", marks.join(", "));
    }
    (text, values, reach)
}

fn read_log(row: &Row) -> Result<Log> {
    let (first_seq, last_seq) = (row.unsigned("first_seq")?, row.unsigned("last_seq")?);
    Ok(Log { ledger: row.int("id")?, first_seq, last_seq })
}

fn read(row: &Row) -> Result<Logged> {
    let sequence: u64 = row.unsigned("seq")?;
    let unreadable = || Error::Fault(format!("the body of event {sequence} cannot be read"));
    let (changed, subject) = event_body::read(&row.text("body")?).ok_or_else(unreadable)?;
    Ok(Logged {
        sequence,
        kind: row.text("type")?,
        occurred_at: row.time("occurred_at")?,
        campaign_id: row.parsed("campaign_id", |text| CampaignId::parse(text).ok())?,
        referral_id: row.parsed_or_null("referral_id", |text| ReferralId::parse(text).ok())?,
        reward_id: row.parsed_or_null("reward_id", |text| RewardId::parse(text).ok())?,
        cause: read_cause(row)?,
        changed,
        subject,
    })
}

/// What led to an event; `None` of one that was written before that was written down.
fn read_cause(row: &Row) -> Result<Option<Cause>> {
    let (kind, id) = (row.text_or_null("cause_type")?, row.text_or_null("cause_id")?.unwrap_or_default());
    Ok(match kind.as_deref() {
        Some("DELIVERY") => Some(Cause::Delivery(id)),
        Some("CALL") => {
            Some(Cause::Call { key: row.parsed_or_null("cause_key", |text| KeyId::parse(text).ok())?, call: id })
        }
        Some("CLOCK") => Some(Cause::Clock),
        Some("JOB") => Some(Cause::Job(row.parsed("cause_id", |text| JobId::parse(text).ok())?)),
        _ => None,
    })
}
