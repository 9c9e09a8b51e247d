//! Customers and their balance.

use std::collections::BTreeMap;

use stripe_core::customer::{CreateCustomer, ListCustomer, RetrieveCustomer, UpdateCustomer};
use stripe_core::customer_balance_transaction::{
    CreateCustomerCustomerBalanceTransaction, ListCustomerCustomerBalanceTransaction,
};
use stripe_types::Currency as Code;

use super::{Failure, PAGE, Stripe, escaped, metadata};
use crate::domain::customer::Fields;
use crate::domain::money::Currency;
use crate::domain::time::Time;
use crate::stripe::object::{Object, Unreadable};

/// The most customers with one email that are looked at.
const CUSTOMERS_MAX: usize = 1000;
/// The most movements of a balance that are looked at.
const BALANCE_TRANSACTIONS_MAX: usize = 500;

/// A customer, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// As it was given to Stripe.
    pub email: Option<String>,
    /// When it was made; of a deleted one Stripe does not say.
    pub created_at: Option<Time>,
    /// Whether it is there no more.
    pub deleted: bool,
    /// The only currency that its balance and invoices can have; none before the first of them.
    pub currency: Option<Currency>,
    /// What is added to its next invoice; negative is credit.
    pub balance_minor: i64,
    /// The merchant's own words on it, and ours.
    pub metadata: BTreeMap<String, String>,
}

/// A movement of a customer's balance that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Whose balance.
    pub customer_id: String,
    /// Negative gives credit, positive takes it back.
    pub amount_minor: i64,
    /// The customer's own currency.
    pub currency: Currency,
    /// A note that the merchant sees.
    pub description: String,
    /// By what we find it again.
    pub metadata: BTreeMap<String, String>,
}

/// A movement of a customer's balance that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceTransaction {
    /// `cbtxn_…`.
    pub id: String,
    /// Negative gave credit.
    pub amount_minor: i64,
    /// What the balance was after it.
    pub ending_balance_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Time,
    /// By what we find it again.
    pub metadata: BTreeMap<String, String>,
}

/// Both requests have these methods, and no trait in common that says so.
macro_rules! filled {
    ($request:expr, $fields:expr) => {{
        let mut request = $request;
        if let Some(name) = &$fields.name {
            request = request.name(name.as_str());
        }
        if let Some(email) = &$fields.email {
            request = request.email(email.as_str());
        }
        if let Some(phone) = &$fields.phone {
            request = request.phone(phone.as_str());
        }
        if let Some(description) = &$fields.description {
            request = request.description(description.as_str());
        }
        request.metadata(metadata(&$fields.metadata))
    }};
}

impl Stripe {
    /// The customers with exactly this email, in this case, the newest first; a thousand at most.
    pub async fn customers_by_email(&self, email: &str) -> Result<Vec<Customer>, Failure> {
        self.list(&ListCustomer::new().email(email).limit(PAGE), CUSTOMERS_MAX, customer).await
    }

    /// A customer, also one that is deleted.
    pub async fn customer(&self, id: &str) -> Result<Option<Customer>, Failure> {
        self.find(&RetrieveCustomer::new(escaped(id)), customer).await
    }

    /// Makes a customer.
    pub async fn create_customer(&self, fields: &Fields, key: &str) -> Result<Customer, Failure> {
        self.call(&filled!(CreateCustomer::new(), fields), Some(key), customer).await
    }

    /// Changes a customer.
    pub async fn update_customer(&self, id: &str, fields: &Fields, key: &str) -> Result<Customer, Failure> {
        self.call(&filled!(UpdateCustomer::new(escaped(id)), fields), Some(key), customer).await
    }

    /// Moves a customer's balance.
    pub async fn credit_balance(&self, credit: &Credit, key: &str) -> Result<BalanceTransaction, Failure> {
        // A code that async-stripe does not know is sent as it is, and Stripe has the last word.
        let currency = credit.currency.code().parse().unwrap_or_else(|_| Code::Unknown(credit.currency.to_string()));
        let request =
            CreateCustomerCustomerBalanceTransaction::new(escaped(&credit.customer_id), credit.amount_minor, currency)
                .description(credit.description.as_str())
                .metadata(metadata(&credit.metadata));
        self.call(&request, Some(key), balance_transaction).await
    }

    /// The movements of a customer's balance, the newest first; five hundred at most.
    pub async fn balance_transactions(&self, customer_id: &str) -> Result<Vec<BalanceTransaction>, Failure> {
        let request = ListCustomerCustomerBalanceTransaction::new(escaped(customer_id)).limit(PAGE);
        self.list(&request, BALANCE_TRANSACTIONS_MAX, balance_transaction).await
    }
}

fn customer(object: &Object) -> Result<Customer, Unreadable> {
    Ok(Customer {
        id: object.id()?,
        email: object.text("email"),
        created_at: object.optional_time("created")?,
        deleted: object.optional_flag("deleted")?.unwrap_or_default(),
        currency: object.optional_currency("currency")?,
        balance_minor: object.optional_sum("balance")?.unwrap_or_default(),
        metadata: object.texts("metadata"),
    })
}

fn balance_transaction(object: &Object) -> Result<BalanceTransaction, Unreadable> {
    Ok(BalanceTransaction {
        id: object.id()?,
        amount_minor: object.sum("amount")?,
        ending_balance_minor: object.sum("ending_balance")?,
        currency: object.currency("currency")?,
        created_at: object.time("created")?,
        metadata: object.texts("metadata"),
    })
}
