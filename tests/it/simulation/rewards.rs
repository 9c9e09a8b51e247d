//! What the campaigns of a world promise. Nothing of it is issued unless by hand, so the order changes no number.

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
        RewardRule {
            recipient: recipient.into(),
            trigger: Some(trigger),
            pattern: Some(pattern),
            kind: Some(Kind::Custom(v1::CustomReward { payload: String::new() })),
            limit_per_recipient: self.limit.map_or(0, number),
            ..RewardRule::default()
        }
    }
}

/// Every kind of promise.
pub fn promises() -> Vec<Promise> {
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
    all.into_iter().map(|(to_referrer, when, which, limit)| Promise { to_referrer, when, which, limit }).collect()
}
