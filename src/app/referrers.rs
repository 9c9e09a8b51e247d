//! Referrers: made, read and changed.

use std::sync::Arc;

use super::audit::note;
use super::campaigns::check_etag;
use super::erasure::refuse_erased;
use super::error::{Error, Result};
use super::requests::{Repeatable, earlier, keep};
use super::rewards::look_again;
use super::{App, Caller, Page, accounts};
use crate::clock::random;
use crate::domain::audit::{Subject, SubjectKind, person_changes};
use crate::domain::id::ReferrerId;
use crate::domain::referral::{Person, Referrer, random_code};
use crate::store::{ReferrerFilter, Tx};

impl App {
    /// Makes a referrer; without a code it gets one.
    pub async fn create_referrer(
        &self,
        caller: &Caller,
        account: String,
        person: Person,
        code: Option<String>,
        repeatable: &Repeatable,
    ) -> Result<Referrer> {
        caller.touches(&account, "account", &account)?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        tx.add_account(&account, now).await?;
        tx.lock_account(&account).await?;
        let request = repeatable.of(&account, "CreateReferrer");
        if let Some(id) = earlier(&mut tx, request.as_ref(), ReferrerId::parse).await? {
            return stored(&mut tx, id).await;
        }
        refuse_erased(self, &mut tx, &account, &person.email).await?;
        let id = ReferrerId::new(now, random());
        let code = code.unwrap_or_else(|| random_code(random()));
        let referrer =
            Referrer { id, account, code, person, erased_at: None, revision: 1, created_at: now, updated_at: now };
        if !tx.add_referrer(&referrer).await? {
            // It may be the same call that was a moment faster, for no ledger is locked here.
            if let Some(id) = earlier(&mut tx, request.as_ref(), ReferrerId::parse).await? {
                return stored(&mut tx, id).await;
            }
            return Err(taken(&mut tx, &referrer).await?);
        }
        keep(&mut tx, request.as_ref(), &id.to_string(), now).await?;
        note(&mut tx, caller, subject(&referrer), &[], now).await?;
        tx.commit().await?;
        Ok(referrer)
    }

    /// Reads a referrer.
    pub async fn referrer(&self, caller: &Caller, id: ReferrerId) -> Result<Referrer> {
        let referrer = self.store.referrer(id).await?.ok_or_else(|| not_found(id))?;
        caller.touches(&referrer.account, "referrer", id)?;
        Ok(referrer)
    }

    /// Lists referrers, the oldest first, with the token of the next page.
    pub async fn referrers(
        &self,
        caller: &Caller,
        mut filter: ReferrerFilter,
        page: &Page,
    ) -> Result<(Vec<Referrer>, String)> {
        let Some(account) = caller.account_filter(filter.account.take()) else { return Ok((vec![], String::new())) };
        filter.account = account;
        let after = page.after(ReferrerId::parse)?;
        let referrers = self.store.referrers(&filter, after, page.limit()).await?;
        Ok(page.cut(referrers, |referrer| referrer.id.to_string()))
    }

    /// Changes the person by a function of what is known of them.
    pub async fn update_referrer(
        &self,
        caller: &Caller,
        id: ReferrerId,
        etag: &str,
        edit: impl FnOnce(Person) -> Result<Person>,
    ) -> Result<Referrer> {
        let account = self.referrer(caller, id).await?.account;
        let mut tx = self.store.write().await?;
        let locked = accounts::lock_whole(&mut tx, vec![account.clone()]).await?;
        let referrer = stored(&mut tx, id).await?;
        check_etag("referrer", etag, referrer.revision)?;
        if let Some(since) = referrer.erased_at {
            return Err(Error::Erased { kind: "referrer", since });
        }
        let person = edit(referrer.person.clone())?;
        refuse_erased(self, &mut tx, &account, &person.email).await?;
        let known = tx.referrer_by_email(&referrer.account, person.email.identity()).await?;
        if let Some(other) = known.filter(|other| other.id != id) {
            return Err(already_exists(&other, "email"));
        }
        let (revision, now) = (referrer.revision + 1, self.clock.now());
        let names = person_changes(&referrer.person, &person);
        let has_other_email = referrer.person.email.identity() != person.email.identity();
        let changed = Referrer { person, revision, updated_at: now, ..referrer };
        if !tx.update_referrer(&changed).await? {
            let current = stored(&mut tx, id).await?.revision.to_string();
            return Err(Error::EtagMismatch { kind: "referrer", given: etag.to_owned(), current });
        }
        if has_other_email {
            for row in locked.iter().flat_map(|(_, ledgers)| ledgers) {
                look_again(&mut tx, row, id, Arc::new(caller.cause()), now).await?;
            }
        }
        note(&mut tx, caller, subject(&changed), &names, now).await?;
        tx.commit().await?;
        self.jobs_wanted.notify_one();
        Ok(changed)
    }
}

fn subject(referrer: &Referrer) -> Subject {
    Subject::of_account(SubjectKind::Referrer, referrer.id, Some(&referrer.account))
}

/// Which of the things that must be unique is taken, and by whom.
async fn taken(tx: &mut Tx, referrer: &Referrer) -> Result<Error> {
    let by_email = tx.referrer_by_email(&referrer.account, referrer.person.email.identity()).await?;
    if let Some(other) = by_email {
        return Ok(already_exists(&other, "email"));
    }
    let by_code = tx.referrer_by_code(&referrer.account, &referrer.code).await?;
    Ok(by_code.map_or(Error::StoreUnavailable, |other| already_exists(&other, "code")))
}

fn already_exists(other: &Referrer, unique: &'static str) -> Error {
    Error::AlreadyExists { kind: "referrer", name: other.id.to_string(), unique }
}

pub(super) fn not_found(id: ReferrerId) -> Error {
    Error::NotFound { kind: "referrer", name: id.to_string() }
}

async fn stored(tx: &mut Tx, id: ReferrerId) -> Result<Referrer> {
    tx.referrer(id).await?.ok_or_else(|| not_found(id))
}
