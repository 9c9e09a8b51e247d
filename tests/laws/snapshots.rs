//! What a payment source would tell of a world: whole snapshots of each object, as they were when something happened.

use referrald::domain::fact::{Charge, ChargeStatus, Checkout, Customer, Dispute, Fact, Refund, RefundStatus, Seen};
use referrald::domain::id::ReferralId;
use referrald::domain::money::Currency;
use referrald::domain::time::Time;

use crate::people::{EMAIL, LINKED, RIVALS_CUSTOMER, RIVALS_EMAIL, referral_id, rivals_id};
use crate::world::{Fate, Money, Style, TrueCharge, TrueDispute, TrueRefund, Way, World};

pub fn facts(world: &World) -> Vec<Fact> {
    let told = |(number, charge)| Told { number, charge, last: world.last() }.facts();
    world.charges.iter().enumerate().flat_map(told).collect()
}

struct Told<'a> {
    number: usize,
    charge: &'a TrueCharge,
    last: i64,
}

fn time(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

impl Told<'_> {
    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<_> = self.charges().into_iter().map(Fact::Charge).collect();
        facts.extend(self.refunds().into_iter().map(Fact::Refund));
        facts.extend(self.disputes().into_iter().map(Fact::Dispute));
        facts.extend(self.customers().into_iter().map(Fact::Customer));
        facts.extend(self.checkouts().into_iter().map(Fact::Checkout));
        facts
    }

    fn charge_id(&self) -> String {
        format!("ch_{}", self.number)
    }

    fn customer_id(&self) -> Option<String> {
        match self.charge.way {
            Way::GuestEmail | Way::CheckoutReference | Way::Stranger => None,
            Way::LinkedCustomer => Some(LINKED.into()),
            Way::RivalsCustomer => Some(RIVALS_CUSTOMER.into()),
            _ => Some(format!("cus_{}", self.number)),
        }
    }

    fn intent_id(&self) -> String {
        format!("pi_{}", self.number)
    }

    /// The authorisation, the capture, each refund, and a late update.
    fn charges(&self) -> Vec<Charge> {
        let truth = self.charge;
        let mut charges = vec![self.first()];
        if truth.fate == Fate::Pending {
            return charges;
        }
        charges.push(self.captured());
        if truth.style != Style::Objects {
            let shown = truth.refunds.iter().enumerate();
            charges.extend(shown.map(|(n, refund)| self.shows(&truth.refunds[..=n], refund.made_at, refund.shown_at)));
        }
        charges.push(self.settled(self.shows(&truth.refunds, self.last + 10, self.last + 10)));
        if truth.fate == Fate::Failed {
            charges.push(Charge { status: ChargeStatus::Failed, ..self.captured() });
        }
        charges
    }

    fn first(&self) -> Charge {
        let truth = self.charge;
        let own = matches!(truth.money, Money::Own | Money::OwnSettledElsewhere(_));
        let pending = truth.fate == Fate::Pending;
        Charge {
            id: self.charge_id(),
            currency: currency(if own { "eur" } else { "usd" }),
            created_at: time(truth.at),
            customer_id: self.customer_id(),
            payment_intent_id: Some(self.intent_id()),
            status: if pending { ChargeStatus::Pending } else { ChargeStatus::Succeeded },
            amount_minor: truth.authorised,
            captured_minor: if pending { truth.captured } else { 0 },
            released_minor: 0,
            refunded: Seen::new(),
            settlement: None,
            balance_transaction_id: None,
            refunds_known_at: None,
            emails: self.email().map(|email| (email.to_owned(), time(truth.at))).into_iter().collect(),
            referrals: self.referral().map(|id| (id, time(truth.at))).into_iter().collect(),
        }
    }

    fn email(&self) -> Option<&str> {
        match self.charge.way {
            Way::GuestEmail | Way::WeakerRival | Way::StrongerRival => Some(EMAIL),
            Way::Stranger => Some("carl@example.com"),
            _ => None,
        }
    }

    fn referral(&self) -> Option<ReferralId> {
        match self.charge.way {
            Way::ChargeMetadata => Some(referral_id()),
            Way::StrongerRival => Some(rivals_id()),
            _ => None,
        }
    }

    fn captured(&self) -> Charge {
        let mut charge = self.shows(&[], self.charge.captured_at, self.charge.captured_at);
        charge.released_minor = self.released();
        charge
    }

    /// The charge after those refunds as they were at a time, in an event made at another.
    fn shows(&self, refunds: &[TrueRefund], at: i64, event_at: i64) -> Charge {
        let stands = |refund: &&TrueRefund| refund.fails_at.is_none_or(|fails_at| at < fails_at);
        let refunded: i64 = refunds.iter().filter(stands).map(|refund| refund.amount).sum();
        let refunded = refunded + self.released();
        Charge {
            captured_minor: self.charge.captured,
            refunded: (refunded > 0).then_some((refunded, time(event_at))).into_iter().collect(),
            ..self.first()
        }
    }

    fn released(&self) -> i64 {
        if self.charge.releases { self.charge.authorised - self.charge.captured } else { 0 }
    }

    fn settled(&self, charge: Charge) -> Charge {
        let settlement = match self.charge.money {
            Money::Own | Money::Foreign => None,
            Money::Settled(minor) => Some((minor, currency("eur"))),
            Money::OwnSettledElsewhere(minor) | Money::SettledElsewhere(minor) => Some((minor, currency("gbp"))),
        };
        Charge { settlement, ..charge }
    }

    fn refunds(&self) -> Vec<Refund> {
        let objects = self.charge.style != Style::Snapshots;
        let mut refunds = vec![];
        if objects && self.released() > 0 {
            let release = self.refund("release", self.released(), self.charge.captured_at);
            refunds.push(Refund { status: RefundStatus::Succeeded, ..release });
        }
        for (number, refund) in self.charge.refunds.iter().enumerate() {
            let object = self.refund(&number.to_string(), refund.amount, refund.made_at);
            if refund.fails_at.is_some() {
                refunds.push(Refund { status: RefundStatus::Failed, ..object.clone() });
            } else if objects {
                refunds.push(Refund { status: RefundStatus::Succeeded, charge_id: None, ..object.clone() });
            }
            if objects {
                refunds.push(object);
            }
        }
        refunds
    }

    fn refund(&self, name: &str, amount_minor: i64, made_at: i64) -> Refund {
        let (id, charge_id) = (format!("re_{}_{name}", self.number), Some(self.charge_id()));
        Refund { id, charge_id, amount_minor, created_at: time(made_at), status: RefundStatus::Pending }
    }

    fn disputes(&self) -> Vec<Dispute> {
        let all = self.charge.disputes.iter().enumerate();
        all.flat_map(|(number, truth)| self.life(&format!("dp_{}_{number}", self.number), truth)).collect()
    }

    fn life(&self, id: &str, truth: &TrueDispute) -> Vec<Dispute> {
        let snapshot = |status: &_| Dispute {
            id: id.to_owned(),
            charge_id: Some(self.charge_id()),
            amount_minor: truth.amount,
            created_at: time(truth.at),
            status: *status,
        };
        truth.life.iter().map(snapshot).collect()
    }

    /// Its customer before and after a change of address.
    fn customers(&self) -> Vec<Customer> {
        let Some(id) = self.customer_id() else { return vec![] };
        let (before, after) = match self.charge.way {
            Way::CustomerEmail => ("old@example.com", EMAIL),
            Way::FormerEmail => (EMAIL, "new@example.com"),
            Way::WeakerRival => (RIVALS_EMAIL, RIVALS_EMAIL),
            Way::RivalsCustomer => (EMAIL, RIVALS_EMAIL),
            _ => ("nobody@example.com", "nobody@example.com"),
        };
        let mine = self.charge.way == Way::CustomerMetadata;
        let linked = match self.charge.way {
            Way::LinkedCustomer => Some(referral_id()),
            Way::RivalsCustomer => Some(rivals_id()),
            _ => None,
        };
        let snapshot = |(email, at): (&str, i64)| Customer {
            created_at: Some(time(self.charge.at)),
            emails: Seen::from([(email.to_owned(), time(at))]),
            referrals: mine.then(|| (referral_id(), time(at))).into_iter().collect(),
            linked: linked.map(|referral| (referral, time(at))).into_iter().collect(),
            ..Customer::unknown(&id)
        };
        [(before, self.charge.at - 5), (after, self.charge.at + 5)].map(snapshot).into()
    }

    fn checkouts(&self) -> Vec<Checkout> {
        let claim = |mine: bool| -> Seen<ReferralId> {
            mine.then(|| (referral_id(), time(self.charge.at))).into_iter().collect()
        };
        let way = self.charge.way;
        if !matches!(way, Way::CheckoutMetadata | Way::CheckoutReference | Way::CustomersCheckout) {
            return vec![];
        }
        let earlier = way == Way::CustomersCheckout;
        vec![Checkout {
            id: format!("cs_{}", self.number),
            customer_id: self.customer_id(),
            payment_intent_id: (!earlier).then(|| self.intent_id()),
            emails: Seen::new(),
            referrals: claim(way == Way::CheckoutMetadata),
            references: claim(way != Way::CheckoutMetadata),
        }]
    }
}
