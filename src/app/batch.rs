//! Changes of one ledger in one transaction: facts are merged and referrals decided in memory, one delivery after the
//! other, and then all of it is written at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::Result;
use super::rewards::book::{Book, Step};
use crate::clock::random;
use crate::domain::event::{Cause, change};
use crate::domain::fact::{Customer, Fact};
use crate::domain::id::{JobId, ReferralId};
use crate::domain::job::Job;
use crate::domain::look_up::LookUp;
use crate::domain::referral::Referral;
use crate::domain::stats::Counter;
use crate::domain::time::Time;
use crate::domain::world::{Enrolled, World};
use crate::store::{LedgerRow, Tx};

/// What is going to be written.
pub(super) struct Batch {
    world: World,
    now: Time,
    cause: Arc<Cause>,
    facts: BTreeMap<(u8, String), Fact>,
    changed: BTreeSet<ReferralId>,
    counter: Counter,
    steps: Vec<(Arc<Cause>, Step)>,
    /// What must be asked about charges, and from when on.
    look_ups: BTreeMap<String, Time>,
}

impl Batch {
    pub(super) fn new(world: World, cause: Cause, now: Time) -> Self {
        let (facts, changed, steps, look_ups) = (BTreeMap::new(), BTreeSet::new(), Vec::new(), BTreeMap::new());
        Self { world, now, cause: Arc::new(cause), facts, changed, counter: Counter::default(), steps, look_ups }
    }

    /// Names what leads to the changes from here on.
    pub(super) fn because_of(&mut self, cause: Cause) {
        self.cause = Arc::new(cause);
    }

    fn step(&mut self, step: Step) {
        self.steps.push((self.cause.clone(), step));
    }

    /// Merges facts; returns the referrals whose decision they may change.
    pub(super) fn merge(&mut self, facts: &[Fact]) -> BTreeSet<ReferralId> {
        let mut concerned = BTreeSet::new();
        for fact in facts {
            if let Some(ids) = self.world.merge(fact) {
                concerned.extend(ids);
                self.facts.insert((rank(fact), fact.id().to_owned()), fact.clone());
            }
            if let Fact::Customer(Customer { emails, deleted: false, .. }) = fact
                && !emails.is_empty()
            {
                self.step(Step::Customers(emails.keys().cloned().collect()));
            }
        }
        concerned
    }

    /// Merges facts and decides whom they concern.
    pub(super) fn take(&mut self, facts: &[Fact]) {
        let concerned = self.merge(facts);
        self.decide(concerned);
    }

    /// Whether the person of a referral was a customer before, by all that is known now.
    pub(super) fn is_existing(&self, enrolled: &Enrolled) -> bool {
        self.world.is_existing(enrolled)
    }

    /// Decides referrals anew; returns those that changed. What a paused campaign would decide waits for the sweep.
    pub(super) fn decide(&mut self, ids: impl IntoIterator<Item = ReferralId>) -> Vec<ReferralId> {
        ids.into_iter().filter(|id| self.decide_one(*id)).collect()
    }

    fn decide_one(&mut self, id: ReferralId) -> bool {
        let Some(before) = self.world.referral(id).cloned() else { return false };
        let referral = self.judge(&before);
        let after = Enrolled { referral, ..before.clone() };
        let told = self.replace(&before, after.clone());
        let rules = self.world.reward_rules(after.referral.campaign_id);
        if before.standing() != after.standing() || rules.iter().any(|rule| rule.terms.is_recurring()) {
            self.settle(id);
        }
        told
    }

    /// Settles the rewards of a referral as it stands now. A decision does that where it changes what they depend on;
    /// besides, whoever is new or was not looked at for a while needs it. In a paused campaign it waits for the sweep.
    pub(super) fn settle(&mut self, id: ReferralId) {
        let Some(enrolled) = self.world.referral(id).filter(|enrolled| enrolled.decides) else { return };
        if !self.world.reward_rules(enrolled.referral.campaign_id).is_empty() {
            let standing = self.world.standing(enrolled);
            self.step(Step::Stands(standing));
        }
    }

    /// A referral after a decision made now, and what must be asked for a better one; in a paused campaign, with the sweep
    /// asked for one.
    pub(super) fn judge(&mut self, enrolled: &Enrolled) -> Referral {
        let Enrolled { referral, rule, decides } = enrolled;
        if *decides {
            let (decision, payments) = self.world.decide(enrolled, self.now);
            for LookUp { charge_id, from, .. } in self.world.look_ups(enrolled, &decision, &payments) {
                self.look_ups.entry(charge_id).and_modify(|at| *at = from.min(*at)).or_insert(from);
            }
            return referral.decided(decision, rule, self.now);
        }
        let due = referral.decide_at.map_or(self.now, |at| at.min(self.now));
        Referral { decide_at: Some(due), ..referral.clone() }
    }

    /// Puts a referral in the place of what it was; true where that is a change to tell.
    pub(super) fn replace(&mut self, before: &Enrolled, after: Enrolled) -> bool {
        if *before == after {
            return false;
        }
        self.changed.insert(after.referral.id);
        self.counter.referral(Some(before), &after);
        let change = change(Some(before), &after);
        self.world.enroll(after.clone());
        let told = change.is_some();
        if let Some(change) = change {
            self.step(Step::Told(change, Box::new(after)));
        }
        told
    }

    /// Tells of a referral that is new.
    pub(super) fn registered(&mut self, enrolled: &Enrolled) {
        self.counter.referral(None, enrolled);
        if let Some(change) = change(None, enrolled) {
            self.step(Step::Told(change, Box::new(enrolled.clone())));
        }
    }

    /// A referral as it stands now.
    pub(super) fn referral(&self, id: ReferralId) -> Option<&Enrolled> {
        self.world.referral(id)
    }

    /// The referrals that share a payment with one, itself among them.
    pub(super) fn rivals(&self, id: ReferralId) -> BTreeSet<ReferralId> {
        self.world.rivals(id)
    }

    /// Writes everything, with what the referrals have earned by it.
    pub(super) async fn write(self, tx: &mut Tx, ledger: &LedgerRow) -> Result<()> {
        let mut book = Book::load(tx, ledger.id, &self.world, self.cause, &self.steps, self.now).await?;
        self.steps.into_iter().for_each(|(cause, step)| book.take(&self.world, cause, step));
        let facts: Vec<Fact> = self.facts.values().filter_map(|fact| self.world.fact(fact)).collect();
        tx.save_facts(ledger.id, &facts).await?;
        let changed = self.changed.iter().filter_map(|id| self.world.referral(*id)).map(|enrolled| &enrolled.referral);
        tx.save_referrals(changed).await?;
        tx.count(&self.counter).await?;
        let look_up = |(charge, from): (&String, &Time)| {
            Job::look_up(JobId::new(self.now, random()), ledger.id, charge, *from, self.now)
        };
        tx.want_jobs(ledger.id, &self.look_ups.iter().map(look_up).collect::<Vec<_>>()).await?;
        // After the referrals, so that a look at one which this wakes is not written over.
        book.write(tx, ledger).await
    }
}

/// Objects of different kinds may have the same id at other sources than Stripe.
fn rank(fact: &Fact) -> u8 {
    match fact {
        Fact::Charge(_) => 0,
        Fact::Refund(_) => 1,
        Fact::Dispute(_) => 2,
        Fact::Customer(_) => 3,
        Fact::Checkout(_) => 4,
    }
}
