//! Who changed what: written down with the change itself, and listed.

use super::error::Result;
use super::{App, Caller, Page};
use crate::clock::random;
use crate::domain::audit::{AuditLine, Subject};
use crate::domain::id::AuditLineId;
use crate::domain::time::Time;
use crate::store::{AuditFilter, Tx};

/// Writes down what a caller changed. Each function that a call changes something by does this once before it commits.
pub(super) async fn note(tx: &mut Tx, caller: &Caller, subject: Subject, changed: &[&str], now: Time) -> Result<()> {
    let (id, changed) = (AuditLineId::new(now, random()), changed.iter().map(ToString::to_string).collect());
    let line = AuditLine { id, occurred_at: now, key: caller.key, call: caller.call.clone(), subject, changed };
    Ok(tx.add_audit_line(&line).await?)
}

impl App {
    /// Lists the audit log, the oldest line first, with the token of the next page.
    pub async fn audit_log(
        &self,
        caller: &Caller,
        mut filter: AuditFilter,
        page: &Page,
    ) -> Result<(Vec<AuditLine>, String)> {
        let Some(account) = caller.account_filter(filter.account.take()) else { return Ok((vec![], String::new())) };
        filter.account = account;
        let after = page.after(AuditLineId::parse)?;
        let lines = self.store.audit_log(&filter, after, page.limit()).await?;
        Ok(page.cut(lines, |line| line.id.to_string()))
    }
}
