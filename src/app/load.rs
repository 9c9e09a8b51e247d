//! Loads the part of a ledger that some facts or referrals concern, in a fixed number of queries however many there
//! are: from the objects to who may claim them, from there to every payment these may claim, and to their rivals.

use std::collections::BTreeSet;

use crate::domain::fact::{Charge, Checkout, Fact, ObjectKind, Seen};
use crate::domain::id::ReferralId;
use crate::domain::referral::Referral;
use crate::domain::spend::FOREVER;
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};
use crate::store::{By, Object, Result, Tx};

/// A set of names that remembers which were asked for.
#[derive(Default)]
struct Asked(BTreeSet<String>);

impl Asked {
    /// Those that were not asked for before.
    fn new_of(&mut self, names: impl IntoIterator<Item = String>) -> Vec<String> {
        names.into_iter().filter(|name| self.0.insert(name.clone())).collect()
    }
}

/// The names that lead from what is loaded to what is next.
#[derive(Default)]
struct Reach {
    intents: BTreeSet<String>,
    customers: BTreeSet<String>,
    values: BTreeSet<String>,
}

struct Loader<'t> {
    tx: &'t mut Tx,
    ledger: i64,
    world: World,
    /// Loaded, but without identities yet.
    raw: Vec<Fact>,
    reach: Reach,
    /// The charges that the facts are about: refunds of one that is new may be older than it.
    charges: BTreeSet<String>,
    customers: Asked,
    payer_intents: Asked,
    payer_customers: Asked,
    claimants: Asked,
    campaigns: Asked,
}

/// Everything that decides the referrals which these facts concern: whoever has a claim on a payment that the facts say
/// something about, whenever it was made, with all their payments.
///
/// # Errors
/// The database is not available.
pub(super) async fn around_facts<'a>(
    tx: &mut Tx,
    ledger: i64,
    facts: impl Iterator<Item = &'a Fact> + Clone,
) -> Result<World> {
    let mut loader = Loader::new(tx, ledger);
    for fact in facts.clone() {
        loader.reach.add(fact);
    }
    loader.touched(facts).await?;
    loader.surround().await?;
    let claiming = loader.claimants().await?;
    loader.reward_rules().await?;
    loader.payments_of(&claiming, loader.last_end(&claiming)).await?;
    loader.finish().await
}

/// The facts that are on record of these objects.
///
/// # Errors
/// The database is not available.
pub(super) async fn facts_of(tx: &mut Tx, ledger: i64, objects: &[(ObjectKind, String)]) -> Result<Vec<Fact>> {
    let ids = |kind: ObjectKind| -> Vec<String> {
        objects.iter().filter(|(of, _)| *of == kind).map(|(_, id)| id.clone()).collect()
    };
    let mut facts = tx.charges(ledger, By::Id, &ids(ObjectKind::Charge), FOREVER).await?;
    facts.extend(tx.refunds(ledger, By::Id, &ids(ObjectKind::Refund)).await?);
    facts.extend(tx.disputes(ledger, By::Id, &ids(ObjectKind::Dispute)).await?);
    facts.extend(tx.customers(ledger, &ids(ObjectKind::Customer)).await?);
    facts.extend(tx.checkouts(ledger, By::Id, &ids(ObjectKind::Checkout)).await?);
    Ok(facts)
}

/// Everything that decides a referral whose claims are new or may change, and those that it has a payment in common with:
/// where its claim is the stronger one, they lose that payment, even if it came too late for the referral itself. Besides,
/// whoever these facts concern.
///
/// # Errors
/// The database is not available.
pub(super) async fn around_claims(tx: &mut Tx, ledger: i64, of: Enrolled, facts: &[Fact]) -> Result<World> {
    let mut loader = Loader::new(tx, ledger);
    loader.enroll(std::slice::from_ref(&of));
    for fact in facts {
        loader.reach.add(fact);
    }
    loader.touched(facts.iter()).await?;
    loader.payments_of(&[of], FOREVER).await?;
    let rivals = loader.claimants().await?;
    loader.reward_rules().await?;
    loader.payments_of(&rivals, loader.last_end(&rivals)).await?;
    loader.finish().await
}

/// Everything that decides these referrals. Payments made from `before` on are left out; by default those that come
/// after the last of their windows.
///
/// # Errors
/// The database is not available.
pub(super) async fn around_referrals(
    tx: &mut Tx,
    ledger: i64,
    referrals: Vec<Enrolled>,
    before: Option<Time>,
) -> Result<World> {
    let mut loader = Loader::new(tx, ledger);
    loader.enroll(&referrals);
    loader.reward_rules().await?;
    loader.payments_of(&referrals, before.unwrap_or_else(|| loader.last_end(&referrals))).await?;
    loader.finish().await
}

impl<'t> Loader<'t> {
    fn new(tx: &'t mut Tx, ledger: i64) -> Self {
        Self {
            tx,
            ledger,
            world: World::default(),
            raw: Vec::new(),
            reach: Reach::default(),
            charges: BTreeSet::new(),
            customers: Asked::default(),
            payer_intents: Asked::default(),
            payer_customers: Asked::default(),
            claimants: Asked::default(),
            campaigns: Asked::default(),
        }
    }

    /// Takes referrals in. Their emails are still to be asked for: others have the same in other campaigns.
    fn enroll(&mut self, referrals: &[Enrolled]) {
        for enrolled in referrals {
            self.world.enroll(enrolled.clone());
        }
    }

    /// The rivals for the payments loaded, who are only compared with, and what was taken from these payments.
    async fn finish(mut self) -> Result<World> {
        self.claimants().await?;
        self.reward_rules().await?;
        self.taken_from_charges().await?;
        Ok(self.world)
    }

    /// The objects themselves, and every charge that they say something about: that a refund or dispute takes from, or
    /// that is a customer's or was paid by a checkout.
    async fn touched<'a>(&mut self, facts: impl Iterator<Item = &'a Fact> + Clone) -> Result<()> {
        let ids = |pick: fn(&Fact) -> bool| -> Vec<String> {
            facts.clone().filter(|fact| pick(fact)).map(|fact| fact.id().to_owned()).collect()
        };
        let refunds = self.tx.refunds(self.ledger, By::Id, &ids(|fact| matches!(fact, Fact::Refund(_)))).await?;
        let disputes = self.tx.disputes(self.ledger, By::Id, &ids(|fact| matches!(fact, Fact::Dispute(_)))).await?;
        let mut charges = ids(|fact| matches!(fact, Fact::Charge(_)));
        charges.extend(facts.clone().filter_map(charge_of).cloned());
        charges.extend(refunds.iter().chain(&disputes).filter_map(charge_of).cloned());
        let customers = self.customers.new_of(ids(|fact| matches!(fact, Fact::Customer(_))));
        let checkouts = ids(|fact| matches!(fact, Fact::Checkout(_)));
        self.raw.extend(refunds.into_iter().chain(disputes));
        self.load_charges(By::Id, &charges, FOREVER).await?;
        self.charges.extend(charges);
        let loaded = self.tx.customers(self.ledger, &customers).await?;
        self.raw.extend(loaded);
        self.load_checkouts(By::Id, &checkouts).await?;
        let mut payers = Reach::default();
        facts.for_each(|fact| payers.add_payer(fact));
        self.raw.iter().for_each(|fact| payers.add_payer(fact));
        self.load_charges(By::Intent, &payers.intents, FOREVER).await?;
        self.load_charges(By::Customer, &payers.customers, FOREVER).await
    }

    /// What speaks for the owners of the charges loaded: their customers, and the checkouts of both.
    async fn surround(&mut self) -> Result<()> {
        for fact in &self.raw {
            self.reach.add(fact);
        }
        let intents = self.payer_intents.new_of(self.reach.intents.iter().cloned());
        let customers = self.payer_customers.new_of(self.reach.customers.iter().cloned());
        self.load_checkouts(By::Intent, &intents).await?;
        self.load_checkouts(By::Customer, &customers).await?;
        let customers = self.customers.new_of(customers);
        let loaded = self.tx.customers(self.ledger, &customers).await?;
        self.raw.extend(loaded);
        self.settle().await
    }

    /// Gives what was loaded its identities, and takes it in.
    async fn settle(&mut self) -> Result<()> {
        let mut raw = std::mem::take(&mut self.raw);
        let named = raw.iter().filter(|fact| !matches!(fact, Fact::Refund(_) | Fact::Dispute(_)));
        let ids: BTreeSet<String> = named.map(|fact| fact.id().to_owned()).collect();
        let identities = self.tx.identities_of(self.ledger, &ids).await?;
        let mut positions = std::collections::HashMap::new();
        for (position, fact) in raw.iter().enumerate() {
            positions.insert((object_of(fact), fact.id().to_owned()), position);
        }
        for identity in identities {
            if let Some(position) = positions.get(&(Some(identity.object), identity.object_id.clone())) {
                identity.attach(&mut raw[*position]);
            }
        }
        for fact in &raw {
            self.reach.add(fact);
            self.world.merge(fact);
        }
        Ok(())
    }

    /// The referrals that may claim what was loaded, so far as they are new.
    async fn claimants(&mut self) -> Result<Vec<Enrolled>> {
        let values = self.claimants.new_of(std::mem::take(&mut self.reach.values));
        let (ids, emails): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| ReferralId::parse(value).is_ok());
        let mut found = self.tx.referrals_by_id(self.ledger, &ids).await?;
        found.extend(self.tx.referrals_by_email(self.ledger, &emails).await?);
        found.retain(|enrolled| self.world.referral(enrolled.referral.id).is_none());
        for enrolled in &found {
            self.world.enroll(enrolled.clone());
        }
        Ok(found)
    }

    /// By what the campaigns of the referrals loaded reward them.
    async fn reward_rules(&mut self) -> Result<()> {
        let campaigns = self.world.referrals().map(|enrolled| enrolled.referral.campaign_id.to_string());
        let campaigns = self.campaigns.new_of(campaigns.collect::<BTreeSet<_>>());
        for (campaign, rules) in self.tx.reward_rules(&campaigns).await? {
            self.world.reward_by(campaign, rules);
        }
        Ok(())
    }

    /// No payment from here on counts for any of these referrals, or is rewarded.
    fn last_end(&self, referrals: &[Enrolled]) -> Time {
        let end = |enrolled: &Enrolled| {
            let Referral { campaign_id, registered_at, .. } = enrolled.referral;
            let rules = self.world.reward_rules(campaign_id);
            let recurring = rules.iter().any(|rule| rule.terms.is_recurring());
            if recurring { FOREVER } else { enrolled.rule.window_end(registered_at) }
        };
        referrals.iter().map(end).max().unwrap_or(FOREVER)
    }

    /// Every payment made before a time that these referrals may claim, with what speaks for its owner: what was seen
    /// with them, and what belongs to a checkout or customer that was.
    async fn payments_of(&mut self, referrals: &[Enrolled], before: Time) -> Result<()> {
        if referrals.is_empty() {
            return Ok(());
        }
        let values: BTreeSet<String> = referrals.iter().flat_map(values_of).collect();
        let seen = self.tx.identities_with(self.ledger, &values).await?;
        let ids = |object: Object| -> Vec<String> {
            seen.iter().filter(|known| known.object == object).map(|known| known.object_id.clone()).collect()
        };
        self.load_checkouts(By::Id, &ids(Object::Checkout)).await?;
        let mut claimed = Reach::default();
        self.raw.iter().for_each(|checkout| claimed.add_payer(checkout));
        claimed.customers.extend(ids(Object::Customer));
        self.load_charges(By::Id, &ids(Object::Charge), before).await?;
        self.load_charges(By::Intent, &claimed.intents, before).await?;
        self.load_charges(By::Customer, &claimed.customers, before).await?;
        self.reach.customers.extend(claimed.customers);
        self.surround().await
    }

    async fn taken_from_charges(&mut self) -> Result<()> {
        let mut charges = self.world.charge_ids();
        charges.append(&mut self.charges);
        let refunds = self.tx.refunds(self.ledger, By::Charge, &charges).await?;
        let disputes = self.tx.disputes(self.ledger, By::Charge, &charges).await?;
        for fact in refunds.iter().chain(&disputes) {
            self.world.merge(fact);
        }
        Ok(())
    }

    async fn load_charges(&mut self, by: By, names: impl IntoIterator<Item = &String>, before: Time) -> Result<()> {
        let loaded = self.tx.charges(self.ledger, by, names, before).await?;
        self.raw.extend(loaded);
        Ok(())
    }

    async fn load_checkouts(&mut self, by: By, names: &[String]) -> Result<()> {
        let loaded = self.tx.checkouts(self.ledger, by, names).await?;
        self.raw.extend(loaded);
        Ok(())
    }
}

impl Reach {
    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::Charge(Charge { customer_id, payment_intent_id, emails, referrals, .. }) => {
                self.payers(payment_intent_id.as_ref(), customer_id.as_ref());
                self.seen(emails, referrals);
            }
            Fact::Checkout(Checkout { customer_id, payment_intent_id, emails, referrals, references, .. }) => {
                self.payers(payment_intent_id.as_ref(), customer_id.as_ref());
                self.seen(emails, referrals);
                self.values.extend(references.keys().map(ToString::to_string));
            }
            Fact::Customer(customer) => {
                self.payers(None, Some(&customer.id));
                self.seen(&customer.emails, &customer.referrals);
                self.values.extend(customer.linked.keys().chain(customer.created_for.keys()).map(ToString::to_string));
            }
            Fact::Refund(_) | Fact::Dispute(_) => {}
        }
    }

    /// What leads to the charges of a customer or checkout.
    fn add_payer(&mut self, fact: &Fact) {
        if matches!(fact, Fact::Customer(_) | Fact::Checkout(_)) {
            self.add(fact);
        }
    }

    fn payers(&mut self, intent: Option<&String>, customer: Option<&String>) {
        self.intents.extend(intent.cloned());
        self.customers.extend(customer.cloned());
    }

    fn seen(&mut self, emails: &Seen<String>, referrals: &Seen<ReferralId>) {
        self.values.extend(emails.keys().cloned());
        self.values.extend(referrals.keys().map(ToString::to_string));
    }
}

/// By what a referral is known to objects.
fn values_of(enrolled: &Enrolled) -> [String; 2] {
    [enrolled.referral.id.to_string(), enrolled.referral.person.email.identity().to_owned()]
}

fn charge_of(fact: &Fact) -> Option<&String> {
    match fact {
        Fact::Refund(refund) => refund.charge_id.as_ref(),
        Fact::Dispute(dispute) => dispute.charge_id.as_ref(),
        _ => None,
    }
}

fn object_of(fact: &Fact) -> Option<Object> {
    match fact {
        Fact::Charge(_) => Some(Object::Charge),
        Fact::Customer(_) => Some(Object::Customer),
        Fact::Checkout(_) => Some(Object::Checkout),
        Fact::Refund(_) | Fact::Dispute(_) => None,
    }
}
