//! What Stripe tells of a world: every event of every object, as the API version of the endpoint writes it.

use referrald::domain::fact::DisputeStatus;
use referrald::domain::time::Time;
use referrald::domain::word::Word;
use referrald::fake_stripe::FakeStripe;
use referrald::stripe::sample;
use serde_json::{Value, json};

use super::truth::{Checkout, Customer, Payment, World, address, is_own};
use super::world::{Fate, Money, Style, TrueCharge, TrueDispute, TrueRefund};
use crate::random::Random;

/// Charges list their refunds.
const LISTING: &str = "2020-08-27";
/// Neither do charges list their refunds, nor is a refund an event of its own until it fails.
const SILENT: &str = "2023-10-16";

/// One event. Where its body says `@3@`, it carries the id of the fourth referral.
#[derive(Clone, Debug)]
pub struct Told {
    pub body: String,
    pub names: Vec<usize>,
}

pub fn events(world: &World, random: &mut Random) -> Vec<Told> {
    let mut teller = Teller { told: vec![], random };
    for (number, payment) in world.payments.iter().enumerate() {
        teller.payment(number, payment);
    }
    for (number, customer) in world.customers.iter().enumerate() {
        teller.customer(number, customer);
    }
    for (number, checkout) in world.checkouts.iter().enumerate() {
        teller.checkout(number, checkout);
    }
    teller.told
}

/// What Stripe has, whoever asks: charges with all their refunds, their settlements, and the customers that are not
/// deleted.
pub fn at_stripe(world: &World, fake: &FakeStripe) {
    for (number, payment) in world.payments.iter().enumerate() {
        let charged = Charged { number, payment, version: LISTING };
        let mut charge = charged.shows(&payment.charge.refunds, i64::MAX);
        charge["metadata"] = json!({});
        if let Some(settlement) = charged.settlement() {
            charge["balance_transaction"] = settlement["id"].clone();
            fake.add("balance_transactions", settlement);
        }
        fake.add("charges", charge);
    }
    let living = world.customers.iter().enumerate().filter(|(_, customer)| customer.deleted_at.is_none());
    for (number, customer) in living {
        let (_, email) = customer.emails.last().expect("it has an address");
        let id = format!("cus_{number}");
        fake.add("customers", sample::customer(&id, &address(*email), "Ada", time(customer.created_at)));
    }
}

struct Teller<'r> {
    told: Vec<Told>,
    random: &'r mut Random,
}

fn time(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

fn mark(invited: usize) -> String {
    format!("@{invited}@")
}

impl Teller<'_> {
    fn push(&mut self, kind: &str, at: i64, version: &str, object: Value, names: &[Option<usize>]) {
        let id = format!("evt_{}", self.told.len());
        self.again(id, kind, at, version, object, names);
    }

    fn again(&mut self, id: String, kind: &str, at: i64, version: &str, object: Value, names: &[Option<usize>]) {
        let mut event = sample::event(&id, kind, time(at), false, object);
        event["api_version"] = version.into();
        let names = names.iter().flatten().copied().collect();
        self.told.push(Told { body: event.to_string(), names });
    }

    fn payment(&mut self, number: usize, payment: &Payment) {
        let charge = &payment.charge;
        let version = match charge.style {
            Style::Snapshots => SILENT,
            Style::Objects => sample::API_VERSION,
            Style::Both => self.random.pick(&[LISTING, sample::API_VERSION]),
        };
        let told = Charged { number, payment, version };
        for (kind, at, object) in told.charges() {
            let id = format!("evt_{}", self.told.len());
            self.again(id.clone(), kind, at, version, object.clone(), &[payment.tag]);
            // Two endpoints of different versions send one event with different bodies.
            if version == LISTING && self.random.percent(20) {
                let mut newer = object;
                if let Value::Object(fields) = &mut newer {
                    fields.remove("refunds");
                }
                self.again(id, kind, at, sample::API_VERSION, newer, &[payment.tag]);
            }
        }
        for (kind, at, object) in told.refunds().into_iter().chain(told.disputes()) {
            self.push(kind, at, version, object, &[]);
        }
        if self.random.percent(30) {
            let kind = self.random.pick(&["payment_intent.succeeded", "invoice.paid"]);
            let same = json!({ "id": told.intent(), "object": "payment_intent", "amount": charge.captured });
            self.push(kind, charge.at, version, same, &[]);
        }
    }

    fn customer(&mut self, number: usize, customer: &Customer) {
        let id = format!("cus_{number}");
        let mut last = Value::Null;
        for (kind, (at, email)) in ["customer.created", "customer.updated"].into_iter().zip(&customer.emails) {
            last = sample::customer(&id, &address(*email), "Ada", time(customer.created_at));
            last["metadata"] = tagged(customer.tag);
            self.push(kind, *at, sample::API_VERSION, last.clone(), &[customer.tag]);
        }
        if let Some(at) = customer.deleted_at {
            self.push("customer.deleted", at, sample::API_VERSION, last, &[customer.tag]);
        }
    }

    fn checkout(&mut self, number: usize, checkout: &Checkout) {
        let (id, email) = (format!("cs_{number}"), address(checkout.email));
        let customer = checkout.customer.map(|customer| format!("cus_{customer}"));
        let intent = checkout.charge.map(|charge| format!("pi_{charge}"));
        let reference = checkout.reference.map(mark);
        let mut object = sample::checkout(sample::Checkout {
            id: &id,
            email: &email,
            amount_minor: 5_000,
            currency: "eur",
            created_at: time(checkout.at),
            customer_id: customer.as_deref(),
            payment_intent_id: intent.as_deref(),
            client_reference_id: reference.as_deref(),
        });
        if checkout.charge.is_none() {
            object = sample::subscription(object, &format!("sub_{number}"), &format!("in_{number}"));
        }
        object["metadata"] = tagged(checkout.tag);
        let names = [checkout.tag, checkout.reference];
        self.push("checkout.session.completed", checkout.at, sample::API_VERSION, object, &names);
    }
}

fn tagged(tag: Option<usize>) -> Value {
    tag.map_or(json!({ "campaign": "spring" }), |tag| json!({ "referral_id": mark(tag) }))
}

fn with_status(status: &str, mut object: Value) -> Value {
    object["status"] = status.into();
    object
}

/// A charge as one API version tells of it.
struct Charged<'a> {
    number: usize,
    payment: &'a Payment,
    version: &'static str,
}

type Event = (&'static str, i64, Value);

impl Charged<'_> {
    fn id(&self) -> String {
        format!("ch_{}", self.number)
    }

    fn intent(&self) -> String {
        format!("pi_{}", self.number)
    }

    fn truth(&self) -> &TrueCharge {
        &self.payment.charge
    }

    fn currency(&self) -> &'static str {
        if is_own(self.truth().money) { "eur" } else { "usd" }
    }

    fn released(&self) -> i64 {
        let truth = self.truth();
        if truth.releases { truth.authorised - truth.captured } else { 0 }
    }

    /// The authorisation, the capture, each refund where that is an event of the charge, and a late update.
    fn charges(&self) -> Vec<Event> {
        let truth = self.truth();
        let at_once = truth.captured_at == truth.at && truth.captured == truth.authorised;
        if truth.fate == Fate::Pending {
            return vec![("charge.pending", truth.at, with_status("pending", self.shows(&[], truth.at)))];
        }
        let first = if at_once { self.shows(&[], truth.at) } else { self.snapshot(0, 0, vec![]) };
        let mut events = vec![("charge.succeeded", truth.at, first)];
        if !at_once && truth.captured > 0 {
            events.push(("charge.captured", truth.captured_at, self.shows(&[], truth.captured_at)));
        }
        if truth.style != Style::Objects {
            for (number, refund) in truth.refunds.iter().enumerate() {
                events.push((
                    "charge.refunded",
                    refund.shown_at,
                    self.shows(&truth.refunds[..=number], refund.made_at),
                ));
            }
        }
        let late = truth.last() + 10;
        let mut settled = self.shows(&truth.refunds, late);
        // Stripe settles in the background, and some endpoints hear of it.
        if self.number.is_multiple_of(2) {
            settled["balance_transaction"] = self.settlement().map(|settlement| settlement["id"].clone()).into();
        }
        events.push(("charge.updated", late, settled));
        if truth.fate == Fate::Failed {
            let captured = self.shows(&[], truth.captured_at);
            events.push(("charge.failed", truth.captured_at, with_status("failed", captured)));
        }
        events
    }

    /// By what it was settled.
    fn settlement(&self) -> Option<Value> {
        let (amount, currency) = match self.truth().money {
            Money::Own | Money::Foreign => return None,
            Money::Settled(minor) => (minor, "eur"),
            Money::OwnSettledElsewhere(minor) | Money::SettledElsewhere(minor) => (minor, "gbp"),
        };
        let id = format!("txn_{}", self.number);
        let is_settled = self.truth().fate == Fate::Succeeded && self.truth().captured > 0;
        is_settled.then(|| json!({ "id": id, "object": "balance_transaction", "amount": amount, "currency": currency }))
    }

    /// The charge after those refunds, as they were then.
    fn shows(&self, refunds: &[TrueRefund], at: i64) -> Value {
        let stands = |refund: &&TrueRefund| refund.fails_at.is_none_or(|fails_at| at < fails_at);
        let refunded: i64 = refunds.iter().filter(stands).map(|refund| refund.amount).sum();
        let mut list: Vec<Value> = refunds
            .iter()
            .enumerate()
            .map(|(number, refund)| {
                let status = if stands(&refund) { "succeeded" } else { "failed" };
                self.refund(&number.to_string(), refund.amount, refund.made_at, status)
            })
            .collect();
        if self.released() > 0 {
            list.push(self.release());
        }
        self.snapshot(self.truth().captured, refunded + self.released(), list)
    }

    fn snapshot(&self, captured_minor: i64, refunded_minor: i64, refunds: Vec<Value>) -> Value {
        let truth = self.truth();
        let customer = self.payment.customer.map(|customer| format!("cus_{customer}"));
        let email = self.payment.emails.first().map(|email| address(*email).to_uppercase());
        let mut object = sample::charge(sample::Charge {
            id: &self.id(),
            amount_minor: truth.authorised,
            currency: self.currency(),
            created_at: time(truth.at),
            customer_id: customer.as_deref(),
            payment_intent_id: Some(&self.intent()),
            email: email.as_deref(),
            captured_minor,
            refunded_minor,
        });
        object["metadata"] = tagged(self.payment.tag);
        object["receipt_email"] = self.payment.emails.get(1).map(|email| address(*email)).into();
        if self.version == LISTING {
            object["refunds"] = json!({ "object": "list", "data": refunds, "has_more": false });
        }
        object
    }

    fn refund(&self, name: &str, amount: i64, at: i64, status: &str) -> Value {
        let id = format!("re_{}_{name}", self.number);
        sample::refund(&id, &self.id(), amount, self.currency(), time(at), status)
    }

    fn release(&self) -> Value {
        self.refund("release", self.released(), self.truth().captured_at, "succeeded")
    }

    /// Where refunds are no events of their own, only that one failed is told.
    fn refunds(&self) -> Vec<Event> {
        let truth = self.truth();
        let silent = truth.style == Style::Snapshots;
        let mut events = vec![];
        if !silent && self.released() > 0 && truth.fate != Fate::Pending {
            events.push(("refund.created", truth.captured_at, self.release()));
        }
        for (number, refund) in truth.refunds.iter().enumerate() {
            let object = |status: &str| self.refund(&number.to_string(), refund.amount, refund.made_at, status);
            if !silent {
                events.push(("refund.created", refund.made_at, object("pending")));
            }
            match refund.fails_at {
                Some(at) if silent => events.push(("charge.refund.updated", at, object("failed"))),
                Some(at) => events.push(("refund.failed", at, object("failed"))),
                None if silent => {}
                None => events.push(("refund.updated", refund.made_at + 1, object("succeeded"))),
            }
        }
        events
    }

    fn disputes(&self) -> Vec<Event> {
        let all = self.truth().disputes.iter().enumerate();
        all.flat_map(|(number, dispute)| self.life(number, dispute)).collect()
    }

    fn life(&self, number: usize, dispute: &TrueDispute) -> Vec<Event> {
        let id = format!("dp_{}_{number}", self.number);
        let event = |(step, status): (i64, &DisputeStatus)| {
            let word = status.word().to_lowercase();
            let object = sample::dispute(&id, &self.id(), dispute.amount, self.currency(), time(dispute.at), &word);
            let kind = match (step, status) {
                (0, _) => "charge.dispute.created",
                (_, DisputeStatus::Won | DisputeStatus::Lost | DisputeStatus::WarningClosed) => "charge.dispute.closed",
                _ => "charge.dispute.updated",
            };
            (kind, dispute.at + step, object)
        };
        (0..).zip(&dispute.life).map(event).collect()
    }
}
