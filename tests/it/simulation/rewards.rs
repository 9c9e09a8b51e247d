//! What the campaigns of a world promise. What is issued without being asked for does not depend on what else is, so the
//! order changes no number.

use referrald::proto::v1;
use referrald::proto::v1::reward_rule::{Kind, Pattern, Trigger};
use referrald::proto::v1::{RewardRecipient, RewardRule};

/// What is rewarded.
#[derive(Clone, Copy, Debug)]
pub enum When {
    Registered,
    Qualified,
    Paid { payments_max: usize, days: Option<i64> },
}

/// Which of those who qualify.
#[derive(Clone, Debug)]
pub enum Which {
    Every(usize),
    Milestones(Vec<usize>),
}

#[derive(Clone, Debug)]
pub struct Promise {
    pub to_referrer: bool,
    pub when: When,
    pub which: Which,
    pub limit: Option<usize>,
    /// A credit that is issued at once.
    pub credit_minor: Option<i64>,
}

impl Promise {
    /// How many rewards so many merits come to.
    pub fn given_for(&self, count: usize) -> usize {
        match &self.which {
            Which::Every(n) => count / n,
            Which::Milestones(at) => at.iter().filter(|at| **at <= count).count(),
        }
    }

    pub fn to_proto(&self) -> RewardRule {
        let number = |number: usize| u32::try_from(number).expect("small");
        let recipient = if self.to_referrer { RewardRecipient::Referrer } else { RewardRecipient::Referred };
        let trigger = match self.when {
            When::Registered => Trigger::Registered(v1::RegisteredTrigger {}),
            When::Qualified => Trigger::Qualified(v1::QualifiedTrigger {}),
            When::Paid { payments_max, days } => Trigger::Payment(v1::PaymentTrigger {
                payments_max: number(payments_max),
                payment_days: days.map_or(0, |days| u32::try_from(days).expect("small")),
            }),
        };
        let pattern = match &self.which {
            Which::Every(n) => Pattern::EveryNth(number(*n)),
            Which::Milestones(at) => {
                Pattern::Milestones(v1::Milestones { at: at.iter().map(|at| number(*at)).collect() })
            }
        };
        let kind = match self.credit_minor {
            None => Kind::Custom(v1::CustomReward { payload: String::new() }),
            Some(minor) => {
                Kind::StripeCredit(v1::StripeCredit { amount: Some(v1::stripe_credit::Amount::AmountMinor(minor)) })
            }
        };
        RewardRule {
            recipient: recipient.into(),
            trigger: Some(trigger),
            pattern: Some(pattern),
            kind: Some(kind),
            auto_issue: self.credit_minor.is_some(),
            limit_per_recipient: self.limit.map_or(0, number),
            ..RewardRule::default()
        }
    }
}

/// Every kind of promise; with a key, credits too.
pub fn promises(has_key: bool) -> Vec<Promise> {
    let paid = |payments_max, days| When::Paid { payments_max, days };
    let every = Which::Every;
    let all = [
        (true, When::Qualified, every(1), None),
        (true, When::Qualified, every(1), Some(2)),
        (true, When::Qualified, every(2), None),
        (true, When::Qualified, Which::Milestones(vec![1, 3]), Some(1)),
        (true, paid(2, Some(5)), every(1), None),
        (true, paid(3, None), every(1), Some(3)),
        (false, When::Qualified, every(1), None),
        (false, When::Registered, every(1), None),
        (false, paid(2, None), every(1), Some(1)),
    ];
    let promise = |(to_referrer, when, which, limit)| Promise { to_referrer, when, which, limit, credit_minor: None };
    let mut promises: Vec<Promise> = all.into_iter().map(promise).collect();
    if has_key {
        let credits = [(0, 500), (7, 70), (4, 3)];
        let credit = |(of, minor): (usize, i64)| Promise { credit_minor: Some(minor), ..promises[of].clone() };
        promises.extend(credits.map(credit));
    }
    promises
}
