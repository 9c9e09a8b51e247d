//! Random worlds: a few people, customers and campaigns, so few that everything meets, and whatever a payment source
//! may tell of them. Everything happens around `EPOCH_DAYS_AGO`, so that some windows are over and some are not.

use std::collections::BTreeMap;

use referrald::domain::delivery::{Content, Delivery, Ignored, Route};
use referrald::domain::fact::{
    Charge, ChargeStatus, Checkout, Customer, Dispute, DisputeStatus, Fact, Refund, RefundStatus, Seen,
};
use referrald::domain::id::ReferralId;
use referrald::domain::money::Currency;
use referrald::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
    Rule,
};
use referrald::domain::time::Time;

use crate::random::Random;

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
/// The middle of every world lies that long before now.
const EPOCH_DAYS_AGO: i64 = 10;

/// Somebody who is going to be registered.
#[derive(Clone, Debug)]
pub struct Person {
    pub campaign: usize,
    pub email: String,
    pub registered_at: Time,
}

/// One delivery; `names` are the people, by position, whose referral ids its objects carry.
#[derive(Clone, Debug)]
pub struct Told {
    pub delivery: Delivery,
    pub names: Vec<(usize, Slot)>,
}

/// Where an object carries a referral id.
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    Metadata,
    Reference,
}

#[derive(Clone, Debug)]
pub struct World {
    pub rules: Vec<Rule>,
    pub people: Vec<Person>,
    /// In the order of their event times.
    pub told: Vec<Told>,
}

struct Maker<'r> {
    random: &'r mut Random,
    epoch: Time,
    people: Vec<Person>,
    told: Vec<Told>,
}

impl World {
    pub fn random(random: &mut Random, now: Time) -> Self {
        let epoch = now.plus_days(-EPOCH_DAYS_AGO).floor_to_second();
        let rules: Vec<Rule> = (0..random.between(1, 3)).map(|_| rule(random)).collect();
        let people = people(random, rules.len(), epoch);
        let mut maker = Maker { random, epoch, people, told: Vec::new() };
        maker.tell();
        let Maker { people, mut told, .. } = maker;
        told.sort_by_key(|told| told.delivery.created_at);
        for (number, told) in told.iter_mut().enumerate() {
            told.delivery.id = format!("evt_{number}");
        }
        Self { rules, people, told }
    }
}

impl Told {
    /// The delivery with the ids that the people were given.
    pub fn delivery(&self, ids: &BTreeMap<usize, ReferralId>) -> Delivery {
        let mut delivery = self.delivery.clone();
        let Content::Facts(facts) = &mut delivery.content else { return delivery };
        for (person, slot) in &self.names {
            let seen: Seen<ReferralId> = [(ids[person], delivery.created_at)].into();
            match (&mut facts[0], slot) {
                (Fact::Charge(charge), _) => charge.referrals.extend(seen),
                (Fact::Customer(customer), _) => customer.referrals.extend(seen),
                (Fact::Checkout(checkout), Slot::Metadata) => checkout.referrals.extend(seen),
                (Fact::Checkout(checkout), Slot::Reference) => checkout.references.extend(seen),
                (Fact::Refund(_) | Fact::Dispute(_), _) => {}
            }
        }
        delivery
    }
}

fn rule(random: &mut Random) -> Rule {
    use RefundPolicy::{AnyRefund, Ignore, NetBelowTarget};
    Rule {
        currency: Currency::parse("eur").expect("three letters"),
        target_minor: random.pick(&[1, 500, 1000, 1500, 3000]),
        window_days: random.pick(&[1, 2, 3, 4, 8, 30]),
        operator: random.pick(&[Operator::AtLeast, Operator::MoreThan]),
        method: random.pick(&[Method::TotalSpend, Method::TotalSpend, Method::FirstPayment]),
        refund_policy: random.pick(&[NetBelowTarget, NetBelowTarget, AnyRefund, Ignore]),
        refund_scope: random.pick(&[RefundScope::WithinWindow, RefundScope::AnyTime]),
        dispute_policy: random.pick(&[DisputePolicy::OpenCountsAgainst, DisputePolicy::LostCountsAgainst]),
        currency_policy: CurrencyPolicy::SameCurrencyOnly,
        count_prior_days: random.pick(&[0, 0, 1, 5]),
        new_customer_mode: NewCustomerMode::WaitForCheckout,
        existing_email_mode: random.pick(&[ExistingEmailMode::SkipExisting, ExistingEmailMode::UpdateExisting]),
    }
}

/// No two are registered in the same second: then the smaller id would decide between them, and ids are random.
fn people(random: &mut Random, campaigns: usize, epoch: Time) -> Vec<Person> {
    let mut people = Vec::new();
    for campaign in 0..campaigns {
        for email in 0..5 {
            if random.percent(65) {
                let at = random.between(-12, 60) * HOUR + i64::try_from(people.len()).expect("few");
                people.push(Person { campaign, email: address(email), registered_at: epoch.plus_seconds(at) });
            }
        }
    }
    people
}

fn address(number: usize) -> String {
    format!("person{number}@example.com")
}

impl Maker<'_> {
    fn tell(&mut self) {
        for number in 0..self.random.between(2, 6) {
            self.charge(number);
        }
        for number in 0..self.random.between(0, 3) {
            self.customer(number);
        }
        for number in 0..self.random.between(0, 3) {
            self.checkout(number);
        }
        self.push(0, Content::Ignored(Ignored::Type, "nothing".to_owned()), vec![]);
    }

    /// A second in which something happens, from three days before the middle to a week after it.
    fn moment(&mut self) -> Time {
        self.epoch.plus_seconds(self.random.between(-12, 28) * 6 * HOUR + self.random.between(0, 3))
    }

    fn push(&mut self, after: i64, content: Content, names: Vec<(usize, Slot)>) {
        let created_at = match &content {
            Content::Facts(facts) => born(&facts[0]).unwrap_or(self.epoch).plus_seconds(after),
            Content::Ignored(..) => self.epoch,
        };
        let (id, kind) = (String::new(), "any.kind".to_owned());
        self.told.push(Told {
            delivery: Delivery { id, kind, api_version: None, created_at, route: Route::Call, content },
            names,
        });
    }

    fn later(&mut self) -> i64 {
        self.random.pick(&[0, 0, 1, HOUR, DAY, 3 * DAY]) + self.random.between(0, 2)
    }

    fn emails(&mut self, at: Time) -> Seen<String> {
        let count = self.random.pick(&[0, 0, 1, 1, 1, 2]);
        (0..count).map(|_| (address(self.random.below(5)), at)).collect()
    }

    fn one_of(&mut self, prefix: &str, count: i64, percent: usize) -> Option<String> {
        let known = self.random.percent(percent);
        known.then(|| format!("{prefix}_{}", self.random.between(0, count - 1)))
    }

    /// Whose ids an object carries: mostly nobody's.
    fn names(&mut self) -> Vec<(usize, Slot)> {
        if self.people.is_empty() || self.random.percent(75) {
            return vec![];
        }
        let slot = self.random.pick(&[Slot::Metadata, Slot::Reference]);
        vec![(self.random.below(self.people.len()), slot)]
    }

    fn charge(&mut self, number: i64) {
        let created_at = self.moment();
        let customer_id = self.one_of("cus", 3, 60);
        let payment_intent_id = self.one_of("pi", 4, 60);
        let amount_minor = self.random.pick(&[400, 600, 1000, 1500]);
        let currency = if self.random.percent(5) { "usd" } else { "eur" };
        let mut charge = Charge {
            id: format!("ch_{number}"),
            currency: Currency::parse(currency).expect("three letters"),
            created_at,
            customer_id,
            payment_intent_id,
            status: self.random.pick(&[ChargeStatus::Pending, ChargeStatus::Succeeded, ChargeStatus::Succeeded]),
            amount_minor,
            captured_minor: 0,
            released_minor: 0,
            refunded: Seen::new(),
            settlement: None,
            balance_transaction_id: None,
            refunds_known_at: None,
            emails: Seen::new(),
            referrals: Seen::new(),
        };
        for _ in 0..self.random.between(1, 3) {
            self.snapshot(&mut charge);
        }
        for part in 0..self.random.pick(&[0, 0, 1, 2]) {
            self.refund(&charge, &format!("re_{number}_{part}"));
        }
        if self.random.percent(15) {
            self.dispute(&charge, &format!("dp_{number}"));
        }
    }

    fn snapshot(&mut self, charge: &mut Charge) {
        let after = self.later();
        let at = charge.created_at.plus_seconds(after);
        let mut shown = charge.clone();
        if self.random.percent(25) {
            shown.customer_id = None;
        }
        // What never changes at the source is told differently all the same.
        if self.random.percent(6) {
            shown.customer_id = self.one_of("cus", 3, 100);
        }
        if self.random.percent(3) {
            shown.payment_intent_id = self.one_of("pi", 4, 100);
        }
        shown.status = shown.status.max(self.random.pick(&[ChargeStatus::Pending, ChargeStatus::Succeeded]));
        if self.random.percent(4) {
            shown.status = ChargeStatus::Failed;
        }
        shown.captured_minor = self.random.pick(&[0, charge.amount_minor, charge.amount_minor]);
        if shown.captured_minor > 0 && self.random.percent(20) {
            shown.refunded = [(self.random.between(1, charge.amount_minor), at)].into();
        }
        shown.emails = self.emails(at);
        let names = self.names();
        self.push(after, Content::Facts(vec![Fact::Charge(shown)]), names);
    }

    fn refund(&mut self, charge: &Charge, id: &str) {
        let created_at = charge.created_at.plus_seconds(self.random.pick(&[1, HOUR, DAY, 4 * DAY]));
        let amount_minor = self.random.between(1, charge.amount_minor);
        for status in [RefundStatus::Pending, RefundStatus::Succeeded, RefundStatus::Failed] {
            if self.random.percent(40) {
                let charge_id = self.belongs_to(charge);
                let after = self.later();
                let refund = Refund { id: id.to_owned(), charge_id, amount_minor, created_at, status };
                self.push(after, Content::Facts(vec![Fact::Refund(refund)]), vec![]);
            }
        }
    }

    fn dispute(&mut self, charge: &Charge, id: &str) {
        use DisputeStatus::{Lost, NeedsResponse, Won};
        let created_at = charge.created_at.plus_seconds(self.random.pick(&[1, HOUR, DAY, 4 * DAY]));
        for status in [NeedsResponse, Lost, Won] {
            if self.random.percent(60) {
                let charge_id = self.belongs_to(charge);
                let after = self.later();
                let amount_minor = charge.amount_minor;
                let dispute = Dispute { id: id.to_owned(), charge_id, amount_minor, created_at, status };
                self.push(after, Content::Facts(vec![Fact::Dispute(dispute)]), vec![]);
            }
        }
    }

    fn belongs_to(&mut self, charge: &Charge) -> Option<String> {
        match self.random.below(20) {
            0 => None,
            1 => self.one_of("ch", 3, 100),
            _ => Some(charge.id.clone()),
        }
    }

    fn customer(&mut self, number: i64) {
        let created_at = self.moment();
        for _ in 0..self.random.between(1, 3) {
            let after = self.later();
            let customer = Customer {
                created_at: (!self.random.percent(10)).then_some(created_at),
                deleted: self.random.percent(5),
                emails: self.emails(created_at.plus_seconds(after)),
                ..Customer::unknown(format!("cus_{number}"))
            };
            let names = self.names();
            self.push(after, Content::Facts(vec![Fact::Customer(customer)]), names);
        }
    }

    fn checkout(&mut self, number: i64) {
        let at = self.moment();
        let mut checkout = Checkout {
            id: format!("cs_{number}"),
            customer_id: self.one_of("cus", 3, 60),
            payment_intent_id: self.one_of("pi", 4, 60),
            emails: Seen::new(),
            referrals: Seen::new(),
            references: Seen::new(),
        };
        for _ in 0..self.random.between(1, 2) {
            checkout.emails = self.emails(at);
            let names = self.names();
            self.push(
                at.seconds() - self.epoch.seconds(),
                Content::Facts(vec![Fact::Checkout(checkout.clone())]),
                names,
            );
            if self.random.percent(20) {
                checkout.customer_id = self.one_of("cus", 3, 100);
            }
        }
    }
}

fn born(fact: &Fact) -> Option<Time> {
    match fact {
        Fact::Charge(charge) => Some(charge.created_at),
        Fact::Refund(refund) => Some(refund.created_at),
        Fact::Dispute(dispute) => Some(dispute.created_at),
        Fact::Customer(customer) => customer.created_at,
        Fact::Checkout(_) => None,
    }
}
