//! What both kinds of people share, and referrers.

use super::Store;
use super::error::{Error, Result};
use super::list::{Type, Upsert, select};
use super::sql::{Row, Tx, Value, args};
use crate::domain::email::Email;
use crate::domain::id::ReferrerId;
use crate::domain::referral::{Person, Referrer};

/// Which referrers to list.
#[derive(Clone, Debug, Default)]
pub struct ReferrerFilter {
    /// Of this account.
    pub account: Option<String>,
    /// With this code.
    pub code: Option<String>,
    /// With this email identity.
    pub email: Option<String>,
}

/// Reads the columns of a person.
pub(super) fn person(row: &Row) -> Result<Person> {
    let custom = serde_json::from_str(&row.text("custom")?).map_err(|error| Error::Fault(error.to_string()))?;
    Ok(Person {
        email: row.parsed("email", |text| Email::parse(text).ok())?,
        first_name: row.text_or_null("first_name")?,
        last_name: row.text_or_null("last_name")?,
        phone: row.text_or_null("phone")?,
        custom,
    })
}

/// The values of a person: email, email identity, first name, last name, phone, custom.
pub(super) fn person_values(person: &Person) -> Vec<Value> {
    args![
        person.email.original(),
        person.email.identity(),
        &person.first_name,
        &person.last_name,
        &person.phone,
        serde_json::json!(person.custom).to_string(),
    ]
}

/// A `where` clause that grows, with its values.
pub(super) struct Where {
    text: String,
    pub(super) args: Vec<Value>,
}

impl Where {
    pub(super) fn new() -> Self {
        Self { text: "1 = 1".to_owned(), args: vec![] }
    }

    /// Adds `column operator value`, where there is a value.
    pub(super) fn and(mut self, condition: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.args.push(value.into());
            self.text = format!("{} and {condition} ${}", self.text, self.args.len());
        }
        self
    }

    /// The whole query, ordered and limited.
    pub(super) fn query(self, select: &str, order_by: &str, limit: u32) -> (String, Vec<Value>) {
        (format!("{select} where {} order by {order_by} limit {limit}", self.text), self.args)
    }
}

impl Store {
    /// A referrer by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrer(&self, id: ReferrerId) -> Result<Option<Referrer>> {
        let rows = self.rows("select * from referrers where id = $1", args![id.to_string()]).await?;
        rows.first().map(read).transpose()
    }

    /// Referrers after a cursor, the oldest first.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrers(
        &self,
        filter: &ReferrerFilter,
        after: Option<ReferrerId>,
        limit: u32,
    ) -> Result<Vec<Referrer>> {
        let (sql, args) = Where::new()
            .and("account =", filter.account.as_ref())
            .and("code =", filter.code.as_ref())
            .and("email_identity =", filter.email.as_ref())
            .and("id >", after.map(|id| id.to_string()))
            .query("select * from referrers", "id", limit);
        self.rows(&sql, args).await?.iter().map(read).collect()
    }
}

const NEW_REFERRERS: Upsert = Upsert {
    table: "referrers",
    columns: &[
        ("id", Type::Text),
        ("account", Type::Text),
        ("code", Type::Text),
        ("email", Type::Text),
        ("email_identity", Type::Text),
        ("first_name", Type::Text),
        ("last_name", Type::Text),
        ("phone", Type::Text),
        ("custom", Type::Text),
        ("revision", Type::Int),
        ("created_at", Type::Int),
        ("updated_at", Type::Int),
    ],
    on_conflict: "on conflict do nothing",
};

fn values(referrer: &Referrer) -> Vec<Value> {
    let mut values = args![referrer.id.to_string(), &referrer.account, &referrer.code];
    values.extend(person_values(&referrer.person));
    values.extend(args![referrer.revision, referrer.created_at, referrer.updated_at]);
    values
}

impl Tx {
    /// Inserts a referrer; nothing happens, and the answer is false, where its email or code is taken.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_referrer(&mut self, referrer: &Referrer) -> Result<bool> {
        let sql = "insert into referrers (id, account, code, email, email_identity, first_name, last_name, phone, \
                   custom, revision, created_at, updated_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing";
        Ok(self.run(sql, values(referrer)).await? > 0)
    }

    /// Inserts referrers, but for those whose email or code is taken.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn add_referrers(&mut self, referrers: &[Referrer]) -> Result<()> {
        NEW_REFERRERS.run(self, referrers.iter().map(values).collect()).await
    }

    /// Referrers of an account by the identities of their emails.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrers_by_email<'a>(
        &mut self,
        account: &str,
        emails: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Referrer>> {
        let sql = "select * from referrers where account = $1 and email_identity in LIST";
        select(self, sql, args![account], emails).await?.iter().map(read).collect()
    }

    /// Writes a referrer that had the revision before this one; false where it has another by now.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn update_referrer(&mut self, referrer: &Referrer) -> Result<bool> {
        let sql = "update referrers set email = $1, email_identity = $2, first_name = $3, last_name = $4, \
                   phone = $5, custom = $6, revision = $7, updated_at = $8 where id = $9 and revision = $7 - 1";
        let mut values = person_values(&referrer.person);
        values.extend(args![referrer.revision, referrer.updated_at, referrer.id.to_string()]);
        Ok(self.run(sql, values).await? > 0)
    }

    /// A referrer by its id.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrer(&mut self, id: ReferrerId) -> Result<Option<Referrer>> {
        let row = self.row("select * from referrers where id = $1", args![id.to_string()]).await?;
        row.as_ref().map(read).transpose()
    }

    /// A referrer of an account by its code.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrer_by_code(&mut self, account: &str, code: &str) -> Result<Option<Referrer>> {
        let row = self.row("select * from referrers where account = $1 and code = $2", args![account, code]).await?;
        row.as_ref().map(read).transpose()
    }

    /// A referrer of an account by the identity of its email.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn referrer_by_email(&mut self, account: &str, email: &str) -> Result<Option<Referrer>> {
        let sql = "select * from referrers where account = $1 and email_identity = $2";
        let row = self.row(sql, args![account, email]).await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &Row) -> Result<Referrer> {
    Ok(Referrer {
        id: row.parsed("id", |text| ReferrerId::parse(text).ok())?,
        account: row.text("account")?,
        code: row.text("code")?,
        person: person(row)?,
        erased_at: row.time_or_null("erased_at")?,
        revision: row.unsigned("revision")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
