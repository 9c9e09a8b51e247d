//! The audit log: who changed what.

use super::Store;
use super::error::{Error, Result};
use super::people::Where;
use super::sql::{Row, Tx, args};
use crate::domain::audit::{AuditLine, Subject, SubjectKind};
use crate::domain::campaign::Mode;
use crate::domain::id::{AuditLineId, KeyId};
use crate::domain::time::Time;
use crate::domain::word::Word;

/// Which lines to list.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of this account.
    pub account: Option<String>,
    /// Done with this key.
    pub key: Option<KeyId>,
    /// About this.
    pub subject_id: Option<String>,
    /// Done by this call.
    pub call: Option<String>,
    /// From this time on.
    pub from: Option<Time>,
    /// Before this time.
    pub until: Option<Time>,
}

impl Store {
    /// Lines after a cursor, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn audit_log(
        &self,
        filter: &AuditFilter,
        after: Option<AuditLineId>,
        limit: u32,
    ) -> Result<Vec<AuditLine>> {
        // Ids begin with the time, so that the index of each filter finds a span of time too.
        let at = |time: Option<Time>, rest| time.map(|time| AuditLineId::new(time, [rest; 10]).to_string());
        let (sql, args) = Where::new()
            .and("account =", filter.account.as_ref())
            .and("key_id =", filter.key.map(|id| id.to_string()))
            .and("subject_id =", filter.subject_id.as_ref())
            .and("call =", filter.call.as_ref())
            .and("id >=", at(filter.from, 0))
            .and("occurred_at >=", filter.from)
            .and("id <=", at(filter.until, 0xff))
            .and("occurred_at <", filter.until)
            .and("id >", after.map(|id| id.to_string()))
            .query("select * from audit_log", "id", limit);
        self.rows(&sql, args).await?.iter().map(read).collect()
    }
}

impl Tx {
    /// Appends a line.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_audit_line(&mut self, line: &AuditLine) -> Result<()> {
        let sql = "insert into audit_log (id, occurred_at, key_id, call, account, mode, subject_kind, subject_id, changed) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let Subject { kind, id, account, mode } = &line.subject;
        let (key, mode) = (line.key.map(|key| key.to_string()), mode.map(|mode| mode.word()));
        let changed = serde_json::json!(line.changed).to_string();
        let who = args![line.id.to_string(), line.occurred_at, key, &line.call, account, mode];
        self.run(sql, who.into_iter().chain(args![kind.word(), id, changed]).collect()).await.map(drop)
    }
}

fn read(row: &Row) -> Result<AuditLine> {
    let subject = Subject {
        kind: row.parsed("subject_kind", SubjectKind::from_word)?,
        id: row.text("subject_id")?,
        account: row.text_or_null("account")?,
        mode: row.parsed_or_null("mode", Mode::from_word)?,
    };
    Ok(AuditLine {
        id: row.parsed("id", |text| AuditLineId::parse(text).ok())?,
        occurred_at: row.time("occurred_at")?,
        key: row.parsed_or_null("key_id", |text| KeyId::parse(text).ok())?,
        call: row.text("call")?,
        subject,
        changed: serde_json::from_str(&row.text("changed")?).map_err(|error| Error::Fault(error.to_string()))?,
    })
}
