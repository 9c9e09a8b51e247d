//! Referrals: registered, read, changed and found.

use super::audit::note;
use super::batch::Batch;
use super::campaigns::check_etag;
use super::erasure::refuse_erased;
use super::error::{Error, Result};
use super::load::around_claims;
use super::requests::{Repeatable, earlier, keep};
use super::{App, Caller, Page, campaigns, customers};
use crate::clock::random;
use crate::domain::audit::{Subject, SubjectKind, person_changes};
use crate::domain::campaign::{Campaign, State};
use crate::domain::customer::CustomerSync;
use crate::domain::email::Email;
use crate::domain::event::Cause;
use crate::domain::id::{CampaignId, ReferralId, ReferrerId};
use crate::domain::qualification::UNDECIDED;
use crate::domain::referral::{Person, Referral, Referrer};
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};
use crate::store::{LedgerRow, ReferralFilter, ReferrerFilter, Tx};

/// The most referrals that a search answers.
pub const FOUND_MAX: u32 = 100;

/// Who brought somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A referrer, by id.
    Id(ReferrerId),
    /// A referrer, by code.
    Code(String),
}

/// Somebody to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// By whom.
    pub referrer: By,
    /// Who.
    pub person: Person,
    /// When; now where nothing is said.
    pub registered_at: Option<Time>,
}

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// The person invited.
    Email(Email),
    /// A customer of the payment source.
    Customer(String),
    /// The code of a referrer.
    Code(String),
}

impl App {
    /// Registers an invited person, and decides at once with what is known.
    pub async fn create_referral(
        &self,
        caller: &Caller,
        registration: Registration,
        repeatable: &Repeatable,
    ) -> Result<Enrolled> {
        let campaign_id = registration.campaign_id;
        let ledger = self.campaign(caller, campaign_id).await?.ledger;
        let now = self.clock.now();
        let registered_at = registered_at(registration.registered_at, now)?;
        let mut tx = self.store.write().await?;
        let row = tx.lock_ledger(&ledger).await?.ok_or_else(|| campaigns::not_found(campaign_id))?;
        let campaign = tx.campaign(campaign_id).await?.ok_or_else(|| campaigns::not_found(campaign_id))?;
        let request = repeatable.of(&ledger.account, "CreateReferral");
        if let Some(id) = earlier(&mut tx, request.as_ref(), ReferralId::parse).await? {
            return stored(&mut tx, id).await;
        }
        let referrer = referrer(&mut tx, &ledger.account, &registration.referrer).await?;
        if let Some(since) = referrer.erased_at {
            return Err(Error::PersonErased(since));
        }
        if row.erasures > 0 {
            refuse_erased(self, &mut tx, &ledger.account, &registration.person.email).await?;
        }
        let enrolled = if let Some(known) = known(&mut tx, &registration, &referrer).await? {
            known
        } else {
            check_open(&campaign, registered_at)?;
            let mut new = enroll(&campaign, &referrer, registration.person, registered_at, now);
            if self.stripe.of(&ledger).is_some() && new.may_qualify() {
                new.referral.customer_sync = CustomerSync::Pending;
                tx.add_jobs(row.id, &[customers::wanted(new.referral.id, now)]).await?;
            }
            let enrolled = insert(&mut tx, &row, new, caller.cause(), now).await?;
            note(&mut tx, caller, subject(enrolled.referral.id, &row), &[], now).await?;
            enrolled
        };
        keep(&mut tx, request.as_ref(), &enrolled.referral.id.to_string(), now).await?;
        tx.commit().await?;
        self.jobs_wanted.notify_one();
        Ok(enrolled)
    }

    /// Reads a referral.
    pub async fn referral(&self, caller: &Caller, id: ReferralId) -> Result<Enrolled> {
        let (enrolled, account) = self.store.referral(id).await?.ok_or_else(|| not_found(id))?;
        caller.touches(&account, "referral", id)?;
        Ok(enrolled)
    }

    /// Lists referrals, the oldest first, with the token of the next page.
    pub async fn referrals(
        &self,
        caller: &Caller,
        filter: ReferralFilter,
        page: &Page,
    ) -> Result<(Vec<Enrolled>, String)> {
        let filter = ReferralFilter { account: caller.account.clone(), ..filter };
        let after = page.after(ReferralId::parse)?;
        let referrals = self.store.referrals(&filter, after, page.limit()).await?;
        Ok(page.cut(referrals, |enrolled| enrolled.referral.id.to_string()))
    }

    /// Changes the person by a function of what is known of them; the email stays.
    pub async fn update_referral(
        &self,
        caller: &Caller,
        id: ReferralId,
        etag: &str,
        edit: impl FnOnce(Person) -> Result<Person>,
    ) -> Result<Enrolled> {
        self.referral(caller, id).await?;
        let mut tx = self.store.write().await?;
        let (row, before) = locked(&mut tx, id).await?;
        check_etag("referral", etag, before.referral.revision)?;
        check_not_erased(&before.referral)?;
        let person = Person { email: before.referral.person.email.clone(), ..edit(before.referral.person.clone())? };
        if person == before.referral.person {
            return Ok(before);
        }
        let now = self.clock.now();
        // No name or number is asked for by a decision, so no facts are either.
        let mut batch = Batch::new(World::default(), caller.cause(), now);
        let revision = before.referral.revision + 1;
        let referral = Referral { person, revision, updated_at: now, ..before.referral.clone() };
        let after = Enrolled { referral, ..before.clone() };
        batch.replace(&before, after.clone());
        batch.write(&mut tx, &row).await?;
        let changed = person_changes(&before.referral.person, &after.referral.person);
        note(&mut tx, caller, subject(id, &row), &changed, now).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Finds referrals in all campaigns that the caller may see.
    pub async fn find_referrals(&self, caller: &Caller, search: Search) -> Result<Vec<Enrolled>> {
        let mut found = Vec::new();
        for filter in self.filters(caller, search).await? {
            let filter = ReferralFilter { account: caller.account.clone(), ..filter };
            found.extend(self.store.referrals(&filter, None, FOUND_MAX).await?);
        }
        found.sort_by_key(|enrolled| enrolled.referral.id);
        found.dedup_by_key(|enrolled| enrolled.referral.id);
        found.truncate(FOUND_MAX as usize);
        Ok(found)
    }

    async fn filters(&self, caller: &Caller, search: Search) -> Result<Vec<ReferralFilter>> {
        let by_email = |email: String| ReferralFilter { email: Some(email), ..ReferralFilter::default() };
        let by_value = |value: String| match ReferralId::parse(&value) {
            Ok(id) => ReferralFilter { id: Some(id), ..ReferralFilter::default() },
            Err(_) => by_email(value),
        };
        match search {
            Search::Email(email) => Ok(vec![by_email(email.identity().to_owned())]),
            Search::Customer(id) => {
                let seen = self.store.identities_of_customer(&id, caller.account.as_deref()).await?;
                Ok(seen.into_iter().map(by_value).collect())
            }
            Search::Code(code) => {
                let filter = ReferrerFilter { account: caller.account.clone(), code: Some(code), email: None };
                let referrers = self.store.referrers(&filter, None, FOUND_MAX).await?;
                let of =
                    |referrer: Referrer| ReferralFilter { referrer_id: Some(referrer.id), ..ReferralFilter::default() };
                Ok(referrers.into_iter().map(of).collect())
            }
        }
    }
}

/// Payment sources have whole seconds, so a registration has too.
fn registered_at(asked: Option<Time>, now: Time) -> Result<Time> {
    let at = asked.unwrap_or(now).floor_to_second();
    if at > now {
        let problem = "lies in the future, and must be now or in the past".to_owned();
        return Err(Error::Invalid(vec![("registered_at".to_owned(), problem)]));
    }
    Ok(at)
}

async fn referrer(tx: &mut Tx, account: &str, by: &By) -> Result<Referrer> {
    let (found, name) = match by {
        By::Id(id) => (tx.referrer(*id).await?, id.to_string()),
        By::Code(code) => (tx.referrer_by_code(account, code).await?, code.clone()),
    };
    let of_account = found.filter(|referrer| referrer.account == account);
    of_account.ok_or(Error::NotFound { kind: "referrer", name })
}

/// The referral of this person, where the same referrer brought them before.
async fn known(tx: &mut Tx, registration: &Registration, referrer: &Referrer) -> Result<Option<Enrolled>> {
    let email = registration.person.email.identity();
    match tx.referral_by_email(registration.campaign_id, email).await? {
        Some(known) if known.referral.referrer_id != referrer.id => {
            let name = known.referral.id.to_string();
            Err(Error::AlreadyExists { kind: "referral", name, unique: "email" })
        }
        known => Ok(known),
    }
}

fn check_open(campaign: &Campaign, registered_at: Time) -> Result<()> {
    if campaign.state != State::Live {
        return Err(Error::CampaignState { state: campaign.state, needed: vec![State::Live] });
    }
    if campaign.is_open_at(registered_at) { Ok(()) } else { Err(Error::CampaignClosed) }
}

fn enroll(campaign: &Campaign, referrer: &Referrer, person: Person, registered_at: Time, now: Time) -> Enrolled {
    let rule = campaign.settings.rule.clone();
    let referral = Referral {
        id: ReferralId::new(now, random()),
        campaign_id: campaign.id,
        referrer_id: referrer.id,
        self_referral: person.email.same_person(&referrer.person.email),
        person,
        registered_at,
        rule_version: campaign.rule_version,
        erased: None,
        is_referrer_erased: false,
        manual: None,
        customer_sync: CustomerSync::NotNeeded,
        customer: None,
        decision: UNDECIDED,
        decide_at: Some(rule.window_end(registered_at)),
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    Enrolled { referral, rule, decides: campaign.decides() }
}

/// Inserts a new referral, and decides it and those that it takes a payment from.
async fn insert(tx: &mut Tx, row: &LedgerRow, new: Enrolled, cause: Cause, now: Time) -> Result<Enrolled> {
    let id = new.referral.id;
    tx.add_referral(row.id, &new.referral).await?;
    let world = around_claims(tx, row.id, new.clone(), &[]).await?;
    let mut batch = Batch::new(world, cause, now);
    batch.registered(&new);
    let concerned = batch.rivals(id);
    batch.decide(concerned);
    batch.settle(id);
    let decided = batch.referral(id).cloned().unwrap_or(new);
    batch.write(tx, row).await?;
    Ok(decided)
}

/// A referral, as the audit log names it.
pub(super) fn subject(id: ReferralId, row: &LedgerRow) -> Subject {
    Subject::of_ledger(SubjectKind::Referral, id, &row.ledger)
}

pub(super) fn not_found(id: ReferralId) -> Error {
    Error::NotFound { kind: "referral", name: id.to_string() }
}

async fn stored(tx: &mut Tx, id: ReferralId) -> Result<Enrolled> {
    tx.referral(id).await?.ok_or_else(|| not_found(id))
}

/// Refuses to change a referral whose person was erased.
pub(super) fn check_not_erased(referral: &Referral) -> Result<()> {
    match &referral.erased {
        Some(erased) => Err(Error::Erased { kind: "referral", since: erased.at }),
        None => Ok(()),
    }
}

/// Locks the ledger of a referral, and reads the referral after that.
pub(super) async fn locked(tx: &mut Tx, id: ReferralId) -> Result<(LedgerRow, Enrolled)> {
    let ledger = tx.ledger_of_referral(id).await?.ok_or_else(|| not_found(id))?;
    let row = tx.lock_ledger_by_id(ledger).await?;
    Ok((row, stored(tx, id).await?))
}
