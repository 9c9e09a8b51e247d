//! A ledger in memory: it joins what it is told, and finds the payments of a referral.

use std::collections::BTreeMap;

use referrald::domain::attribution::{Claimant, Surroundings, owner};
use referrald::domain::fact::{Charge, Checkout, Customer, Dispute, Fact, Refund};
use referrald::domain::spend::{Ownership, Payment};

#[derive(Default)]
pub struct Ledger {
    charges: BTreeMap<String, Charge>,
    refunds: BTreeMap<String, Refund>,
    disputes: BTreeMap<String, Dispute>,
    customers: BTreeMap<String, Customer>,
    checkouts: BTreeMap<String, Checkout>,
}

fn join<F: Clone>(known: &mut BTreeMap<String, F>, id: &str, fact: &F, merge: impl Fn(&mut F, &F)) {
    match known.get_mut(id) {
        Some(mine) => merge(mine, fact),
        None => drop(known.insert(id.to_owned(), fact.clone())),
    }
}

impl Ledger {
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut ledger = Self::default();
        for fact in facts {
            ledger.record(fact);
        }
        ledger
    }

    fn record(&mut self, fact: &Fact) {
        match fact {
            Fact::Charge(charge) => join(&mut self.charges, &charge.id, charge, Charge::merge),
            Fact::Refund(refund) => join(&mut self.refunds, &refund.id, refund, Refund::merge),
            Fact::Dispute(dispute) => join(&mut self.disputes, &dispute.id, dispute, Dispute::merge),
            Fact::Customer(customer) => join(&mut self.customers, &customer.id, customer, Customer::merge),
            Fact::Checkout(checkout) => join(&mut self.checkouts, &checkout.id, checkout, Checkout::merge),
        }
    }

    /// Every payment that one of two referrals has a claim on, in the order of their ids.
    pub fn payments(&self, mine: &Claimant, rival: &Claimant) -> Vec<Payment> {
        self.charges.values().filter_map(|charge| self.payment(charge, mine, rival)).collect()
    }

    fn payment(&self, charge: &Charge, mine: &Claimant, rival: &Claimant) -> Option<Payment> {
        let claims = self.surroundings(charge).claims();
        let claim = mine.strongest(&claims)?;
        let owner = owner(charge, &claims, [rival, mine]).map(|(owner, _)| owner.id);
        let ownership = match owner {
            _ if !mine.admits(charge) => Ownership::OtherCustomer,
            Some(id) if id == mine.id => Ownership::Own,
            _ => Ownership::OtherReferral,
        };
        let id = Some(charge.id.as_str());
        let refunds = self.refunds.values().filter(|refund| refund.charge_id.as_deref() == id).cloned().collect();
        let disputes = self.disputes.values().filter(|dispute| dispute.charge_id.as_deref() == id).cloned().collect();
        Some(Payment { charge: charge.clone(), refunds, disputes, claim, ownership })
    }

    fn surroundings<'a>(&'a self, charge: &'a Charge) -> Surroundings<'a> {
        let same = |mine: &Option<String>, other: &Option<String>| mine.is_some() && mine == other;
        let of_intent = |c: &&Checkout| same(&charge.payment_intent_id, &c.payment_intent_id);
        let of_customer = |c: &&Checkout| same(&charge.customer_id, &c.customer_id);
        Surroundings {
            charge,
            checkouts: self.checkouts.values().filter(of_intent).collect(),
            customer: charge.customer_id.as_ref().and_then(|id| self.customers.get(id)),
            customer_checkouts: self.checkouts.values().filter(of_customer).collect(),
        }
    }
}
