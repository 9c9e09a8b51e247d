//! Customers and their balance.

use std::collections::BTreeMap;

use stripe_core::customer::{CreateCustomer, ListCustomer, RetrieveCustomer, UpdateCustomer};
use stripe_core::customer_balance_transaction::{
    CreateCustomerCustomerBalanceTransaction, ListCustomerCustomerBalanceTransaction,
};
use stripe_types::{Currency as Code, RangeBoundsTs, RangeQueryTs};

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

/// A page of all customers, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomersPage {
    /// The customers.
    pub customers: Vec<ListedCustomer>,
    /// The last of the page and when it was made, where there are more behind it.
    pub last: Option<(String, Time)>,
}

/// A customer of such a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCustomer {
    /// `cus_…`.
    pub id: String,
    /// As it was given to Stripe.
    pub email: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Option<Time>,
    /// Whether it is there no more.
    pub deleted: bool,
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

    /// A page of the account's customers, the newest first: those made at or after a time, and at or before another, from
    /// the one after `starting_after` on.
    pub async fn customers_page(
        &self,
        created_gte: Option<Time>,
        created_lte: Option<Time>,
        starting_after: Option<&str>,
    ) -> Result<CustomersPage, Failure> {
        let mut request = ListCustomer::new().limit(PAGE);
        if created_gte.is_some() || created_lte.is_some() {
            let (gte, lte) = (created_gte.map(Time::seconds), created_lte.map(Time::seconds));
            request = request.created(RangeQueryTs::Bounds(RangeBoundsTs { gte, lte, ..RangeBoundsTs::default() }));
        }
        if let Some(id) = starting_after {
            request = request.starting_after(id);
        }
        self.call(&request, None, page).await
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

    /// Writes one key of a customer's metadata. There is no idempotency key: to repeat it changes nothing, and a later
    /// write of the same must not get the answer of an earlier one.
    pub async fn write_customer_metadata(&self, id: &str, key: &str, value: &str) -> Result<(), Failure> {
        let pair = metadata(&[(key.to_owned(), value.to_owned())].into());
        self.call(&UpdateCustomer::new(escaped(id)).metadata(pair), None, |_| Ok(())).await
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

fn page(list: &Object) -> Result<CustomersPage, Unreadable> {
    let objects = list.list("data");
    let last = objects.last().filter(|_| list.optional_flag("has_more") == Ok(Some(true)));
    let last = last.map(|last| Ok((last.id()?, last.time("created")?))).transpose()?;
    Ok(CustomersPage { customers: objects.iter().map(listed).collect::<Result<_, _>>()?, last })
}

/// One customer that cannot be read must not end the reading of all: only its id is needed.
fn listed(object: &Object) -> Result<ListedCustomer, Unreadable> {
    Ok(ListedCustomer {
        id: object.id()?,
        email: object.text("email"),
        name: object.text("name"),
        created_at: object.optional_time("created").ok().flatten(),
        deleted: object.optional_flag("deleted") == Ok(Some(true)),
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
