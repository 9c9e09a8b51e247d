//! The customer step of a referral: looks the person up at Stripe, and creates or updates their customer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::plan::{self, Plan};
use super::{Claimed, Stop, Tried, held};
use crate::app::App;
use crate::app::batch::Batch;
use crate::app::error::{Error, Result};
use crate::app::load::around_claims;
use crate::domain::customer::{CustomerSync, Fields, Found, LinkedCustomer, Step, step, tag};
use crate::domain::email::Email;
use crate::domain::event::Cause;
use crate::domain::fact::{Customer, Fact, Seen};
use crate::domain::id::ReferralId;
use crate::domain::job::Job;
use crate::domain::referral::Referral;
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};
use crate::store::{LedgerRow, Tx};
use crate::stripe::client as stripe;

/// What is sent for a referral.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "SCREAMING_SNAKE_CASE")]
enum Request {
    /// Changes this customer.
    Update {
        customer_id: String,
        #[serde(with = "FieldsText")]
        fields: Fields,
    },
    /// Makes one.
    Create {
        only: bool,
        #[serde(with = "FieldsText")]
        fields: Fields,
    },
}

/// [`Fields`] as a plan holds them.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Fields")]
struct FieldsText {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    description: Option<String>,
    metadata: BTreeMap<String, String>,
}

/// A customer that is now the referral's.
struct Own {
    customer: stripe::Customer,
    /// Whether we created it.
    created: bool,
    /// Whether no other customer's spend counts.
    only: bool,
}

impl App {
    /// Tries the step once.
    pub(super) async fn customer_job(&self, claimed: &mut Claimed) -> Tried {
        let plan = match plan::resume(&mut claimed.job)? {
            Some(plan) => plan,
            None if self.look_up(claimed).await? => return Ok(()),
            None => plan::read(&claimed.job)?.ok_or(Stop::Lost)?,
        };
        let own = self.send(claimed, plan).await?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let row = held(&mut tx, claimed).await?;
        let enrolled = subject(&mut tx, &claimed.job).await?;
        let fact = seen(&own.customer, &enrolled.referral, now);
        let world = around_claims(&mut tx, row.id, enrolled.clone(), std::slice::from_ref(&fact)).await?;
        let mut batch = Batch::new(world, Cause::Job(claimed.job.id), now);
        batch.take(&[fact]);
        finish(&mut batch, &enrolled.referral, Some(own), now);
        batch.write(&mut tx, &row).await?;
        tx.end_job(&claimed.job).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Asks Stripe who has the email, records it, and decides what is sent; true where that is nothing, and the job is
    /// done.
    async fn look_up(&self, claimed: &mut Claimed) -> Tried<bool> {
        let (enrolled, _) = self.store.referral(referral_id(&claimed.job)?).await?.ok_or(Stop::Lost)?;
        let found = customers_of(&claimed.stripe, &enrolled.referral.person.email).await?;
        let now = self.clock.now();
        let facts: Vec<Fact> = found.iter().map(|customer| seen(customer, &enrolled.referral, now)).collect();
        let mut tx = self.store.write().await?;
        let row = held(&mut tx, claimed).await?;
        let enrolled = subject(&mut tx, &claimed.job).await?;
        let world = around_claims(&mut tx, row.id, enrolled.clone(), &facts).await?;
        let mut batch = Batch::new(world, Cause::Job(claimed.job.id), now);
        batch.take(&facts);
        let step = next_step(&mut tx, &batch, &enrolled, &found).await?;
        let own = found_own(&step, found, enrolled.referral.id);
        let request = if own.is_some() { None } else { request(&mut tx, &enrolled, step).await? };
        let done = request.is_none();
        if let Some(request) = request {
            plan::begin(&mut claimed.job, request, now)?;
            tx.save_job(&claimed.job).await?;
        } else {
            finish(&mut batch, &enrolled.referral, own, now);
            tx.end_job(&claimed.job).await?;
        }
        batch.write(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Sends what was planned.
    async fn send(&self, claimed: &mut Claimed, mut plan: Plan<Request>) -> Tried<Own> {
        match plan.what.clone() {
            Request::Update { customer_id, fields } => {
                if plan.is_doubtful(self.clock.now()) {
                    // To write the same again changes nothing.
                    self.renew(claimed, &mut plan).await?;
                }
                let key = plan.key("update");
                match claimed.stripe.update_customer(&customer_id, &fields, &key).await {
                    Err(failure) if failure.is_missing() => {
                        claimed.job.plan = None;
                        Err(Stop::Again(format!("the customer was deleted meanwhile: {failure}")))
                    }
                    updated => Ok(Own { customer: updated?, created: false, only: false }),
                }
            }
            Request::Create { only, fields } => {
                let customer = self.create(claimed, plan, &fields).await?;
                Ok(Own { customer, created: true, only })
            }
        }
    }

    /// Creates the customer, unless an earlier try has.
    async fn create(&self, claimed: &mut Claimed, mut plan: Plan<Request>, fields: &Fields) -> Tried<stripe::Customer> {
        if plan.is_doubtful(self.clock.now()) {
            if let Some(customer) = own_of(claimed, fields).await? {
                return Ok(customer);
            }
            self.renew(claimed, &mut plan).await?;
        }
        Ok(claimed.stripe.create_customer(fields, &plan.key("create")).await?)
    }

    /// Tells a referral that its step was given up.
    pub(super) async fn customer_failed(&self, tx: &mut Tx, row: &LedgerRow, job: &Job, why: String) -> Result<()> {
        let id = ReferralId::parse(&job.subject_id).map_err(|_| Error::Internal)?;
        let Some(before) = tx.referral(id).await? else { return Ok(()) };
        let now = self.clock.now();
        // What is outstanding stays so, and no decision asks why.
        let mut batch = Batch::new(World::default(), Cause::Job(job.id), now);
        let referral = before.referral.synced(CustomerSync::Failed(why), before.referral.customer.clone(), now);
        batch.replace(&before, Enrolled { referral, ..before.clone() });
        batch.write(tx, row).await
    }
}

/// What is done for the referral of a job, by what is known now.
async fn next_step(tx: &mut Tx, batch: &Batch, enrolled: &Enrolled, found: &[stripe::Customer]) -> Tried<Step> {
    let campaign = tx.campaign(enrolled.referral.campaign_id).await?.ok_or(Stop::Lost)?;
    let known = |customer: &stripe::Customer| {
        customer.created_at.map(|created_at| Found { id: customer.id.clone(), created_at })
    };
    let known: Vec<Found> = found.iter().filter_map(known).collect();
    Ok(step(&enrolled.rule, batch.is_existing(enrolled), &campaign.settings.mapping, &known))
}

/// The customer that needs nothing to be sent: the one to link, or one that was created for this referral by a job that
/// was given up.
fn found_own(step: &Step, found: Vec<stripe::Customer>, id: ReferralId) -> Option<Own> {
    let is_own = |customer: &stripe::Customer| match step {
        Step::Link(linked) => customer.id == *linked,
        Step::Create { .. } => tag(&customer.metadata) == Some(id),
        Step::Leave | Step::Update(_) => false,
    };
    let (created, only) = match step {
        Step::Create { only } => (true, *only),
        _ => (false, false),
    };
    found.into_iter().find(is_own).map(|customer| Own { customer, created, only })
}

/// What is sent for a step; `None` where nothing is.
async fn request(tx: &mut Tx, enrolled: &Enrolled, step: Step) -> Tried<Option<Request>> {
    let referral = &enrolled.referral;
    let campaign = tx.campaign(referral.campaign_id).await?.ok_or(Stop::Lost)?;
    let referrer = tx.referrer(referral.referrer_id).await?.ok_or(Stop::Lost)?;
    let fields = Fields::of(&campaign.settings.mapping, campaign.settings.ids_omitted, referral, &referrer);
    Ok(match step {
        Step::Leave | Step::Link(_) => None,
        Step::Update(customer_id) => Some(Request::Update { customer_id, fields }),
        Step::Create { only } => Some(Request::Create { only, fields }),
    })
}

/// Ends the step of a referral, with the customer that is its own from now on; decides it and those that it has
/// payments in common with.
fn finish(batch: &mut Batch, referral: &Referral, own: Option<Own>, now: Time) {
    let mut concerned = batch.rivals(referral.id);
    if let Some(Own { customer, created, .. }) = &own {
        let this: Seen<ReferralId> = [(referral.id, now.floor_to_second())].into();
        let (linked, created_for) = if *created { (Seen::new(), this) } else { (this, Seen::new()) };
        let fact = Fact::Customer(Customer { linked, created_for, ..Customer::unknown(&customer.id) });
        concerned.extend(batch.merge(&[fact]));
    }
    let own = own.map(|own| LinkedCustomer { id: own.customer.id, only: own.only });
    if let Some(before) = batch.referral(referral.id).cloned() {
        let referral = before.referral.synced(CustomerSync::Done, own, now);
        batch.replace(&before, Enrolled { referral, ..before.clone() });
    }
    concerned.extend(batch.rivals(referral.id));
    batch.decide(concerned);
    // What a registration earns waited for this answer, which need not have changed the decision.
    batch.settle(referral.id);
}

/// The customers who have this email as it was given, or in lower case, and are not deleted.
pub(super) async fn customers_of(stripe: &stripe::Stripe, email: &Email) -> Tried<Vec<stripe::Customer>> {
    let mut found = stripe.customers_by_email(email.original()).await?;
    if email.identity() != email.original() {
        found.extend(stripe.customers_by_email(email.identity()).await?);
    }
    found.retain(|customer| !customer.deleted);
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    Ok(found)
}

/// The customer that an earlier try created: it has the id of the referral.
async fn own_of(claimed: &mut Claimed, fields: &Fields) -> Tried<Option<stripe::Customer>> {
    let (Some(email), Some(id)) = (&fields.email, fields.metadata.get("referral_id")) else {
        let why = "Stripe did not say whether the customer was created, and it could not be recognised without its \
                   email and metadata: look for it, delete it or keep it, then retry";
        // Whoever retries has looked, so it is decided anew.
        claimed.job.plan = None;
        return Err(Stop::GiveUp(why.to_owned()));
    };
    let found = claimed.stripe.customers_by_email(email).await?;
    Ok(found.into_iter().find(|customer| customer.metadata.get("referral_id") == Some(id) && !customer.deleted))
}

/// What a customer of Stripe's says, as a fact: seen with the email of the referral that it was looked up for.
fn seen(customer: &stripe::Customer, referral: &Referral, now: Time) -> Fact {
    let at = now.floor_to_second();
    Fact::Customer(Customer {
        created_at: customer.created_at,
        emails: [(referral.person.email.identity().to_owned(), at)].into(),
        referrals: tag(&customer.metadata).map(|id| (id, at)).into_iter().collect(),
        ..Customer::unknown(&customer.id)
    })
}

fn referral_id(job: &Job) -> Tried<ReferralId> {
    ReferralId::parse(&job.subject_id).map_err(|problem| Stop::GiveUp(problem.0))
}

/// The referral that a job serves.
async fn subject(tx: &mut Tx, job: &Job) -> Tried<Enrolled> {
    tx.referral(referral_id(job)?).await?.ok_or(Stop::Lost)
}
