//! People who were erased: how they are known again, and the taking out of what tells of them.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{Error, Result};
use super::event_body;
use super::list::select;
use super::people::person_values;
use super::sql::{Row, Tx, args};
use crate::domain::email::Email;
use crate::domain::id::ReferrerId;
use crate::domain::referral::{Referral, Referrer};
use crate::domain::time::Time;

/// How many events of a referral, or rewards, one statement is about.
const PART: u32 = 200;

/// A person of an account who was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The address in the place of theirs.
    pub pseudonym: Email,
    /// When they were erased first.
    pub erased_at: Time,
}

impl Tx {
    /// Which of these people of an account were erased, by the hash of their email.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn erasures(
        &mut self,
        account: &str,
        digests: impl IntoIterator<Item = &String>,
    ) -> Result<BTreeMap<String, Erasure>> {
        let sql = "select * from erasures where account = $1 and digest in LIST";
        let read = |row: &Row| {
            let pseudonym = row.parsed("pseudonym", |text| Email::parse(text).ok())?;
            Ok((row.text("digest")?, Erasure { pseudonym, erased_at: row.time("erased_at")? }))
        };
        select(self, sql, args![account], digests).await?.iter().map(read).collect()
    }

    /// Remembers that a person of an account was erased. Its ledgers are locked.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_erasure(&mut self, account: &str, digest: &str, erasure: &Erasure) -> Result<()> {
        let sql = "insert into erasures (account, digest, pseudonym, erased_at) values ($1, $2, $3, $4)";
        self.run(sql, args![account, digest, erasure.pseudonym.identity(), erasure.erased_at]).await?;
        let sql = "update ledgers set erasure_count = erasure_count + 1 where account = $1";
        self.run(sql, args![account]).await.map(drop)
    }

    /// Writes what only an erasure changes of a referral.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn erase_referral(&mut self, referral: &Referral) -> Result<()> {
        let sql =
            "update referrals set email = $2, email_identity = $3, erased_at = $4, kept_charges = $5 where id = $1";
        let (email, erased) = (&referral.person.email, referral.erased.as_ref());
        let kept = erased.map(|erased| serde_json::json!(*erased.charges).to_string());
        let at = erased.map(|erased| erased.at);
        self.run(sql, args![referral.id.to_string(), email.original(), email.identity(), at, kept]).await.map(drop)
    }

    /// Writes a referrer who was erased.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn erase_referrer(&mut self, referrer: &Referrer) -> Result<()> {
        let sql = "update referrers set email = $1, email_identity = $2, first_name = $3, last_name = $4, phone = $5, \
                   custom = $6, code = $7, erased_at = $8, revision = $9, updated_at = $10 where id = $11";
        let mut values = person_values(&referrer.person);
        values.extend(args![&referrer.code, referrer.erased_at, referrer.revision, referrer.updated_at]);
        values.extend(args![referrer.id.to_string()]);
        self.run(sql, values).await.map(drop)
    }

    /// Puts a pseudonym in the place of an email wherever an object was seen with it; says of each object what it is.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn rename_identities(&mut self, ledger: i64, email: &str, pseudonym: &str) -> Result<Vec<super::Object>> {
        // An object may have it already, where the email came back by a process that did not know of the erasure.
        let sql = "insert into identities (ledger_id, object_id, kind, value, object_type, first_seen_at) \
                   select ledger_id, object_id, kind, $3, object_type, first_seen_at from identities \
                   where ledger_id = $1 and value = $2 and kind = 'EMAIL' on conflict do nothing";
        self.run(sql, args![ledger, email, pseudonym]).await?;
        let sql = "delete from identities where ledger_id = $1 and value = $2 and kind = 'EMAIL' returning object_type";
        let rows = self.rows(sql, args![ledger, email]).await?;
        rows.iter().map(|row| row.parsed("object_type", super::Object::from_word)).collect()
    }

    /// Takes a person out of the events that tell of these referrals of theirs, and of these rewards; says how many did.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn erase_events(
        &mut self,
        pseudonym: &Email,
        referrals: &BTreeSet<String>,
        rewards: &[String],
        recipients: &BTreeSet<String>,
    ) -> Result<u64> {
        let mut count = 0;
        for referral in referrals {
            let mut last = 0;
            loop {
                let sql = format!(
                    "select ledger_id, seq, body from events where referral_id = $1 and seq > $2 \
                     order by seq limit {PART}"
                );
                let rows = self.rows(&sql, args![referral, last]).await?;
                let Some(newest) = rows.last() else { break };
                last = newest.int("seq")?;
                count += self.erase_bodies(&rows, pseudonym, recipients).await?;
            }
        }
        for part in rewards.chunks(PART as usize) {
            let rows = select(self, "select ledger_id, seq, body from events where reward_id in LIST", args![], part);
            let rows = rows.await?;
            count += self.erase_bodies(&rows, pseudonym, recipients).await?;
        }
        Ok(count)
    }

    async fn erase_bodies(&mut self, rows: &[Row], pseudonym: &Email, recipients: &BTreeSet<String>) -> Result<u64> {
        let mut count = 0;
        for row in rows {
            if let Some(body) = event_body::erased(&row.text("body")?, pseudonym, recipients) {
                let sql = "update events set body = $3 where ledger_id = $1 and seq = $2";
                count += self.run(sql, args![row.int("ledger_id")?, row.int("seq")?, body]).await?;
            }
        }
        Ok(count)
    }

    /// Forgets what was answered to the calls that made these things; says how many there were.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn drop_answers(&mut self, resource_ids: &BTreeSet<String>) -> Result<u64> {
        let sql = "delete from requests where resource_id in LIST returning resource_id";
        self.dropped(sql, resource_ids).await
    }

    /// Deletes all jobs of these subjects; says how many there were.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn drop_jobs(&mut self, subject_ids: &BTreeSet<String>) -> Result<u64> {
        let sql = "delete from jobs where subject_id in LIST returning id";
        self.dropped(sql, subject_ids).await
    }

    /// Forgets what was to be sent for the people whom a referrer brought, since it may name the referrer: it is decided
    /// anew. Whoever is about to send it has lost the job.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn forget_plans(&mut self, referrer: ReferrerId) -> Result<()> {
        let sql = "update jobs set plan = null, last_error = null, attempts = attempts + 1 where kind = 'CUSTOMER' \
                   and subject_id in (select id from referrals where referrer_id = $1)";
        self.run(sql, args![referrer.to_string()]).await.map(drop)
    }

    /// Forgets links with a code that are still to be written to customers of a ledger.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn forget_links(&mut self, ledger: i64, code: &str) -> Result<()> {
        let sql = "select campaign_id, outstanding from referrer_syncs where ledger_id = $1 and finished_at is null";
        for row in self.rows(sql, args![ledger]).await? {
            let unreadable = |error: serde_json::Error| Error::Fault(error.to_string());
            let links: Vec<[String; 2]> = serde_json::from_str(&row.text("outstanding")?).map_err(unreadable)?;
            let kept: Vec<&[String; 2]> = links.iter().filter(|link| link[1] != code).collect();
            if kept.len() < links.len() {
                let sql = "update referrer_syncs set outstanding = $2 where campaign_id = $1";
                self.run(sql, args![row.text("campaign_id")?, serde_json::json!(kept).to_string()]).await?;
            }
        }
        Ok(())
    }

    /// How many rows a statement with a list has dropped.
    async fn dropped(&mut self, sql: &str, list: &BTreeSet<String>) -> Result<u64> {
        Ok(select(self, sql, args![], list).await?.len() as u64)
    }
}
