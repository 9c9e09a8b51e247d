//! Deliveries: which events of a payment source reached us.

use std::collections::BTreeMap;

use super::error::Result;
use super::list::{Type, Upsert, select};
use super::sql::{Row, Tx, args};
use crate::domain::campaign::{Ledger, Mode};
use crate::domain::delivery::{Content, Delivery, Ignored, Received, Route};
use crate::domain::fact::{Fact, ObjectKind};
use crate::domain::id::SecretId;
use crate::domain::time::Time;
use crate::domain::word::Word;

/// What a column holds once a row is there: the new value only where the delivery could be read for the first time.
macro_rules! newly_read {
    ($column:literal) => {
        concat!(
            "case when excluded.ignored_reason is null and deliveries.ignored_reason is not null then excluded.",
            $column,
            " else deliveries.",
            $column,
            " end"
        )
    };
}

/// What is known of a delivery stays, but one that was ignored may be readable when it comes again; and each time that it
/// comes again is counted.
const DELIVERIES: Upsert = Upsert {
    table: "deliveries",
    columns: &[
        ("ledger_id", Type::Int),
        ("id", Type::Text),
        ("type", Type::Text),
        ("api_version", Type::Text),
        ("created_at", Type::Int),
        ("received_at", Type::Int),
        ("ignored_reason", Type::Text),
        ("ignored_detail", Type::Text),
        ("route", Type::Text),
        ("secret_id", Type::Text),
        ("objects", Type::Text),
        ("received_count", Type::Int),
        ("last_received_at", Type::Int),
    ],
    on_conflict: concat!(
        "on conflict (id, ledger_id) do update set type = ",
        newly_read!("type"),
        ", api_version = ",
        newly_read!("api_version"),
        ", ignored_reason = ",
        newly_read!("ignored_reason"),
        ", ignored_detail = ",
        newly_read!("ignored_detail"),
        ", route = ",
        newly_read!("route"),
        ", secret_id = ",
        newly_read!("secret_id"),
        ", objects = ",
        newly_read!("objects"),
        ", received_count = deliveries.received_count + excluded.received_count, \
         last_received_at = excluded.last_received_at"
    ),
};

impl Tx {
    /// Which of these deliveries reached us before, and whether their facts are on record.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn known_deliveries<'a>(
        &mut self,
        ledger: i64,
        ids: impl IntoIterator<Item = &'a String>,
    ) -> Result<BTreeMap<String, bool>> {
        let sql = "select id, ignored_reason from deliveries where ledger_id = $1 and id in LIST";
        let known = |row: &Row| Ok((row.text("id")?, row.text_or_null("ignored_reason")?.is_none()));
        select(self, sql, args![ledger], ids).await?.iter().map(known).collect()
    }

    /// What is on record of a delivery.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn delivery(&mut self, ledger: i64, id: &str) -> Result<Option<Received>> {
        let row = self.row("select * from deliveries where id = $1 and ledger_id = $2", args![id, ledger]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The ledgers that a delivery of this id reached.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn ledgers_of_delivery(&mut self, id: &str) -> Result<Vec<Ledger>> {
        let sql = "select l.account, l.mode from deliveries d join ledgers l on l.id = d.ledger_id where d.id = $1 \
                   order by l.id";
        let ledger =
            |row: &Row| Ok(Ledger { account: row.text("account")?, mode: row.parsed("mode", Mode::from_word)? });
        self.rows(sql, args![id]).await?.iter().map(ledger).collect()
    }

    /// Saves deliveries, each once, with how often it came now.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_deliveries(
        &mut self,
        ledger: i64,
        deliveries: impl Iterator<Item = (&'_ Delivery, u32)>,
        now: Time,
    ) -> Result<()> {
        let row = |(delivery, count): (&Delivery, u32)| {
            let (objects, reason, detail) = match &delivery.content {
                Content::Facts(facts) => (Some(objects(facts)), None, None),
                Content::Ignored(reason, detail) => (None, Some(reason.word()), Some(detail.as_str())),
            };
            let Delivery { id, kind, api_version, created_at, route, .. } = delivery;
            let (route, secret) = (route.word(), route.secret_id().map(|id| id.to_string()));
            let seen = args![ledger, id, kind, api_version, *created_at, now, reason, detail];
            seen.into_iter().chain(args![route, secret, objects, count, now]).collect()
        };
        DELIVERIES.run(self, deliveries.map(row).collect()).await
    }
}

/// The type and id of each object, as they are kept.
fn objects(facts: &[Fact]) -> String {
    let objects: Vec<[&str; 2]> = facts.iter().map(|fact| [fact.kind().word(), fact.id()]).collect();
    serde_json::json!(objects).to_string()
}

fn read(row: &Row) -> Result<Received> {
    let first_at = row.time("received_at")?;
    let ignored = row.parsed_or_null("ignored_reason", Ignored::from_word)?;
    let detail = row.text_or_null("ignored_detail")?.unwrap_or_default();
    let secret = row.parsed_or_null("secret_id", |text| SecretId::parse(text).ok())?;
    Ok(Received {
        id: row.text("id")?,
        kind: row.text("type")?,
        api_version: row.text_or_null("api_version")?,
        created_at: row.time("created_at")?,
        first_at,
        last_at: row.time_or_null("last_received_at")?.unwrap_or(first_at),
        count: row.unsigned("received_count")?,
        route: row.parsed_or_null("route", |word| Route::of(word, secret))?,
        ignored: ignored.map(|reason| (reason, detail)),
        objects: row.parsed_or_null("objects", read_objects)?.unwrap_or_default(),
    })
}

fn read_objects(text: &str) -> Option<Vec<(ObjectKind, String)>> {
    let objects: Vec<[String; 2]> = serde_json::from_str(text).ok()?;
    objects.into_iter().map(|[kind, id]| Some((ObjectKind::from_word(&kind)?, id))).collect()
}
