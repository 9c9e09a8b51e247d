//! A reward: something that a person has earned, from the decision that earned it to the gift, and back.

mod cost;
mod entitlement;
mod moves;
mod revision;
mod rule;

use std::fmt;

pub use cost::{Costs, Earner, Owed};
pub use entitlement::{Cause, Merits, Paid, Standing, earned};
pub use moves::{Issue, Outcome, WrongState};
pub use revision::{Proposed, RULES_EVER_MAX, RULES_MAX, number, problems, revised};
pub use rule::{
    Amount, BASIS_POINTS_MAX, CODE_PREFIX_MAX, COUNT_MAX, COUPON_ID_MAX, Kind, MILESTONE_MAX, MILESTONES_MAX,
    PAYLOAD_MAX, Pattern, RewardRule, Role, Terms, Trigger, basis_points, cap_minor, code_prefix, count, given_minor,
    milestones, optional_days, payload,
};

use super::id::{CampaignId, ReferralId, ReferrerId, RewardId, RewardRuleId};
use super::money::Currency;
use super::time::Time;

/// Where a reward stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Earned, and held back for some days.
    Held,
    /// To be issued once approved.
    Due,
    /// Being issued at Stripe.
    Issuing,
    /// The recipient has it.
    Issued,
    /// It could not be issued or taken back; tried again by hand.
    Failed,
    /// It will not be issued.
    Canceled,
    /// The recipient has no customer at Stripe yet; it goes on by itself once they have.
    AwaitingCustomer,
    /// Being taken back at Stripe.
    Reversing,
    /// Taken back.
    Reversed,
    /// To be taken back, which nobody but the merchant can do.
    ReversalDue,
}

/// Why a reward is not given, or is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// What earned it does not hold any more. Should it hold again, so does the reward.
    Unearned,
    /// An operator said so, for good.
    Operator,
    /// Its share comes to nothing.
    NothingDue,
}

/// Who gets a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// Somebody who refers.
    Referrer(ReferrerId),
    /// Somebody who was referred.
    Referred(ReferralId),
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Referrer(id) => id.fmt(f),
            Self::Referred(id) => id.fmt(f),
        }
    }
}

/// Something that a person has earned under a rule, once for each cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Its id.
    pub id: RewardId,
    /// The rule that it was earned under.
    pub rule_id: RewardRuleId,
    /// The campaign of the rule.
    pub campaign_id: CampaignId,
    /// Who gets it.
    pub recipient: Recipient,
    /// What it is for.
    pub cause: Cause,
    /// When the payment was made, where that is what it is for.
    pub paid_at: Option<Time>,
    /// The referral that earned it; none where several did.
    pub referral_id: Option<ReferralId>,
    /// 1, and one more each time that it is earned again.
    pub round: u32,
    /// Where it stands.
    pub state: State,
    /// Why it is not given or is taken back, if so.
    pub reason: Option<Reason>,
    /// More about that for people: the operator's words, or what went wrong.
    pub detail: Option<String>,
    /// What it comes to in minor units; of a share not known before it is issued, of what is no money never.
    pub amount_minor: Option<i64>,
    /// What the recipient has of it now.
    pub given_minor: i64,
    /// The currency of both.
    pub currency: Currency,
    /// What the merchant's own systems need to know of it, where they give it.
    pub custom_payload: Option<String>,
    /// When it becomes due.
    pub held_until: Time,
    /// When it was approved; of this round.
    pub approved_at: Option<Time>,
    /// Since when what earned it does not hold.
    pub unearned_at: Option<Time>,
    /// Set where something of this round may have reached Stripe.
    pub sent_at: Option<Time>,
    /// The email identity whose customer it waits for.
    pub awaiting_email: Option<String>,
    /// The customer that got it.
    pub customer_id: Option<String>,
    /// What it is at Stripe.
    pub stripe_object_id: Option<String>,
    /// The code, where it is one.
    pub promotion_code: Option<String>,
    /// When it was issued.
    pub issued_at: Option<Time>,
    /// When it was taken back.
    pub reversed_at: Option<Time>,
    /// Grows with each change.
    pub revision: u64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed.
    pub updated_at: Time,
}

/// A cause that has just earned somebody something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earning {
    /// Who gets it.
    pub recipient: Recipient,
    /// What it is for.
    pub cause: Cause,
    /// When the payment was made, where that is what it is for.
    pub paid_at: Option<Time>,
    /// The referral that earned it; none where several did.
    pub referral_id: Option<ReferralId>,
    /// The currency of what was spent: that of a share.
    pub spent_in: Currency,
}

impl Reward {
    /// A reward in its first round, held or due.
    pub fn new(id: RewardId, campaign_id: CampaignId, rule: &RewardRule, earning: Earning, now: Time) -> Self {
        let Earning { recipient, cause, paid_at, referral_id, spent_in } = earning;
        let reward = Self {
            id,
            rule_id: rule.id,
            campaign_id,
            recipient,
            cause,
            paid_at,
            referral_id,
            round: 0,
            state: State::Canceled,
            reason: None,
            detail: None,
            amount_minor: None,
            given_minor: 0,
            currency: if rule.terms.kind.is_share() { spent_in } else { rule.currency },
            custom_payload: rule.terms.kind.payload().map(str::to_owned),
            held_until: now,
            approved_at: None,
            unearned_at: None,
            sent_at: None,
            awaiting_email: None,
            customer_id: None,
            stripe_object_id: None,
            promotion_code: None,
            issued_at: None,
            reversed_at: None,
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        reward.next_round(rule, now)
    }

    /// Whether the recipient has something of it, or may have: such a reward stands before one that was not issued.
    pub fn is_out(&self) -> bool {
        use State::{Failed, Issued, Issuing, ReversalDue, Reversing};
        match self.state {
            Issuing | Issued | Reversing | ReversalDue => true,
            Failed => self.sent_at.is_some(),
            _ => false,
        }
    }

    /// What it takes of what one referral may earn, in minor units: what is out, or known to be on its way.
    pub fn claimed_minor(&self) -> i64 {
        let on_its_way = self.amount_minor.filter(|_| self.is_out());
        on_its_way.unwrap_or(0).max(self.given_minor)
    }

    /// Whether an operator may have written about it: it was called off, or taken back by hand.
    pub fn has_words(&self) -> bool {
        self.reason == Some(Reason::Operator) || (self.state == State::Reversed && self.detail.is_some())
    }

    /// Whether it needs nothing but to be earned again to stand as it did: it is out as a whole, and was to be taken back.
    pub fn stands_again(&self) -> bool {
        self.state == State::ReversalDue
            && self.reason == Some(Reason::Unearned)
            && self.rest_minor().is_none_or(|rest| rest == 0)
    }

    /// What is still to be given.
    pub fn rest_minor(&self) -> Option<i64> {
        self.amount_minor.map(|amount| amount - self.given_minor)
    }
}

#[cfg(test)]
mod tests;
