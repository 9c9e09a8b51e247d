//! The customers of a page as people: facts of theirs, and the referrers that they are or become.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::erasure::erased_among;
use crate::app::error::{Error, Result};
use crate::app::seal::PersonKey;
use crate::clock::random;
use crate::domain::customer::tag;
use crate::domain::email::Email;
use crate::domain::fact::{Customer, Fact};
use crate::domain::id::ReferrerId;
use crate::domain::referral::{Person, Referrer, random_code};
use crate::domain::referrer_sync::{Listed, Referrers, Skipped, names};
use crate::domain::text::{CustomFields, LINE_MAX, optional_line};
use crate::domain::time::Time;
use crate::store::Tx;
use crate::stripe::client::ListedCustomer;

/// The people of a page.
pub(super) fn identities(listed: &[Listed]) -> BTreeSet<String> {
    let emails = listed.iter().filter_map(|listed| listed.email.as_ref().ok());
    emails.map(|email| email.identity().to_owned()).collect()
}

/// Treats those who were erased as customers without an email: nobody takes them in.
pub(super) async fn forget_erased(tx: &mut Tx, key: &PersonKey, account: &str, listed: &mut [Listed]) -> Result<()> {
    let erased = erased_among(tx, key, account, &identities(listed)).await?;
    let is_erased = |email: &Email| erased.contains(email.identity());
    for one in listed.iter_mut().filter(|one| one.email.as_ref().is_ok_and(is_erased)) {
        one.email = Err(Skipped::NoEmail);
    }
    Ok(())
}

/// The codes of referrers by their email identity.
pub(super) fn codes(referrers: Vec<Referrer>) -> BTreeMap<String, String> {
    let code = |referrer: Referrer| (referrer.person.email.identity().to_owned(), referrer.code);
    referrers.into_iter().map(code).collect()
}

/// Makes those people referrers who are none.
pub(super) async fn referrers(
    tx: &mut Tx,
    account: &str,
    customers: &[ListedCustomer],
    listed: &[Listed],
    now: Time,
) -> Result<Referrers> {
    let identities = identities(listed);
    let known = codes(tx.referrers_by_email(account, &identities).await?);
    let mut new: BTreeMap<&str, Referrer> = BTreeMap::new();
    for (customer, listed) in customers.iter().zip(listed) {
        if let Ok(email) = &listed.email
            && !known.contains_key(email.identity())
        {
            new.entry(email.identity()).or_insert_with(|| referrer(account, email, customer, now));
        }
    }
    let new: Vec<Referrer> = new.into_values().collect();
    if new.is_empty() {
        return Ok(Referrers { codes: known, made: BTreeSet::new() });
    }
    tx.add_referrers(&new).await?;
    // Somebody else may have made one of them a moment before.
    let stand = tx.referrers_by_email(account, &identities).await?;
    let own: BTreeSet<ReferrerId> = new.iter().map(|referrer| referrer.id).collect();
    let made = stand.iter().filter(|referrer| own.contains(&referrer.id));
    let made = made.map(|referrer| referrer.person.email.identity().to_owned()).collect();
    let codes = codes(stand);
    // Only a code that was taken can have kept anybody out.
    if codes.len() < identities.len() { Err(Error::StoreUnavailable) } else { Ok(Referrers { codes, made }) }
}

/// A customer as a referrer.
fn referrer(account: &str, email: &Email, customer: &ListedCustomer, now: Time) -> Referrer {
    let (first_name, last_name) = customer.name.as_deref().map(names).unwrap_or_default();
    let fitting = |name: Option<String>| name.filter(|name| optional_line(name, LINE_MAX).is_ok());
    let person = Person {
        email: email.clone(),
        first_name: fitting(first_name),
        last_name: fitting(last_name),
        phone: None,
        custom: CustomFields::new(),
    };
    let (id, code) = (ReferrerId::new(now, random()), random_code(random()));
    Referrer {
        id,
        account: account.to_owned(),
        code,
        person,
        erased_at: None,
        revision: 1,
        created_at: now,
        updated_at: now,
    }
}

/// What a customer of the list says, seen now.
pub(super) fn fact(customer: &ListedCustomer, listed: &Listed, now: Time) -> Fact {
    let at = now.floor_to_second();
    let email = listed.email.as_ref().ok().map(|email| (email.identity().to_owned(), at));
    Fact::Customer(Customer {
        created_at: customer.created_at,
        deleted: customer.deleted,
        emails: email.into_iter().collect(),
        referrals: tag(&customer.metadata).map(|id| (id, at)).into_iter().collect(),
        ..Customer::unknown(&customer.id)
    })
}
