//! Who stands behind an object: every email and referral id it was ever seen with.

use super::error::Result;
use super::list::{Type, Upsert, select};
use super::sql::{Row, Tx, Value, args};
use crate::domain::fact::{Fact, Seen};
use crate::domain::id::ReferralId;
use crate::domain::time::Time;

/// One sighting: an object, and what it was seen with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The object's id at the payment source.
    pub object_id: String,
    /// What kind of object it is.
    pub object: Object,
    /// What it was seen with: an email, a referral id in metadata or as a checkout's reference, or one that it was
    /// linked to or created for by us.
    kind: Kind,
    value: String,
    first_seen_at: Time,
}

/// The kinds of objects that have identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// A charge.
    Charge,
    /// A customer.
    Customer,
    /// A checkout.
    Checkout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Email,
    Metadata,
    Reference,
    Linked,
    CreatedFor,
}

const IDENTITIES: Upsert = Upsert {
    table: "identities",
    columns: &[
        ("ledger_id", Type::Int),
        ("object_id", Type::Text),
        ("kind", Type::Text),
        ("value", Type::Text),
        ("object_type", Type::Text),
        ("first_seen_at", Type::Int),
    ],
    on_conflict: "on conflict (object_id, ledger_id, object_type, kind, value) \
                  do update set first_seen_at = excluded.first_seen_at",
};

impl Tx {
    /// What these objects were seen with.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn identities_of<'a>(
        &mut self,
        ledger: i64,
        object_ids: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Identity>> {
        let sql = "select * from identities where ledger_id = $1 and object_id in LIST";
        select(self, sql, args![ledger], object_ids).await?.iter().map(read).collect()
    }

    /// Which objects were seen with these emails or referral ids.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn identities_with<'a>(
        &mut self,
        ledger: i64,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Identity>> {
        let sql = "select * from identities where ledger_id = $1 and value in LIST";
        select(self, sql, args![ledger], values).await?.iter().map(read).collect()
    }

    pub(super) async fn save_identities(&mut self, ledger: i64, facts: &[Fact]) -> Result<()> {
        let mut rows = Vec::new();
        for fact in facts {
            let id = fact.id();
            match fact {
                Fact::Charge(charge) => {
                    rows.extend(emails(ledger, id, Object::Charge, &charge.emails));
                    rows.extend(ids(ledger, id, Object::Charge, Kind::Metadata, &charge.referrals));
                }
                Fact::Customer(customer) => {
                    rows.extend(emails(ledger, id, Object::Customer, &customer.emails));
                    rows.extend(ids(ledger, id, Object::Customer, Kind::Metadata, &customer.referrals));
                    rows.extend(ids(ledger, id, Object::Customer, Kind::Linked, &customer.linked));
                    rows.extend(ids(ledger, id, Object::Customer, Kind::CreatedFor, &customer.created_for));
                }
                Fact::Checkout(checkout) => {
                    rows.extend(emails(ledger, id, Object::Checkout, &checkout.emails));
                    rows.extend(ids(ledger, id, Object::Checkout, Kind::Metadata, &checkout.referrals));
                    rows.extend(ids(ledger, id, Object::Checkout, Kind::Reference, &checkout.references));
                }
                Fact::Refund(_) | Fact::Dispute(_) => {}
            }
        }
        IDENTITIES.run(self, rows).await
    }
}

fn emails(ledger: i64, id: &str, object: Object, seen: &Seen<String>) -> impl Iterator<Item = Vec<Value>> {
    seen.iter().map(move |(email, at)| row(ledger, id, object, Kind::Email, email.clone(), *at))
}

fn ids(ledger: i64, id: &str, object: Object, kind: Kind, seen: &Seen<ReferralId>) -> impl Iterator<Item = Vec<Value>> {
    seen.iter().map(move |(referral, at)| row(ledger, id, object, kind, referral.to_string(), *at))
}

fn row(ledger: i64, id: &str, object: Object, kind: Kind, value: String, at: Time) -> Vec<Value> {
    args![ledger, id, kind.word(), value, object.word(), at]
}

fn read(row: &Row) -> Result<Identity> {
    Ok(Identity {
        object_id: row.text("object_id")?,
        object: row.parsed("object_type", Object::from_word)?,
        kind: row.parsed("kind", Kind::from_word)?,
        value: row.text("value")?,
        first_seen_at: row.time("first_seen_at")?,
    })
}

impl Identity {
    /// Adds the sighting to the object it is of.
    pub fn attach(self, fact: &mut Fact) {
        let Self { kind, value, first_seen_at: at, .. } = self;
        match (kind, fact) {
            (Kind::Email, Fact::Charge(charge)) => see(&mut charge.emails, Some(value), at),
            (Kind::Email, Fact::Customer(customer)) => see(&mut customer.emails, Some(value), at),
            (Kind::Email, Fact::Checkout(checkout)) => see(&mut checkout.emails, Some(value), at),
            (Kind::Metadata, Fact::Charge(charge)) => see(&mut charge.referrals, referral(&value), at),
            (Kind::Metadata, Fact::Customer(customer)) => see(&mut customer.referrals, referral(&value), at),
            (Kind::Metadata, Fact::Checkout(checkout)) => see(&mut checkout.referrals, referral(&value), at),
            (Kind::Reference, Fact::Checkout(checkout)) => see(&mut checkout.references, referral(&value), at),
            (Kind::Linked, Fact::Customer(customer)) => see(&mut customer.linked, referral(&value), at),
            (Kind::CreatedFor, Fact::Customer(customer)) => see(&mut customer.created_for, referral(&value), at),
            (Kind::Reference | Kind::Linked | Kind::CreatedFor, _) | (_, Fact::Refund(_) | Fact::Dispute(_)) => {}
        }
    }
}

fn see<V: Ord>(seen: &mut Seen<V>, value: Option<V>, at: Time) {
    seen.extend(value.map(|value| (value, at)));
}

fn referral(value: &str) -> Option<ReferralId> {
    ReferralId::parse(value).ok()
}

impl Object {
    const fn word(self) -> &'static str {
        match self {
            Self::Charge => "CHARGE",
            Self::Customer => "CUSTOMER",
            Self::Checkout => "CHECKOUT",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Charge, Self::Customer, Self::Checkout].into_iter().find(|object| object.word() == word)
    }
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Metadata => "METADATA",
            Self::Reference => "REFERENCE",
            Self::Linked => "LINKED",
            Self::CreatedFor => "CREATED_FOR",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Email, Self::Metadata, Self::Reference, Self::Linked, Self::CreatedFor]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}
