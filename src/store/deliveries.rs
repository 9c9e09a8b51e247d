//! Deliveries: which events of a payment source reached us.

use std::collections::BTreeMap;

use super::error::Result;
use super::list::{Type, Upsert, select};
use super::sql::{Row, Tx, args};
use crate::domain::delivery::{Content, Delivery};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// What is known of a delivery stays, but one that was ignored may be readable when it comes again.
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
    ],
    on_conflict: "on conflict (id, ledger_id) do update set type = excluded.type, api_version = excluded.api_version, \
                  ignored_reason = null, ignored_detail = null \
                  where excluded.ignored_reason is null and deliveries.ignored_reason is not null",
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

    /// Saves deliveries, each once, that are new or were ignored before.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_deliveries(
        &mut self,
        ledger: i64,
        deliveries: impl Iterator<Item = &'_ Delivery>,
        now: Time,
    ) -> Result<()> {
        let row = |delivery: &Delivery| {
            let (reason, detail) = match &delivery.content {
                Content::Facts(_) => (None, None),
                Content::Ignored(reason, detail) => (Some(reason.word()), Some(detail.as_str())),
            };
            let Delivery { id, kind, api_version, created_at, .. } = delivery;
            args![ledger, id, kind, api_version, *created_at, now, reason, detail]
        };
        DELIVERIES.run(self, deliveries.map(row).collect()).await
    }
}
