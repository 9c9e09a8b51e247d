//! The rule: what a referral must reach, by when, and what counts against it.

use std::ops::Range;

use super::Invalid;
use super::money::{AMOUNT_MINOR_MAX, Currency};
use super::time::Time;

/// The longest window and the longest time before registration, in days: ten years.
pub const DAYS_MAX: u32 = 3650;

/// A customer or charge this much older than the registration is an existing one. The hour is there because sign-up
/// flows create the customer seconds before they register the referral.
const EXISTING_AFTER_SECONDS: i64 = 3600;

/// How the spend is compared with the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The target itself is enough.
    #[default]
    AtLeast,
    /// The target must be exceeded.
    MoreThan,
}

/// What qualifies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// The counted spend reaches the target.
    #[default]
    TotalSpend,
    /// Any counted payment; the target is not asked.
    FirstPayment,
    /// Only an operator.
    Manual,
}

/// What a refund does to a referral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefundPolicy {
    /// It lowers the spend; the referral unqualifies when the rest falls short.
    #[default]
    NetBelowTarget,
    /// While a counted charge has one, the referral is not qualified, whatever else is paid.
    AnyRefund,
    /// From the first crossing of the target on, it changes nothing.
    Ignore,
}

/// Which refunds are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefundScope {
    /// Those made before the window's end.
    #[default]
    WithinWindow,
    /// All.
    AnyTime,
}

/// Which disputes lower the spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DisputePolicy {
    /// Open and lost ones.
    #[default]
    OpenCountsAgainst,
    /// Lost ones.
    LostCountsAgainst,
    /// None.
    Ignore,
}

/// What becomes of a charge in another currency than the campaign's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CurrencyPolicy {
    /// It does not count.
    #[default]
    SameCurrencyOnly,
    /// It counts what the payment source settled it at, in the campaign's currency.
    SettlementAmount,
}

/// When a customer record is created for a person whose email is new to Stripe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NewCustomerMode {
    /// The merchant's checkout creates it.
    #[default]
    WaitForCheckout,
    /// At registration.
    CreateAtOnce,
}

/// What becomes of a person whose email Stripe knows already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExistingEmailMode {
    /// The referral never qualifies.
    #[default]
    SkipExisting,
    /// A second customer is created, and only its spend counts.
    CreateDuplicate,
    /// The customer is updated, and its spend counts.
    UpdateExisting,
}

/// One version of a campaign's rule: everything that a decision asks of the campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The currency of the target and of the spend.
    pub currency: Currency,
    /// What must be spent, in minor units; above 0.
    pub target_minor: i64,
    /// How long after registration a payment counts, in days of 24 hours; 1 to [`DAYS_MAX`].
    pub window_days: u32,
    /// Reached, or exceeded.
    pub operator: Operator,
    /// What qualifies.
    pub method: Method,
    /// What a refund does.
    pub refund_policy: RefundPolicy,
    /// Which refunds are looked at.
    pub refund_scope: RefundScope,
    /// Which disputes lower the spend.
    pub dispute_policy: DisputePolicy,
    /// What becomes of other currencies.
    pub currency_policy: CurrencyPolicy,
    /// How long before registration a payment counts too, in days; 0 to [`DAYS_MAX`].
    pub count_prior_days: u32,
    /// How new customers are handled.
    pub new_customer_mode: NewCustomerMode,
    /// How existing emails are handled.
    pub existing_email_mode: ExistingEmailMode,
}

impl Rule {
    /// The rule of an owner who says only what must be spent, and within how many days.
    pub fn new(currency: Currency, target_minor: i64, window_days: u32) -> Self {
        Self {
            currency,
            target_minor,
            window_days,
            operator: Operator::default(),
            method: Method::default(),
            refund_policy: RefundPolicy::default(),
            refund_scope: RefundScope::default(),
            dispute_policy: DisputePolicy::default(),
            currency_policy: CurrencyPolicy::default(),
            count_prior_days: 0,
            new_customer_mode: NewCustomerMode::default(),
            existing_email_mode: ExistingEmailMode::default(),
        }
    }

    /// The times at which a payment counts for somebody registered then: the start is in, the end is out.
    pub fn window(&self, registered_at: Time) -> Range<Time> {
        registered_at.plus_days(-i64::from(self.count_prior_days))..self.window_end(registered_at)
    }

    /// The first moment at which a payment no longer counts.
    pub fn window_end(&self, registered_at: Time) -> Time {
        registered_at.plus_days(i64::from(self.window_days))
    }

    /// Whether that spend, in minor units, is enough.
    pub fn is_met_by(&self, spend_minor: i64) -> bool {
        match (self.method, self.operator) {
            (Method::TotalSpend, Operator::AtLeast) => spend_minor >= self.target_minor,
            (Method::TotalSpend, Operator::MoreThan) => spend_minor > self.target_minor,
            (Method::FirstPayment, _) => spend_minor > 0,
            (Method::Manual, _) => false,
        }
    }

    /// How much is still to be spent, in minor units: 0 when it is enough, `None` where no spend is.
    pub fn missing_minor(&self, spend_minor: i64) -> Option<i64> {
        let needed = match (self.method, self.operator) {
            (Method::TotalSpend, Operator::AtLeast) => self.target_minor,
            (Method::TotalSpend, Operator::MoreThan) => self.target_minor + 1,
            (Method::FirstPayment, _) => 1,
            (Method::Manual, _) => return None,
        };
        Some((needed - spend_minor).max(0))
    }

    /// Customers and charges created before this make their email an existing one.
    pub fn existing_before(&self, registered_at: Time) -> Time {
        let prior_seconds = i64::from(self.count_prior_days) * 86_400;
        registered_at.plus_seconds(-prior_seconds.max(EXISTING_AFTER_SECONDS))
    }

    /// Whether somebody may refer themselves.
    pub fn allows_self_referral(&self) -> bool {
        self.existing_email_mode != ExistingEmailMode::SkipExisting
    }
}

/// A target in minor units.
///
/// # Errors
/// Below 1, or more than twelve digits.
pub fn target_minor(target: i64) -> Result<i64, Invalid> {
    if (1..=AMOUNT_MINOR_MAX).contains(&target) {
        return Ok(target);
    }
    Err(Invalid(format!("is {target}, and must be 1 to {AMOUNT_MINOR_MAX} minor units")))
}

/// A number of days from `min` to [`DAYS_MAX`].
///
/// # Errors
/// Any other number.
pub fn days(days: u32, min: u32) -> Result<u32, Invalid> {
    if (min..=DAYS_MAX).contains(&days) {
        return Ok(days);
    }
    Err(Invalid(format!("is {days}, and must be {min} to {DAYS_MAX} days")))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What a campaign has when its owner says nothing but a target of 100.00 EUR in 30 days.
    pub(crate) fn rule() -> Rule {
        Rule::new(Currency::known("eur").expect("known"), 10_000, 30)
    }

    #[test]
    fn the_target_is_met_by_method_and_operator() {
        use Method::{FirstPayment, Manual, TotalSpend};
        use Operator::{AtLeast, MoreThan};
        for (method, operator, spend, met, missing) in [
            (TotalSpend, AtLeast, 9_999, false, Some(1)),
            (TotalSpend, AtLeast, 10_000, true, Some(0)),
            (TotalSpend, MoreThan, 10_000, false, Some(1)),
            (TotalSpend, MoreThan, 10_001, true, Some(0)),
            (FirstPayment, AtLeast, 0, false, Some(1)),
            (FirstPayment, MoreThan, 1, true, Some(0)),
            (Manual, AtLeast, 999_999, false, None),
        ] {
            let rule = Rule { method, operator, ..rule() };
            assert_eq!((rule.is_met_by(spend), rule.missing_minor(spend)), (met, missing), "{method:?} {operator:?}");
        }
    }

    #[test]
    fn existing_is_an_hour_or_the_prior_days_whichever_is_longer() {
        let at = Time::from_seconds(1_000_000);
        assert_eq!(rule().existing_before(at), Time::from_seconds(996_400));
        assert_eq!(Rule { count_prior_days: 2, ..rule() }.existing_before(at), at.plus_days(-2));
    }
}
