//! What is given, to whom and for what: the reward rules of a campaign.

use std::collections::BTreeSet;

use super::super::Invalid;
use super::super::id::RewardRuleId;
use super::super::money::{AMOUNT_MINOR_MAX, Currency};
use super::super::rule::{days, target_minor};
use super::super::time::Time;

/// The most referrals that one reward may take, and the most rewards that a limit may allow.
pub const COUNT_MAX: u32 = 1000;
/// The most milestones of a rule, and the highest.
pub const MILESTONES_MAX: usize = 50;
/// The highest milestone.
pub const MILESTONE_MAX: u32 = 100_000;
/// One basis point is a hundredth of a percent; this is all of it.
pub const BASIS_POINTS_MAX: u32 = 10_000;
/// The longest payload, in characters.
pub const PAYLOAD_MAX: usize = 4000;
/// The longest id of a coupon, in characters.
pub const COUPON_ID_MAX: usize = 255;
/// The longest beginning of a code, in characters.
pub const CODE_PREFIX_MAX: usize = 20;

/// Which of the two people a reward is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Who brought somebody.
    Referrer,
    /// Who was brought.
    Referred,
}

/// What earns a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// A referral that qualifies.
    Qualified,
    /// A registration, once the customer check has answered.
    Registered,
    /// Each payment of a qualified referral from `qualified_at` on.
    Payment {
        /// How many payments of one referral at most.
        payments_max: u32,
        /// How long after `qualified_at` a payment earns something, in days of 24 hours; `None` for ever.
        payment_days: Option<u32>,
    },
}

/// Which of the referrals that qualify earn a reward.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Every nth of a referrer.
    Every(u32),
    /// Those that reach one of these numbers, each once.
    Milestones(BTreeSet<u32>),
}

/// How large a credit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Amount {
    /// The same for everybody, in minor units.
    Fixed(i64),
    /// A share of what was spent.
    BasisPoints {
        /// Hundredths of a percent.
        points: u32,
        /// The most that one referral earns under the rule, in minor units.
        cap_minor: Option<i64>,
    },
}

/// What is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A credit on the balance of a Stripe customer.
    Credit(Amount),
    /// A code on a coupon of the merchant, for the recipient alone.
    PromotionCode {
        /// The coupon at Stripe.
        coupon_id: String,
        /// What the code begins with.
        code_prefix: Option<String>,
        /// How long the code is good, in days from its issue; `None` for ever.
        expires_days: Option<u32>,
    },
    /// Something that the merchant's own systems give.
    Custom {
        /// Whatever these systems need to know.
        payload: String,
    },
}

/// What a rule promises; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    /// For whom.
    pub role: Role,
    /// For what.
    pub trigger: Trigger,
    /// For which of them.
    pub pattern: Pattern,
    /// What.
    pub kind: Kind,
    /// The most rewards of one recipient.
    pub limit_per_recipient: Option<u32>,
    /// How long a reward is held before it is due, in days of 24 hours.
    pub hold_days: u32,
}

/// A rule of a campaign by which rewards are earned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RewardRule {
    /// Its id.
    pub id: RewardRuleId,
    /// Its name for people.
    pub display_name: Option<String>,
    /// What it promises.
    pub terms: Terms,
    /// Whether what becomes due is issued without being approved.
    pub auto_issue: bool,
    /// The currency of its amounts: the campaign's when the rule was added.
    pub currency: Currency,
    /// From when on something is earned under it; `None` where that was before the campaign went live.
    pub effective_from: Option<Time>,
    /// From when on nothing is earned under it any more.
    pub retired_at: Option<Time>,
}

impl Pattern {
    /// Whether each referral counts by itself.
    pub fn is_every_first(&self) -> bool {
        *self == Self::Every(1)
    }
}

impl Terms {
    /// What does not go together, each with the part that would have to be another.
    pub fn conflicts(&self) -> Vec<(&'static str, Invalid)> {
        let every_first = self.pattern.is_every_first();
        let registered = self.trigger == Trigger::Registered;
        let share = self.kind.is_share();
        let found = [
            (registered && self.role == Role::Referrer, "trigger", "registered is for recipient REFERRED only"),
            (!every_first && self.role == Role::Referred, "pattern", "must be every 1st: a person is referred once"),
            (
                !every_first && self.role == Role::Referrer && self.trigger != Trigger::Qualified,
                "pattern",
                "must be every 1st, or the trigger qualified",
            ),
            (share && registered, "kind", "basis points need a spend, and a registration has none"),
            (share && !every_first, "kind", "basis points need one referral to take the spend of: every 1st"),
        ];
        found.into_iter().filter(|found| found.0).map(|(_, part, problem)| (part, Invalid::new(problem))).collect()
    }

    /// The parts in which two promises differ.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let compared = [
            ("recipient", self.role != other.role),
            ("trigger", self.trigger != other.trigger),
            ("pattern", self.pattern != other.pattern),
            ("kind", self.kind != other.kind),
            ("limit_per_recipient", self.limit_per_recipient != other.limit_per_recipient),
            ("hold_days", self.hold_days != other.hold_days),
        ];
        compared.into_iter().filter_map(|(part, differs)| differs.then_some(part)).collect()
    }

    /// Whether the rewards of a recipient depend on each other: what one referral earns, another may not.
    pub fn is_shared(&self) -> bool {
        self.role == Role::Referrer && (!self.pattern.is_every_first() || self.limit_per_recipient.is_some())
    }

    /// Whether each payment earns something.
    pub fn is_recurring(&self) -> bool {
        matches!(self.trigger, Trigger::Payment { .. })
    }
}

impl Kind {
    /// Whether Stripe is written to.
    pub fn is_stripe(&self) -> bool {
        !matches!(self, Self::Custom { .. })
    }

    /// What of it writes to Stripe, and so needs an API key.
    pub fn needs_stripe_key(&self) -> Option<&'static str> {
        match self {
            Self::Credit(_) => Some("reward rules with a stripe_credit"),
            Self::PromotionCode { .. } => Some("reward rules with a stripe_promotion_code"),
            Self::Custom { .. } => None,
        }
    }

    /// What the merchant's own systems need to know, where they give it.
    pub fn payload(&self) -> Option<&str> {
        if let Self::Custom { payload } = self { Some(payload) } else { None }
    }

    /// Whether it is a share of what was spent.
    pub fn is_share(&self) -> bool {
        matches!(self, Self::Credit(Amount::BasisPoints { .. }))
    }

    /// What is given, where that is the same for everybody.
    pub fn fixed_minor(&self) -> Option<i64> {
        if let Self::Credit(Amount::Fixed(minor)) = self { Some(*minor) } else { None }
    }
}

impl RewardRule {
    /// Whether something that was done then is rewarded: the start is in, the end is out.
    pub fn covers(&self, at: Time) -> bool {
        self.effective_from.is_none_or(|from| from <= at) && self.retired_at.is_none_or(|until| at < until)
    }

    /// What a share of a spend comes to, rounded down, when that much was given for the same referral before. Within
    /// the cap, and 0 where nothing is left of it; `None` where the rule gives no share.
    pub fn share_minor(&self, net_minor: i64, given_minor: i64) -> Option<i64> {
        let Kind::Credit(Amount::BasisPoints { points, cap_minor }) = self.terms.kind else { return None };
        let share = i128::from(net_minor.max(0)) * i128::from(points) / i128::from(BASIS_POINTS_MAX);
        let share = i64::try_from(share).unwrap_or(i64::MAX);
        Some(cap_minor.map_or(share, |cap| share.min((cap - given_minor).max(0))))
    }
}

/// A number of referrals, rewards or payments: 1 to [`COUNT_MAX`].
///
/// # Errors
/// Any other number.
pub fn count(count: u32) -> Result<u32, Invalid> {
    if (1..=COUNT_MAX).contains(&count) {
        return Ok(count);
    }
    Err(Invalid(format!("is {count}, and must be 1 to {COUNT_MAX}")))
}

/// Milestones, each once, in any order.
///
/// # Errors
/// None, too many, the same twice, or one outside 1 to [`MILESTONE_MAX`].
pub fn milestones(numbers: &[u32]) -> Result<Pattern, Invalid> {
    if !(1..=MILESTONES_MAX).contains(&numbers.len()) {
        return Err(Invalid(format!("has {} milestones, and must have 1 to {MILESTONES_MAX}", numbers.len())));
    }
    if let Some(wrong) = numbers.iter().find(|number| !(1..=MILESTONE_MAX).contains(number)) {
        return Err(Invalid(format!("has the milestone {wrong}, and one is 1 to {MILESTONE_MAX}")));
    }
    let unique: BTreeSet<u32> = numbers.iter().copied().collect();
    if unique.len() < numbers.len() {
        return Err(Invalid::new("has a milestone twice"));
    }
    Ok(Pattern::Milestones(unique))
}

/// An amount that is given: 1 to [`AMOUNT_MINOR_MAX`] minor units.
///
/// # Errors
/// Any other amount.
pub fn given_minor(amount: i64) -> Result<i64, Invalid> {
    target_minor(amount)
}

/// Basis points: 1 to [`BASIS_POINTS_MAX`].
///
/// # Errors
/// Any other number.
pub fn basis_points(points: u32) -> Result<u32, Invalid> {
    if (1..=BASIS_POINTS_MAX).contains(&points) {
        return Ok(points);
    }
    Err(Invalid(format!("is {points}, and must be 1 to {BASIS_POINTS_MAX} hundredths of a percent")))
}

/// A cap in minor units; 0 is none.
///
/// # Errors
/// Below 0, or more than twelve digits.
pub fn cap_minor(cap: i64) -> Result<Option<i64>, Invalid> {
    if (0..=AMOUNT_MINOR_MAX).contains(&cap) {
        return Ok(Some(cap).filter(|cap| *cap > 0));
    }
    Err(Invalid(format!("is {cap}, and must be 0 to {AMOUNT_MINOR_MAX} minor units; 0 is no cap")))
}

/// A number of days that may be left out: 0 is none.
///
/// # Errors
/// More than ten years.
pub fn optional_days(number: u32) -> Result<Option<u32>, Invalid> {
    days(number, 0).map(|days| Some(days).filter(|days| *days > 0))
}

/// What a code begins with: up to [`CODE_PREFIX_MAX`] letters, digits and dashes; nothing is none.
///
/// # Errors
/// Longer, or any other character.
pub fn code_prefix(text: &str) -> Result<Option<String>, Invalid> {
    if text.len() <= CODE_PREFIX_MAX && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Ok(Some(text.to_owned()).filter(|prefix| !prefix.is_empty()));
    }
    Err(Invalid(format!("must be up to {CODE_PREFIX_MAX} letters, digits and \"-\"")))
}

/// A payload: any text of up to [`PAYLOAD_MAX`] characters, kept as it came.
///
/// # Errors
/// Longer, or with a NUL in it.
pub fn payload(text: &str) -> Result<String, Invalid> {
    let length = text.chars().count();
    if length > PAYLOAD_MAX {
        return Err(Invalid(format!("has {length} characters, and may have at most {PAYLOAD_MAX}")));
    }
    if text.contains('\0') {
        return Err(Invalid::new("has a NUL character, and may have none"));
    }
    Ok(text.to_owned())
}
