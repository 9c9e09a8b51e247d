//! What truly happened to one invited person: charges, refunds and disputes with their times in seconds.

use referrald::domain::fact::DisputeStatus;
use referrald::domain::money::Currency;
use referrald::domain::qualification::Verdict;
use referrald::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, NewCustomerMode, Operator, RefundPolicy, RefundScope,
    Rule,
};

use crate::random::Random;

pub const REGISTERED: i64 = 1_767_225_600;
pub const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a circumstance of its own")]
pub struct World {
    pub rule: Rule,
    pub now: i64,
    pub self_referral: bool,
    /// Whether the look at Stripe has not answered.
    pub check_outstanding: bool,
    pub existing: bool,
    pub manual: Option<Verdict>,
    /// A duplicate customer was created for the person, and only its spend counts.
    pub only_own_customer: bool,
    pub charges: Vec<TrueCharge>,
}

#[derive(Clone, Debug)]
pub struct TrueCharge {
    pub at: i64,
    pub captured_at: i64,
    pub authorised: i64,
    pub captured: i64,
    /// Requests of older versions give the uncaptured rest back as if it were a refund.
    pub releases: bool,
    pub fate: Fate,
    pub money: Money,
    pub way: Way,
    pub style: Style,
    pub refunds: Vec<TrueRefund>,
    pub disputes: Vec<TrueDispute>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Pending,
    Succeeded,
    Failed,
}

/// The currency of a charge, and what it was settled at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Money {
    Own,
    OwnSettledElsewhere(i64),
    Foreign,
    Settled(i64),
    SettledElsewhere(i64),
}

/// What leads from a charge to the person, or away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    ChargeMetadata,
    CheckoutMetadata,
    CheckoutReference,
    /// A checkout of the same customer, long before: a subscription's renewal.
    CustomersCheckout,
    CustomerMetadata,
    LinkedCustomer,
    GuestEmail,
    CustomerEmail,
    /// The customer has another address by now.
    FormerEmail,
    /// The person's address on the charge, another referral's on its customer.
    WeakerRival,
    /// The person's address on the charge, another referral's id in its metadata.
    StrongerRival,
    /// The person's address on its customer, and another referral's customer is linked.
    RivalsCustomer,
    Stranger,
}

/// What the account's API version sends about refunds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    /// Refund objects, and the cumulative amount on the charge.
    Both,
    /// Refund objects; nobody subscribed to the charge's own event.
    Objects,
    /// The cumulative amount only, and an object where a refund failed.
    Snapshots,
}

#[derive(Clone, Debug)]
pub struct TrueRefund {
    pub made_at: i64,
    /// When the event was made that shows it on the charge.
    pub shown_at: i64,
    pub amount: i64,
    pub fails_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct TrueDispute {
    pub at: i64,
    pub amount: i64,
    /// Each status that it had, in order.
    pub life: Vec<DisputeStatus>,
}

impl World {
    pub fn random(random: &mut Random) -> Self {
        let rule = rule(random);
        let end = REGISTERED + i64::from(rule.window_days) * DAY;
        Self {
            now: end + random.pick(&[-HOUR, -1, 0, 1, 5 * DAY]),
            self_referral: random.percent(5),
            check_outstanding: random.percent(5),
            existing: random.percent(5),
            manual: random.percent(6).then(|| random.pick(&[Verdict::Qualified, Verdict::Disqualified])),
            only_own_customer: random.percent(10),
            charges: (0..random.below(5)).map(|_| TrueCharge::random(random, &rule)).collect(),
            rule,
        }
    }

    /// The last second in which anything happened.
    pub fn last(&self) -> i64 {
        self.charges.iter().map(TrueCharge::last).max().unwrap_or(REGISTERED)
    }
}

pub fn rule(random: &mut Random) -> Rule {
    use DisputePolicy::{LostCountsAgainst, OpenCountsAgainst};
    use ExistingEmailMode::{CreateDuplicate, SkipExisting, UpdateExisting};
    use RefundPolicy::{AnyRefund, Ignore, NetBelowTarget};
    Rule {
        currency: Currency::parse("eur").expect("three letters"),
        target_minor: random.pick(&[1, 500, 1_000, 1_000, 1_500]),
        window_days: u32::try_from(random.between(1, 4)).expect("small"),
        operator: random.pick(&[Operator::AtLeast, Operator::MoreThan]),
        method: random.pick(&[
            Method::TotalSpend,
            Method::TotalSpend,
            Method::TotalSpend,
            Method::FirstPayment,
            Method::Manual,
        ]),
        refund_policy: random.pick(&[NetBelowTarget, AnyRefund, Ignore]),
        refund_scope: random.pick(&[RefundScope::WithinWindow, RefundScope::AnyTime]),
        dispute_policy: random.pick(&[OpenCountsAgainst, LostCountsAgainst, DisputePolicy::Ignore]),
        currency_policy: random.pick(&[CurrencyPolicy::SameCurrencyOnly, CurrencyPolicy::SettlementAmount]),
        count_prior_days: random.pick(&[0, 0, 1, 2]),
        new_customer_mode: NewCustomerMode::WaitForCheckout,
        existing_email_mode: random.pick(&[SkipExisting, CreateDuplicate, UpdateExisting]),
    }
}

impl TrueCharge {
    pub fn random(random: &mut Random, rule: &Rule) -> Self {
        let authorised = random.pick(&[0, 1, 100, 400, 500, 600, 999, 1_000, 1_001, 2_067]);
        let partly = random.percent(15);
        let captured = if partly { random.between(0, authorised) } else { authorised };
        let at = moment(random, rule);
        let captured_at = if partly { at + random.pick(&[0, 5, 6 * HOUR]) } else { at };
        let fate = random.pick(&[Fate::Succeeded; 10]);
        let fate = if random.percent(12) { random.pick(&[Fate::Pending, Fate::Failed]) } else { fate };
        let mut charge = Self {
            at,
            captured_at,
            authorised,
            captured,
            releases: partly && random.percent(60),
            fate,
            money: money(random),
            way: way(random),
            style: random.pick(&[Style::Both, Style::Objects, Style::Snapshots]),
            refunds: vec![],
            disputes: vec![],
        };
        if fate != Fate::Pending {
            charge.give_back(random);
            charge.contest(random);
        }
        charge
    }

    /// Refunds one after the other, never more than was captured.
    ///
    /// Where only cumulative amounts tell of refunds, a failed one followed by another cannot be told from none at
    /// all, so there the failures come last.
    fn give_back(&mut self, random: &mut Random) {
        let mut at = self.captured_at;
        let mut left = self.captured;
        let lag = random.pick(&[0, 0, 1, 2]);
        for _ in 0..random.pick(&[0, 0, 0, 1, 1, 2, 3]) {
            if left == 0 {
                break;
            }
            at += random.pick(&[0, 1, HOUR, 6 * HOUR, DAY]);
            let amount = if random.percent(30) { left } else { random.between(1, left) };
            let fails = random.percent(30);
            let fails_now = fails && self.style != Style::Snapshots && random.percent(50);
            let fails_at = fails.then_some(if fails_now { at + lag + 1 } else { i64::MAX });
            self.refunds.push(TrueRefund { made_at: at, shown_at: at + lag, amount, fails_at });
            left -= if fails_now { 0 } else { amount };
            at += if lag == 0 && !fails_now { 0 } else { lag + 1 };
        }
        for refund in &mut self.refunds {
            refund.fails_at = refund.fails_at.map(|fails_at| fails_at.min(at + HOUR));
        }
    }

    fn contest(&mut self, random: &mut Random) {
        for _ in 0..random.pick(&[0, 0, 0, 0, 1, 1, 2]) {
            let at = self.captured_at + random.pick(&[0, 1, HOUR, 6 * HOUR, DAY, 2 * DAY]);
            let amount = random.pick(&[1, 300, 500, self.captured, self.captured + 77]);
            self.disputes.push(TrueDispute { at, amount, life: life(random) });
        }
    }

    pub fn last(&self) -> i64 {
        let refunds = self.refunds.iter().map(|refund| refund.fails_at.unwrap_or(refund.shown_at));
        let disputes = self.disputes.iter().map(|dispute| dispute.at);
        refunds.chain(disputes).fold(self.captured_at, i64::max)
    }
}

/// Times meet on purpose: at the edges of the window, in the same second, a second apart.
fn moment(random: &mut Random, rule: &Rule) -> i64 {
    let start = REGISTERED - i64::from(rule.count_prior_days) * DAY;
    let end = REGISTERED + i64::from(rule.window_days) * DAY;
    let inside = REGISTERED + random.between(0, 4 * i64::from(rule.window_days)) * 6 * HOUR;
    random.pick(&[inside, inside, inside, inside, inside, inside, REGISTERED, start, end, start - HOUR])
        + random.pick(&[0, 0, 0, -1, 1])
}

fn money(random: &mut Random) -> Money {
    let settled = random.pick(&[1, 250, 900, 1_000, 1_333]);
    match random.below(20) {
        0 => Money::Foreign,
        1 | 2 => Money::Settled(settled),
        3 => Money::SettledElsewhere(settled),
        4 => Money::OwnSettledElsewhere(settled),
        _ => Money::Own,
    }
}

fn way(random: &mut Random) -> Way {
    use Way::*;
    random.pick(&[
        ChargeMetadata,
        CheckoutMetadata,
        CheckoutReference,
        CustomersCheckout,
        CustomerMetadata,
        LinkedCustomer,
        LinkedCustomer,
        GuestEmail,
        GuestEmail,
        CustomerEmail,
        CustomerEmail,
        FormerEmail,
        WeakerRival,
        StrongerRival,
        RivalsCustomer,
        Stranger,
    ])
}

/// Some of the statuses in their order; a dispute may begin anywhere, even at its end.
fn life(random: &mut Random) -> Vec<DisputeStatus> {
    use DisputeStatus::*;
    let all =
        [WarningNeedsResponse, WarningUnderReview, WarningClosed, NeedsResponse, UnderReview, Lost, Won, Prevented];
    let end = random.pick(&[0, 1, 2, 3, 4, 5, 5, 6, 6, 7]);
    let mut life: Vec<_> = all[..end].iter().copied().filter(|_| random.percent(40)).collect();
    life.push(all[end]);
    life
}
