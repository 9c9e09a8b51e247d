//! A small world, so small that everything in it meets: who was invited, who paid, and what was given back.
//!
//! Nothing here knows of deliveries: it is what truly happened. What happens to one charge is made by the laws' own
//! generator, whose times meet at the edges of windows.

use referrald::domain::fact::DisputeStatus;
use referrald::domain::rule::{CurrencyPolicy, ExistingEmailMode, Rule};

use super::world::{DAY, Fate, Money, REGISTERED, Style, TrueCharge, TrueDispute, Way, rule as any_rule};
use crate::random::Random;

const HOUR: i64 = 3_600;
/// The middle of every world lies that long before its beginning. The half hour keeps the ends of windows away from
/// the moments at which the clock stands: a world takes less.
const EPOCH_BEFORE: i64 = 10 * DAY + HOUR / 2;
/// How many addresses there are.
const EMAILS: usize = 5;

/// Somebody who is going to be registered in a campaign.
#[derive(Clone, Debug)]
pub struct Invited {
    pub campaign: usize,
    pub email: usize,
    pub referrer: usize,
    /// In seconds since 1970; no two are alike, since ids would decide between them.
    pub registered_at: i64,
}

/// A customer of Stripe: each address that it had, with the time from which.
#[derive(Clone, Debug)]
pub struct Customer {
    pub created_at: i64,
    pub emails: Vec<(i64, usize)>,
    /// Whose referral id its metadata carries.
    pub tag: Option<usize>,
    pub deleted_at: Option<i64>,
}

/// A completed checkout: of one charge, or the beginning of a customer's subscription.
#[derive(Clone, Debug)]
pub struct Checkout {
    pub at: i64,
    pub charge: Option<usize>,
    pub customer: Option<usize>,
    pub email: usize,
    pub tag: Option<usize>,
    /// Whose referral id is the merchant's reference.
    pub reference: Option<usize>,
}

/// A charge, and who stands behind it.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Its times are true; its way is not looked at.
    pub charge: TrueCharge,
    pub customer: Option<usize>,
    /// What the payer typed in, and where the receipt went.
    pub emails: Vec<usize>,
    pub tag: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct World {
    /// Whether the service may ask Stripe.
    pub has_key: bool,
    /// The first rule of each campaign.
    pub rules: Vec<Rule>,
    /// The addresses of those who refer; one may invite themselves.
    pub referrers: Vec<String>,
    pub invited: Vec<Invited>,
    pub customers: Vec<Customer>,
    pub checkouts: Vec<Checkout>,
    pub payments: Vec<Payment>,
}

pub fn address(number: usize) -> String {
    format!("person{number}@example.com")
}

/// A rule that needs no API key; with one, nobody's customer is linked, so that addresses go on to lead to people. One
/// window of three is open when the world begins.
pub fn rule(random: &mut Random, has_key: bool) -> Rule {
    let rule = any_rule(random);
    let window_days = if random.percent(35) { 30 } else { rule.window_days };
    let rule = Rule { window_days, ..rule };
    if has_key {
        return Rule { existing_email_mode: ExistingEmailMode::SkipExisting, ..rule };
    }
    let existing_email_mode = match rule.existing_email_mode {
        ExistingEmailMode::CreateDuplicate => ExistingEmailMode::UpdateExisting,
        mode => mode,
    };
    Rule { currency_policy: CurrencyPolicy::SameCurrencyOnly, existing_email_mode, ..rule }
}

struct Maker<'r> {
    random: &'r mut Random,
    world: World,
}

impl World {
    /// What has happened by now, in seconds since 1970.
    pub fn random(random: &mut Random, now: i64, has_key: bool) -> Self {
        let rules: Vec<Rule> = (0..random.between(1, 2)).map(|_| rule(random, has_key)).collect();
        let mut invited = invited(random, rules.len(), now - EPOCH_BEFORE);
        let mut referrers = vec!["friend@example.org".to_owned(), "colleague@example.org".to_owned()];
        if random.percent(30) {
            let selfish = random.below(invited.len());
            invited[selfish].referrer = 1;
            referrers[1] = address(invited[selfish].email);
        }
        let (customers, checkouts, payments) = Default::default();
        let world = Self { has_key, rules, referrers, invited, customers, checkouts, payments };
        let mut maker = Maker { random, world };
        for _ in 0..maker.random.between(0, 3) {
            maker.customer();
        }
        for _ in 0..maker.random.between(1, 6) {
            maker.payment();
        }
        maker.world
    }
}

/// At least one.
fn invited(random: &mut Random, campaigns: usize, epoch: i64) -> Vec<Invited> {
    let mut invited: Vec<Invited> = Vec::new();
    for campaign in 0..campaigns {
        for email in 0..EMAILS {
            if random.percent(55) || (invited.is_empty() && email + 1 == EMAILS) {
                let at = random.between(-12, 60) * HOUR + i64::try_from(invited.len()).expect("few");
                invited.push(Invited { campaign, email, referrer: random.below(2), registered_at: epoch + at });
            }
        }
    }
    invited
}

impl Maker<'_> {
    fn anybody(&mut self) -> usize {
        self.random.below(self.world.invited.len())
    }

    fn sometimes(&mut self, percent: usize) -> Option<usize> {
        if self.random.percent(percent) { Some(self.anybody()) } else { None }
    }

    fn email_of(&mut self, invited: usize) -> usize {
        if self.random.percent(80) { self.world.invited[invited].email } else { self.random.below(EMAILS) }
    }

    /// A customer with the address of somebody invited, now or before; it may begin a subscription.
    fn customer(&mut self) {
        let whose = self.anybody();
        let registered_at = self.world.invited[whose].registered_at;
        let created_at = registered_at + self.random.pick(&[-5, -HOUR, -HOUR - 1, -HOUR, -3 * DAY, 0, HOUR, DAY]);
        let mut emails = vec![(created_at, self.email_of(whose))];
        if self.random.percent(30) {
            emails.push((created_at + self.random.pick(&[1, HOUR, DAY]), self.random.below(EMAILS)));
        }
        let tag = self.sometimes(12);
        let deleted_at = self.random.percent(8).then_some(created_at + 2 * DAY);
        let number = self.world.customers.len();
        self.world.customers.push(Customer { created_at, emails, tag, deleted_at });
        if self.random.percent(25) {
            self.subscription(number, whose, created_at + HOUR);
        }
    }

    /// Its checkout, and the renewals, which carry nothing but their customer.
    fn subscription(&mut self, customer: usize, whose: usize, at: i64) {
        let (tag, reference) = (self.sometimes(20), self.sometimes(30));
        let email = self.email_of(whose);
        self.world.checkouts.push(Checkout { at, charge: None, customer: Some(customer), email, tag, reference });
        let amount = self.random.pick(&[100, 400, 500, 1_000]);
        for day in 0..self.random.between(1, 3) {
            let charge = renewal(at + day * DAY, amount);
            self.world.payments.push(Payment { charge, customer: Some(customer), emails: vec![], tag: None });
        }
    }

    /// All of it is lost to a dispute the day after.
    fn contest(&mut self, charge: &mut TrueCharge) {
        if charge.fate == Fate::Succeeded && charge.disputes.is_empty() && self.random.percent(12) {
            let life = vec![DisputeStatus::NeedsResponse, DisputeStatus::Lost];
            charge.disputes.push(TrueDispute { at: charge.captured_at + DAY, amount: charge.captured, life });
        }
    }

    /// A charge near the window of somebody invited.
    fn payment(&mut self) {
        let whose = self.anybody();
        let of = self.world.invited[whose].clone();
        let rule = &self.world.rules[of.campaign];
        let near = Rule { window_days: rule.window_days.min(4), ..rule.clone() };
        let mut charge = moved(TrueCharge::random(self.random, &near), of.registered_at - REGISTERED);
        self.contest(&mut charge);
        if self.world.has_key {
            show_at_once(&mut charge);
            if self.random.percent(25) {
                let settled = self.random.between(1, 2_000);
                charge.money = self.random.pick(&[Money::Settled(settled), Money::Settled(settled), Money::Foreign]);
            }
        } else {
            charge.money = if is_own(charge.money) { Money::Own } else { Money::Foreign };
        }
        let known = !self.world.customers.is_empty() && self.random.percent(50);
        let customer = known.then(|| self.random.below(self.world.customers.len()));
        let guest = if customer.is_some() { 30 } else { 85 };
        let mut emails = Vec::new();
        if self.random.percent(guest) {
            emails.push(self.email_of(whose));
        }
        if self.random.percent(10) {
            emails.push(self.random.below(EMAILS));
        }
        let (number, at) = (self.world.payments.len(), charge.at);
        let tag = self.sometimes(8);
        self.world.payments.push(Payment { charge, customer, emails, tag });
        if self.random.percent(25) {
            let (tag, reference) = (self.sometimes(20), self.sometimes(30));
            let at = at + self.random.pick(&[0, 2, HOUR]);
            let email = self.email_of(whose);
            self.world.checkouts.push(Checkout { at, charge: Some(number), customer, email, tag, reference });
        }
    }
}

/// Whether a charge is in the currency of the campaigns.
pub fn is_own(money: Money) -> bool {
    matches!(money, Money::Own | Money::OwnSettledElsewhere(_))
}

/// What only snapshots tell of may be asked, and then has the times at which it was made.
fn show_at_once(charge: &mut TrueCharge) {
    if charge.style == Style::Snapshots {
        charge.refunds.iter_mut().for_each(|refund| refund.shown_at = refund.made_at);
    }
}

fn renewal(at: i64, amount: i64) -> TrueCharge {
    TrueCharge {
        at,
        captured_at: at,
        authorised: amount,
        captured: amount,
        releases: false,
        fate: Fate::Succeeded,
        money: Money::Own,
        way: Way::Stranger,
        style: Style::Both,
        refunds: vec![],
        disputes: vec![],
    }
}

/// The same charge at another time.
pub fn moved(mut charge: TrueCharge, by: i64) -> TrueCharge {
    charge.at += by;
    charge.captured_at += by;
    for refund in &mut charge.refunds {
        refund.made_at += by;
        refund.shown_at += by;
        refund.fails_at = refund.fails_at.map(|at| at + by);
    }
    for dispute in &mut charge.disputes {
        dispute.at += by;
    }
    charge
}
