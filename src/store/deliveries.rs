//! Deliveries: which events of a payment source reached us.

use std::collections::BTreeSet;

use super::error::Result;
use super::list::{Type, Upsert, select};
use super::sql::{Tx, args};
use crate::domain::delivery::{Content, Delivery};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// What is known of a delivery stays: only its id is asked for again.
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
    on_conflict: "(id, ledger_id) do nothing",
};

impl Tx {
    /// Which of these deliveries reached us before.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn known_deliveries<'a>(
        &mut self,
        ledger: i64,
        ids: impl IntoIterator<Item = &'a String>,
    ) -> Result<BTreeSet<String>> {
        let sql = "select id from deliveries where ledger_id = $1 and id in LIST";
        select(self, sql, args![ledger], ids).await?.iter().map(|row| row.text("id")).collect()
    }

    /// Saves deliveries that are new.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_deliveries(
        &mut self,
        ledger: i64,
        deliveries: impl Iterator<Item = &Delivery>,
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
