//! What comes of a person after their erasure: their email is dropped before anything is stored, and nobody takes them in.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::seal::PersonKey;
use crate::domain::delivery::{Content, Delivery};
use crate::domain::email::Email;
use crate::domain::fact::{Fact, Seen};
use crate::store::{LedgerRow, Tx};

/// Refuses somebody who was erased in an account. What may take them in is locked.
///
/// # Errors
/// They were, or the database is not available.
pub(in crate::app) async fn refuse_erased(app: &App, tx: &mut Tx, account: &str, email: &Email) -> Result<()> {
    let digest = app.seal.person_key().digest(email.identity());
    match tx.erasures(account, [&digest]).await?.remove(&digest) {
        Some(erasure) => Err(Error::PersonErased(erasure.erased_at)),
        None => Ok(()),
    }
}

/// Those of these emails whose people were erased in an account.
///
/// # Errors
/// The database is not available.
pub(in crate::app) async fn erased_among<'a>(
    tx: &mut Tx,
    key: &PersonKey,
    account: &str,
    emails: impl IntoIterator<Item = &'a String>,
) -> Result<BTreeSet<String>> {
    let by_digest: BTreeMap<String, &String> = emails.into_iter().map(|email| (key.digest(email), email)).collect();
    let erased = tx.erasures(account, by_digest.keys()).await?;
    Ok(erased.keys().filter_map(|digest| by_digest.get(digest)).map(|email| (*email).clone()).collect())
}

/// Deliveries without the emails of those who were erased; as they are where nobody was.
///
/// # Errors
/// The database is not available.
pub(in crate::app) async fn forgotten<'a>(
    tx: &mut Tx,
    row: &LedgerRow,
    key: &PersonKey,
    group: &'a [Delivery],
) -> Result<Cow<'a, [Delivery]>> {
    if row.erasures == 0 {
        return Ok(Cow::Borrowed(group));
    }
    let emails: BTreeSet<&String> = group.iter().flat_map(facts).filter_map(emails_of).flat_map(Seen::keys).collect();
    let erased = erased_among(tx, key, &row.ledger.account, emails).await?;
    if erased.is_empty() {
        return Ok(Cow::Borrowed(group));
    }
    let mut group = group.to_vec();
    for delivery in &mut group {
        if let Content::Facts(facts) = &mut delivery.content {
            for fact in facts {
                forget(fact, &erased);
            }
        }
    }
    Ok(Cow::Owned(group))
}

fn facts(delivery: &Delivery) -> &[Fact] {
    match &delivery.content {
        Content::Facts(facts) => facts,
        Content::Ignored(..) => &[],
    }
}

fn emails_of(fact: &Fact) -> Option<&Seen<String>> {
    match fact {
        Fact::Charge(charge) => Some(&charge.emails),
        Fact::Customer(customer) => Some(&customer.emails),
        Fact::Checkout(checkout) => Some(&checkout.emails),
        Fact::Refund(_) | Fact::Dispute(_) => None,
    }
}

fn forget(fact: &mut Fact, erased: &BTreeSet<String>) {
    let emails = match fact {
        Fact::Charge(charge) => &mut charge.emails,
        Fact::Customer(customer) => &mut customer.emails,
        Fact::Checkout(checkout) => &mut checkout.emails,
        Fact::Refund(_) | Fact::Dispute(_) => return,
    };
    emails.retain(|email, _| !erased.contains(email));
}
