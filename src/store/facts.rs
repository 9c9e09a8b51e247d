//! Charges, refunds, disputes, customers and checkouts: loaded by id or by what leads to them, and saved whole.

use super::error::{Error, Result};
use super::list::{Type, Upsert, select};
use super::sql::{Row, Tx, Value, args};
use crate::domain::fact::{
    Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Fact, Refund, RefundStatus, Seen,
};
use crate::domain::money::Currency;
use crate::domain::time::Time;
use crate::domain::word::Word;

/// Which column of a fact is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The object's own id.
    Id,
    /// The customer that it belongs to.
    Customer,
    /// The payment intent that it belongs to.
    Intent,
    /// The charge that it takes from.
    Charge,
}

impl By {
    const fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Customer => "customer_id",
            Self::Intent => "payment_intent_id",
            Self::Charge => "charge_id",
        }
    }
}

const CHARGES: Upsert = Upsert {
    table: "charges",
    columns: &[
        ("ledger_id", Type::Int),
        ("id", Type::Text),
        ("currency", Type::Text),
        ("created_at", Type::Int),
        ("customer_id", Type::Text),
        ("payment_intent_id", Type::Text),
        ("status", Type::Text),
        ("amount_minor", Type::Int),
        ("captured_minor", Type::Int),
        ("released_minor", Type::Int),
        ("refunded", Type::Text),
        ("settlement_minor", Type::Int),
        ("settlement_currency", Type::Text),
        ("balance_transaction_id", Type::Text),
        ("refunds_known_at", Type::Int),
    ],
    on_conflict: "on conflict (id, ledger_id) do update set currency = excluded.currency, \
                  created_at = excluded.created_at, customer_id = excluded.customer_id, payment_intent_id = excluded.payment_intent_id, \
                  status = excluded.status, amount_minor = excluded.amount_minor, \
                  captured_minor = excluded.captured_minor, released_minor = excluded.released_minor, \
                  refunded = excluded.refunded, settlement_minor = excluded.settlement_minor, \
                  settlement_currency = excluded.settlement_currency, \
                  balance_transaction_id = excluded.balance_transaction_id, \
                  refunds_known_at = excluded.refunds_known_at",
};

/// Refunds and disputes have the same columns.
const fn taken_from_charge(table: &'static str) -> Upsert {
    Upsert {
        table,
        columns: &[
            ("ledger_id", Type::Int),
            ("id", Type::Text),
            ("charge_id", Type::Text),
            ("amount_minor", Type::Int),
            ("created_at", Type::Int),
            ("status", Type::Text),
        ],
        on_conflict: "on conflict (id, ledger_id) do update set charge_id = excluded.charge_id, \
                      amount_minor = excluded.amount_minor, created_at = excluded.created_at, status = excluded.status",
    }
}

const CUSTOMERS: Upsert = Upsert {
    table: "customers",
    columns: &[("ledger_id", Type::Int), ("id", Type::Text), ("created_at", Type::Int), ("deleted", Type::Text)],
    on_conflict: "on conflict (id, ledger_id) do update set created_at = excluded.created_at, \
                  deleted = excluded.deleted",
};

const CHECKOUTS: Upsert = Upsert {
    table: "checkouts",
    columns: &[
        ("ledger_id", Type::Int),
        ("id", Type::Text),
        ("customer_id", Type::Text),
        ("payment_intent_id", Type::Text),
    ],
    on_conflict: "on conflict (id, ledger_id) do update set customer_id = excluded.customer_id, \
                  payment_intent_id = excluded.payment_intent_id",
};

const DELETED: &str = "DELETED";

/// What a transaction loads of facts. Emails and referral ids are not in what is loaded: see [`Tx::identities_of`].
impl Tx {
    /// Charges made before a time.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn charges<'a>(
        &mut self,
        ledger: i64,
        by: By,
        values: impl IntoIterator<Item = &'a String>,
        before: Time,
    ) -> Result<Vec<Fact>> {
        let sql = format!("select * from charges where ledger_id = $1 and created_at < $2 and {} in LIST", by.column());
        let rows = select(self, &sql, args![ledger, before], values).await?;
        rows.iter().map(|row| charge(row).map(Fact::Charge)).collect()
    }

    /// Refunds.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn refunds<'a>(
        &mut self,
        ledger: i64,
        by: By,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Fact>> {
        let rows = self.facts("refunds", ledger, by, values).await?;
        rows.iter().map(|row| refund(row).map(Fact::Refund)).collect()
    }

    /// Disputes.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn disputes<'a>(
        &mut self,
        ledger: i64,
        by: By,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Fact>> {
        let rows = self.facts("disputes", ledger, by, values).await?;
        rows.iter().map(|row| dispute(row).map(Fact::Dispute)).collect()
    }

    /// Customers by their ids.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn customers<'a>(&mut self, ledger: i64, ids: impl IntoIterator<Item = &'a String>) -> Result<Vec<Fact>> {
        let rows = self.facts("customers", ledger, By::Id, ids).await?;
        rows.iter().map(|row| customer(row).map(Fact::Customer)).collect()
    }

    /// Checkouts.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn checkouts<'a>(
        &mut self,
        ledger: i64,
        by: By,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Fact>> {
        let rows = self.facts("checkouts", ledger, by, values).await?;
        rows.iter().map(|row| checkout(row).map(Fact::Checkout)).collect()
    }

    async fn facts<'a>(
        &mut self,
        table: &str,
        ledger: i64,
        by: By,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Row>> {
        let sql = format!("select * from {table} where ledger_id = $1 and {} in LIST", by.column());
        select(self, &sql, args![ledger], values).await
    }

    /// Saves facts as they stand after all joins, each object once.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn save_facts(&mut self, ledger: i64, facts: &[Fact]) -> Result<()> {
        let mut charges = Vec::new();
        let mut refunds = Vec::new();
        let mut disputes = Vec::new();
        let mut customers = Vec::new();
        let mut checkouts = Vec::new();
        for fact in facts {
            match fact {
                Fact::Charge(charge) => charges.push(charge_values(ledger, charge)),
                Fact::Refund(r) => {
                    refunds.push(args![ledger, &r.id, &r.charge_id, r.amount_minor, r.created_at, r.status.word()]);
                }
                Fact::Dispute(d) => {
                    disputes.push(args![ledger, &d.id, &d.charge_id, d.amount_minor, d.created_at, d.status.word()]);
                }
                Fact::Customer(c) => {
                    customers.push(args![ledger, &c.id, c.created_at, c.deleted.then_some(DELETED)]);
                }
                Fact::Checkout(c) => checkouts.push(args![ledger, &c.id, &c.customer_id, &c.payment_intent_id]),
            }
        }
        CHARGES.run(self, charges).await?;
        taken_from_charge("refunds").run(self, refunds).await?;
        taken_from_charge("disputes").run(self, disputes).await?;
        CUSTOMERS.run(self, customers).await?;
        CHECKOUTS.run(self, checkouts).await?;
        self.save_identities(ledger, facts).await
    }
}

fn charge_values(ledger: i64, charge: &Charge) -> Vec<Value> {
    let refunded: Vec<(i64, i64)> = charge.refunded.iter().map(|(amount, at)| (*amount, at.micros())).collect();
    let settlement = charge.settlement;
    args![
        ledger,
        &charge.id,
        charge.currency.code(),
        charge.created_at,
        &charge.customer_id,
        &charge.payment_intent_id,
        charge.status.word(),
        charge.amount_minor,
        charge.captured_minor,
        charge.released_minor,
        serde_json::json!(refunded).to_string(),
        settlement.map(|(amount, _)| amount),
        settlement.map(|(_, currency)| currency.to_string()),
        &charge.balance_transaction_id,
        charge.refunds_known_at,
    ]
}

fn charge(row: &Row) -> Result<Charge> {
    let currency = |text: &str| Currency::parse(text).ok();
    let settlement_currency = row.parsed_or_null("settlement_currency", currency)?;
    Ok(Charge {
        id: row.text("id")?,
        currency: row.parsed("currency", currency)?,
        created_at: row.time("created_at")?,
        customer_id: row.text_or_null("customer_id")?,
        payment_intent_id: row.text_or_null("payment_intent_id")?,
        status: row.parsed("status", ChargeStatus::from_word)?,
        amount_minor: row.int("amount_minor")?,
        captured_minor: row.int("captured_minor")?,
        released_minor: row.int("released_minor")?,
        refunded: refunded(&row.text("refunded")?)?,
        settlement: row.int_or_null("settlement_minor")?.zip(settlement_currency),
        balance_transaction_id: row.text_or_null("balance_transaction_id")?,
        refunds_known_at: row.time_or_null("refunds_known_at")?,
        emails: Seen::new(),
        referrals: Seen::new(),
    })
}

fn refunded(json: &str) -> Result<Seen<i64>> {
    let pairs: Vec<(i64, i64)> = serde_json::from_str(json).map_err(|error| Error::Fault(error.to_string()))?;
    Ok(pairs.into_iter().map(|(amount, at)| (amount, Time::from_micros(at))).collect())
}

fn refund(row: &Row) -> Result<Refund> {
    Ok(Refund {
        id: row.text("id")?,
        charge_id: row.text_or_null("charge_id")?,
        amount_minor: row.int("amount_minor")?,
        created_at: row.time("created_at")?,
        status: row.parsed("status", RefundStatus::from_word)?,
    })
}

fn dispute(row: &Row) -> Result<Dispute> {
    Ok(Dispute {
        id: row.text("id")?,
        charge_id: row.text_or_null("charge_id")?,
        amount_minor: row.int("amount_minor")?,
        created_at: row.time("created_at")?,
        status: row.parsed("status", DisputeStatus::from_word)?,
    })
}

fn customer(row: &Row) -> Result<Customer> {
    Ok(Customer {
        created_at: row.time_or_null("created_at")?,
        deleted: row.text_or_null("deleted")?.is_some(),
        ..Customer::unknown(row.text("id")?)
    })
}

fn checkout(row: &Row) -> Result<Checkout> {
    Ok(Checkout {
        id: row.text("id")?,
        customer_id: row.text_or_null("customer_id")?,
        payment_intent_id: row.text_or_null("payment_intent_id")?,
        emails: Seen::new(),
        referrals: Seen::new(),
        references: Seen::new(),
    })
}
