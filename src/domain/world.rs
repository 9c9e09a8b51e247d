//! A part of a ledger in memory: the facts around some referrals, and the referrals themselves. Facts are merged into
//! it one by one, and it tells whom each of them concerns.
//!
//! It decides rightly for every referral whose facts are all in it; `app::load` sees to that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use super::attribution::{Claim, Key, Surroundings, owner};
use super::fact::{Charge, Checkout, Customer, Dispute, Fact, ObjectKind, Refund};
use super::id::{CampaignId, ReferralId};
use super::qualification::{Case, Decision, Existing, State, decide, existing, left_since, spend_at};
use super::referral::Referral;
use super::reward::{Earner, Paid, RewardRule, Standing};
use super::rule::Rule;
use super::spend::{Ownership, Payment};
use super::time::Time;

/// A referral with what its campaign says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The referral.
    pub referral: Referral,
    /// The version of the rule that holds for it.
    pub rule: Rule,
    /// Whether its campaign decides now, or is paused.
    pub decides: bool,
}

impl Enrolled {
    /// Whether the rule may ever qualify it, so that a look at Stripe for the person is worth while.
    pub fn may_qualify(&self) -> bool {
        !self.referral.self_referral || self.rule.allows_self_referral()
    }

    /// The same referral under another version of its campaign's rule.
    #[must_use]
    pub fn under(&self, rule_version: u32, rule: Rule) -> Self {
        Self { referral: Referral { rule_version, ..self.referral.clone() }, rule, decides: self.decides }
    }

    /// Where it stands for its rewards, without its payments.
    pub fn standing(&self) -> Standing {
        let Referral { id, campaign_id, referrer_id, registered_at, decision, customer_sync, .. } = &self.referral;
        let barred = matches!(decision.state, State::Disqualified(_)) || customer_sync.is_outstanding();
        let qualified = decision.state == State::Qualified;
        Standing {
            referral_id: *id,
            campaign_id: *campaign_id,
            referrer_id: *referrer_id,
            currency: self.rule.currency,
            registered_at: (!barred).then_some(*registered_at),
            qualified_at: decision.qualified_at.filter(|_| qualified),
            payments: BTreeSet::new(),
            is_erased: self.referral.erased.is_some(),
            is_referrer_erased: self.referral.is_referrer_erased,
        }
    }
}

/// What leads from one object to another: a payment intent or a customer, by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payer {
    /// A payment intent.
    Intent(String),
    /// A customer.
    Customer(String),
}

type Index<K, V> = HashMap<K, BTreeSet<V>>;

/// Facts and referrals, and the ways between them.
#[derive(Clone, Debug, Default)]
pub struct World {
    charges: HashMap<String, Charge>,
    refunds: HashMap<String, Refund>,
    disputes: HashMap<String, Dispute>,
    customers: HashMap<String, Customer>,
    checkouts: HashMap<String, Checkout>,
    referrals: BTreeMap<ReferralId, Enrolled>,
    charges_by_payer: Index<Payer, String>,
    checkouts_by_payer: Index<Payer, String>,
    refunds_by_charge: Index<String, String>,
    disputes_by_charge: Index<String, String>,
    customers_by_email: Index<String, String>,
    charges_by_key: Index<Key, String>,
    referrals_by_key: Index<Key, ReferralId>,
    claims: HashMap<String, Vec<(Claim, Key)>>,
    reward_rules: HashMap<CampaignId, Arc<[RewardRule]>>,
}

/// Either end of a charge or checkout.
pub fn payers(intent: Option<&String>, customer: Option<&String>) -> impl Iterator<Item = Payer> {
    let intent = intent.cloned().map(Payer::Intent);
    intent.into_iter().chain(customer.cloned().map(Payer::Customer))
}

impl World {
    /// Takes a referral in, or its new state.
    pub fn enroll(&mut self, enrolled: Enrolled) {
        let id = enrolled.referral.id;
        for key in keys_of(&enrolled.referral) {
            put(&mut self.referrals_by_key, key, id);
        }
        self.referrals.insert(id, enrolled);
    }

    /// A referral, if it is in here.
    pub fn referral(&self, id: ReferralId) -> Option<&Enrolled> {
        self.referrals.get(&id)
    }

    /// All referrals in here.
    pub fn referrals(&self) -> impl Iterator<Item = &Enrolled> {
        self.referrals.values()
    }

    /// Takes the reward rules of a campaign in, those that are retired among them.
    pub fn reward_by(&mut self, campaign: CampaignId, rules: Arc<[RewardRule]>) {
        self.reward_rules.insert(campaign, rules);
    }

    /// The reward rules of a campaign; none where it has none.
    pub fn reward_rules(&self, campaign: CampaignId) -> &[RewardRule] {
        self.reward_rules.get(&campaign).map_or(&[], |rules| rules)
    }

    /// A fact as it stands here after all merges.
    pub fn fact(&self, like: &Fact) -> Option<Fact> {
        match like {
            Fact::Charge(charge) => self.charges.get(&charge.id).cloned().map(Fact::Charge),
            Fact::Refund(refund) => self.refunds.get(&refund.id).cloned().map(Fact::Refund),
            Fact::Dispute(dispute) => self.disputes.get(&dispute.id).cloned().map(Fact::Dispute),
            Fact::Customer(customer) => self.customers.get(&customer.id).cloned().map(Fact::Customer),
            Fact::Checkout(checkout) => self.checkouts.get(&checkout.id).cloned().map(Fact::Checkout),
        }
    }

    /// The ids of all charges in here.
    pub fn charge_ids(&self) -> BTreeSet<String> {
        self.charges.keys().cloned().collect()
    }

    /// Joins a snapshot with what is known of its object. `None` when it says nothing new, else the referrals whose
    /// decision it may change.
    pub fn merge(&mut self, fact: &Fact) -> Option<BTreeSet<ReferralId>> {
        let before = self.fact(fact);
        let after = self.join(fact);
        if before.as_ref() == Some(&after) {
            return None;
        }
        // The claims are still those from before: they are computed below.
        let mut keys = before.as_ref().map(|fact| self.keys_around(fact)).unwrap_or_default();
        self.index(&after);
        // A conflicting later word may have moved the object: what it was around is no longer claimed by it.
        let left = before.iter().flat_map(|fact| self.charges_around(fact));
        let around: BTreeSet<String> = left.chain(self.charges_around(&after)).collect();
        for charge in around {
            self.index_claims(&charge);
        }
        keys.extend(self.keys_around(&after));
        Some(keys.iter().filter_map(|key| self.referrals_by_key.get(key)).flatten().copied().collect())
    }

    fn join(&mut self, fact: &Fact) -> Fact {
        /// Merges into the entry of the same id, or begins it.
        macro_rules! join {
            ($map:ident, $kind:ident, $new:ident) => {{
                let known = self.$map.entry($new.id.clone()).or_insert_with(|| $new.clone());
                known.merge($new);
                Fact::$kind(known.clone())
            }};
        }
        match fact {
            Fact::Charge(new) => join!(charges, Charge, new),
            Fact::Refund(new) => join!(refunds, Refund, new),
            Fact::Dispute(new) => join!(disputes, Dispute, new),
            Fact::Customer(new) => join!(customers, Customer, new),
            Fact::Checkout(new) => join!(checkouts, Checkout, new),
        }
    }

    fn index(&mut self, fact: &Fact) {
        match fact {
            Fact::Charge(charge) => {
                for payer in payers(charge.payment_intent_id.as_ref(), charge.customer_id.as_ref()) {
                    put(&mut self.charges_by_payer, payer, charge.id.clone());
                }
            }
            Fact::Checkout(checkout) => {
                for payer in payers(checkout.payment_intent_id.as_ref(), checkout.customer_id.as_ref()) {
                    put(&mut self.checkouts_by_payer, payer, checkout.id.clone());
                }
            }
            Fact::Refund(Refund { id, charge_id: Some(charge), .. }) => {
                put(&mut self.refunds_by_charge, charge.clone(), id.clone());
            }
            Fact::Dispute(Dispute { id, charge_id: Some(charge), .. }) => {
                put(&mut self.disputes_by_charge, charge.clone(), id.clone());
            }
            Fact::Customer(customer) => {
                for email in customer.emails.keys() {
                    put(&mut self.customers_by_email, email.clone(), customer.id.clone());
                }
            }
            Fact::Refund(_) | Fact::Dispute(_) => {}
        }
    }

    fn index_claims(&mut self, charge_id: &str) {
        let Some(charge) = self.charges.get(charge_id) else { return };
        let claims = self.surroundings(charge).claims();
        for (_, key) in self.claims.remove(charge_id).unwrap_or_default() {
            if let Some(charges) = self.charges_by_key.get_mut(&key) {
                charges.remove(charge_id);
            }
        }
        for (_, key) in &claims {
            put(&mut self.charges_by_key, key.clone(), charge_id.to_owned());
        }
        self.claims.insert(charge_id.to_owned(), claims);
    }

    fn surroundings<'a>(&'a self, charge: &'a Charge) -> Surroundings<'a> {
        // A conflicting later word may have moved a checkout to another payer; the index still has the former one.
        let at = |payer: Option<Payer>| -> Vec<&Checkout> {
            let Some(payer) = payer else { return Vec::new() };
            let ids = self.checkouts_by_payer.get(&payer).into_iter().flatten();
            let checkouts = ids.filter_map(|id| self.checkouts.get(id));
            checkouts
                .filter(|c| payers(c.payment_intent_id.as_ref(), c.customer_id.as_ref()).any(|p| p == payer))
                .collect()
        };
        Surroundings {
            charge,
            checkouts: at(charge.payment_intent_id.clone().map(Payer::Intent)),
            customer: charge.customer_id.as_ref().and_then(|id| self.customers.get(id)),
            customer_checkouts: at(charge.customer_id.clone().map(Payer::Customer)),
        }
    }

    /// What an object is about: the charges whose owner or worth it says something of, and the referrals that claim them
    /// or have the email of a customer.
    pub fn around(&self, fact: &Fact) -> (Vec<String>, BTreeSet<ReferralId>) {
        let Some(fact) = self.fact(fact) else { return Default::default() };
        let keys = self.keys_around(&fact);
        let referrals = keys.iter().filter_map(|key| self.referrals_by_key.get(key)).flatten().copied().collect();
        (self.charges_around(&fact), referrals)
    }

    /// The charges about whose owner or worth a fact says something.
    fn charges_around(&self, fact: &Fact) -> Vec<String> {
        let of = |payers: Vec<Payer>| {
            payers.iter().filter_map(|payer| self.charges_by_payer.get(payer)).flatten().cloned().collect()
        };
        match fact {
            Fact::Charge(charge) => vec![charge.id.clone()],
            Fact::Refund(refund) => refund.charge_id.clone().into_iter().collect(),
            Fact::Dispute(dispute) => dispute.charge_id.clone().into_iter().collect(),
            Fact::Customer(customer) => of(vec![Payer::Customer(customer.id.clone())]),
            Fact::Checkout(checkout) => {
                of(payers(checkout.payment_intent_id.as_ref(), checkout.customer_id.as_ref()).collect())
            }
        }
    }

    /// The keys of the referrals that a fact may concern: those that claim its charges, and those whose email a
    /// customer has.
    fn keys_around(&self, fact: &Fact) -> BTreeSet<Key> {
        let charges = self.charges_around(fact);
        let mut keys: BTreeSet<Key> =
            charges.iter().filter_map(|id| self.claims.get(id)).flatten().map(|(_, key)| key.clone()).collect();
        if let Fact::Customer(customer) = fact {
            keys.extend(customer.emails.keys().cloned().map(Key::Email));
        }
        keys
    }

    /// The referrals that a referral shares a payment with, itself among them.
    pub fn rivals(&self, id: ReferralId) -> BTreeSet<ReferralId> {
        let Some(enrolled) = self.referrals.get(&id) else { return BTreeSet::new() };
        let charges = self.charges_of(&enrolled.referral);
        let keys = charges.iter().filter_map(|charge| self.claims.get(charge)).flatten().map(|(_, key)| key);
        let ids = keys.filter_map(|key| self.referrals_by_key.get(key)).flatten().copied();
        ids.chain([id]).collect()
    }

    fn charges_of(&self, referral: &Referral) -> BTreeSet<String> {
        keys_of(referral).iter().filter_map(|key| self.charges_by_key.get(key)).flatten().cloned().collect()
    }

    /// Every payment that a referral has a claim on, by the time it was made.
    pub fn payments(&self, enrolled: &Enrolled) -> Vec<Payment> {
        let charges = self.charges_of(&enrolled.referral);
        let mut payments: Vec<Payment> =
            charges.iter().filter_map(|id| self.payment(&enrolled.referral, self.charges.get(id)?)).collect();
        payments.sort_by(|a, b| (a.charge.created_at, &a.charge.id).cmp(&(b.charge.created_at, &b.charge.id)));
        payments
    }

    /// The object by which a payment came to a referral, and whose it is where that is another referral of the campaign.
    pub fn claim_on(
        &self,
        enrolled: &Enrolled,
        payment: &Payment,
    ) -> (Option<(ObjectKind, String)>, Option<ReferralId>) {
        let (charge, referral) = (&payment.charge, &enrolled.referral);
        let carrier = self.surroundings(charge).carrier(&referral.claimant(), payment.claim);
        let owner = (payment.ownership == Ownership::OtherReferral).then(|| self.owner(referral, charge)).flatten();
        (carrier, owner)
    }

    /// Of the referrals of the campaign of one, the one that a charge belongs to.
    fn owner(&self, referral: &Referral, charge: &Charge) -> Option<ReferralId> {
        let claims = self.claims.get(&charge.id)?;
        let ids = claims.iter().filter_map(|(_, key)| self.referrals_by_key.get(key)).flatten();
        let rivals: BTreeMap<_, _> = ids
            .filter_map(|id| self.referrals.get(id))
            .filter(|rival| rival.referral.campaign_id == referral.campaign_id)
            .map(|rival| (rival.referral.id, rival.referral.claimant()))
            .collect();
        owner(charge, claims, rivals.values()).map(|(winner, _)| winner.id)
    }

    fn payment(&self, referral: &Referral, charge: &Charge) -> Option<Payment> {
        let claims = self.claims.get(&charge.id)?;
        let claimant = Some(referral.claimant()).filter(|claimant| claimant.may_know(charge))?;
        let claim = claimant.strongest(claims)?;
        let ownership = match self.owner(referral, charge) {
            _ if !claimant.admits(charge) => Ownership::OtherCustomer,
            Some(winner) if winner == referral.id => Ownership::Own,
            _ => Ownership::OtherReferral,
        };
        let refunds = self.refunds_by_charge.get(&charge.id).into_iter().flatten();
        let disputes = self.disputes_by_charge.get(&charge.id).into_iter().flatten();
        Some(Payment {
            refunds: refunds
                .filter_map(|id| self.refunds.get(id))
                .filter(|r| is_of(r.charge_id.as_ref(), charge))
                .cloned()
                .collect(),
            disputes: disputes
                .filter_map(|id| self.disputes.get(id))
                .filter(|d| is_of(d.charge_id.as_ref(), charge))
                .cloned()
                .collect(),
            charge: charge.clone(),
            claim,
            ownership,
        })
    }

    /// Decides a referral, with the payments it is decided by.
    pub fn decide(&self, enrolled: &Enrolled, now: Time) -> (Decision, Vec<Payment>) {
        let payments = self.payments(enrolled);
        (self.decide_by(enrolled, &payments, now), payments)
    }

    /// Decides a referral by its payments, which are all that it has a claim on.
    pub fn decide_by(&self, enrolled: &Enrolled, payments: &[Payment], now: Time) -> Decision {
        let existing = self.existing_by(enrolled, payments).is_some();
        decide(&case(enrolled, existing, payments), now)
    }

    /// Where a referral stands for its rewards, with the payments that earn something where it has a rule for these.
    pub fn standing(&self, enrolled: &Enrolled) -> Standing {
        let standing = enrolled.standing();
        let rules = self.reward_rules(standing.campaign_id);
        let (Some(since), true) = (standing.qualified_at, rules.iter().any(|rule| rule.terms.is_recurring())) else {
            return standing;
        };
        let payments = self.payments(enrolled);
        let case = case(enrolled, false, &payments);
        Standing { payments: left_since(&case, since).map(|(payment, _)| paid(payment)).collect(), ..standing }
    }

    /// Whether the person was a customer before.
    pub fn is_existing(&self, enrolled: &Enrolled) -> bool {
        self.existing_by(enrolled, &self.payments(enrolled)).is_some()
    }

    /// What shows that the person was a customer before, with the payments that the referral has a claim on.
    pub fn existing_by(&self, enrolled: &Enrolled, payments: &[Payment]) -> Option<Existing> {
        let email = enrolled.referral.person.email.identity();
        let customers = self.customers_by_email.get(email).into_iter().flatten();
        let customers = customers.filter_map(|id| self.customers.get(id));
        existing(&enrolled.rule, enrolled.referral.registered_at, customers, payments)
    }
}

/// Where a referral stands for its rewards, with all of its payments, and that of which its rewards may be a share.
pub fn earner(enrolled: &Enrolled, payments: &[Payment]) -> Earner {
    let standing = enrolled.standing();
    let Some(since) = standing.qualified_at else {
        return Earner { standing, spent_minor: 0, left_minor: BTreeMap::new() };
    };
    let case = case(enrolled, false, payments);
    let left: Vec<_> = left_since(&case, since).collect();
    let left_minor = left.iter().map(|(payment, minor)| (payment.charge.id.clone(), *minor)).collect();
    let payments = left.into_iter().map(|(payment, _)| paid(payment)).collect();
    Earner { standing: Standing { payments, ..standing }, spent_minor: spend_at(&case, since), left_minor }
}

/// The case of a referral.
pub fn case<'a>(enrolled: &'a Enrolled, existing: bool, payments: &'a [Payment]) -> Case<'a> {
    Case {
        rule: &enrolled.rule,
        registered_at: enrolled.referral.registered_at,
        self_referral: enrolled.referral.self_referral,
        existing,
        manual: enrolled.referral.manual.as_ref(),
        check_outstanding: enrolled.referral.customer_sync.is_outstanding(),
        payments,
    }
}

fn paid(payment: &Payment) -> Paid {
    (payment.charge.created_at, payment.charge.id.clone())
}

fn keys_of(referral: &Referral) -> [Key; 2] {
    [Key::Referral(referral.id), Key::Email(referral.person.email.identity().to_owned())]
}

/// A conflicting later word may have moved a refund or dispute to another charge.
fn is_of(charge_id: Option<&String>, charge: &Charge) -> bool {
    charge_id == Some(&charge.id)
}

fn put<K: Eq + Hash, V: Ord>(index: &mut Index<K, V>, key: K, value: V) {
    index.entry(key).or_default().insert(value);
}
