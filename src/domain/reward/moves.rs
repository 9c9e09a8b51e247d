//! How a reward moves from state to state: by its cause, by the clock, by an operator, and by what came of it at Stripe.

use super::super::id::ReferralId;
use super::super::money::Currency;
use super::super::time::Time;
use super::rule::RewardRule;
use super::{Reason, Reward, State};

use State::{AwaitingCustomer, Canceled, Due, Failed, Held, Issued, Issuing, ReversalDue, Reversed, Reversing};

/// A move that starts from the wrong state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongState {
    /// Where the reward stands.
    pub state: State,
    /// Where it would have to stand.
    pub needed: &'static [State],
}

/// What was given at Stripe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    /// The customer that got it.
    pub customer_id: String,
    /// What it is at Stripe.
    pub stripe_object_id: String,
    /// The code, where it is one.
    pub promotion_code: Option<String>,
    /// What was given now, where it is money.
    pub amount_minor: Option<i64>,
}

/// What came of the attempt to issue a reward or to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was issued.
    Issued(Issue),
    /// The recipient has no customer yet.
    AwaitingCustomer {
        /// The identity of their email.
        email: String,
    },
    /// Its share comes to nothing.
    NothingDue,
    /// What earned it ceased to hold before anything was sent.
    Withdrawn,
    /// It is to be taken back, and an attempt to issue it that was given up did issue it.
    Found(Issue),
    /// All of it was taken back.
    Reversed {
        /// How much that was, in minor units.
        taken_minor: i64,
    },
    /// Not all of it could be taken back.
    ReversalDue {
        /// How much could, in minor units.
        taken_minor: i64,
        /// Why no more, for people.
        detail: String,
    },
    /// It failed for good.
    Failed {
        /// Why, for people.
        detail: String,
        /// Whether something may have reached Stripe all the same.
        sent: bool,
    },
}

impl Reward {
    /// The reward once it is known whether what earned it holds. The same where that changes nothing.
    #[must_use]
    pub fn settle(&self, rule: &RewardRule, earned: bool, now: Time) -> Self {
        let unearned_at = if earned { None } else { self.unearned_at.or(Some(now)) };
        let same = Self { unearned_at, ..self.clone() };
        let may_return = self.reason == Some(Reason::Unearned);
        let next = match (self.state, earned) {
            (Held | Due | AwaitingCustomer, false) => same.called_off(Reason::Unearned, None),
            (Issued, false) => same.taken_back(rule, Reason::Unearned, None),
            // It failed at being issued, not at being taken back.
            (Failed, false) if self.reason.is_none() && self.sent_at.is_some() => {
                same.off(Reversing, Reason::Unearned, None)
            }
            (Failed, false) if self.reason.is_none() => same.called_off(Reason::Unearned, None),
            (ReversalDue, true) if may_return && self.rest_minor().unwrap_or(0) == 0 => {
                Self { state: Issued, reason: None, detail: None, ..same }
            }
            (Canceled | Reversed | ReversalDue, true) if may_return => same.next_round(rule, now),
            _ => same,
        };
        next.after(self, now)
    }

    /// Earned by another referral of the same recipient: the payment that it is for is theirs.
    #[must_use]
    pub fn reassigned(&self, referral_id: ReferralId, now: Time) -> Self {
        Self { referral_id: Some(referral_id), ..self.clone() }.after(self, now)
    }

    /// A share of spend that is in another currency since its campaign's rule changed, in that one: what was not computed
    /// yet is taken of what is spent. Whatever has an amount keeps its currency.
    #[must_use]
    pub fn denominated(&self, rule: &RewardRule, spent_in: Currency, now: Time) -> Self {
        let is_open = rule.terms.kind.is_share() && self.amount_minor.is_none() && self.sent_at.is_none();
        let currency = if is_open { spent_in } else { self.currency };
        Self { currency, ..self.clone() }.after(self, now)
    }

    /// Held no longer than to its time.
    #[must_use]
    pub fn ripened(&self, now: Time) -> Self {
        if self.state == Held && self.held_until <= now {
            return Self { state: Due, ..self.clone() }.after(self, now);
        }
        self.clone()
    }

    /// On its way, where it is due and nobody has to approve it any more.
    pub fn released(&self, rule: &RewardRule, now: Time) -> Option<Self> {
        let free = self.state == Due && (rule.auto_issue || self.approved_at.is_some());
        free.then(|| self.clone().issuing(rule, now).after(self, now))
    }

    /// On its way again where it waits for the recipient's customer: one came, or the recipient has another email.
    #[must_use]
    pub fn look_again(&self, now: Time) -> Self {
        if self.state == AwaitingCustomer {
            return Self { state: Issuing, ..self.clone() }.after(self, now);
        }
        self.clone()
    }

    /// Approved by an operator: on its way, or noted until the end of the hold.
    ///
    /// # Errors
    /// It will not be given, or has failed.
    pub fn approve(&self, rule: &RewardRule, now: Time) -> Result<Self, WrongState> {
        match self.state {
            Held if self.approved_at.is_none() => Ok(Self { approved_at: Some(now), ..self.clone() }.after(self, now)),
            Due => Ok(Self { approved_at: Some(now), ..self.clone() }.issuing(rule, now).after(self, now)),
            Held | Issuing | Issued | AwaitingCustomer => Ok(self.clone()),
            _ => Err(self.wrong(&[Held, Due])),
        }
    }

    /// Called off by an operator for good, or, where it is to be taken back by hand, settled.
    ///
    /// # Errors
    /// It is under way, or there is nothing to call off.
    pub fn cancel(&self, rule: &RewardRule, words: String, now: Time) -> Result<Self, WrongState> {
        let (same, operator, words) = (self.clone(), Reason::Operator, Some(words));
        let next = match self.state {
            Held | Due | AwaitingCustomer => same.called_off(operator, words),
            Issued => same.taken_back(rule, operator, words),
            Failed if self.reason.is_none() && self.sent_at.is_some() => same.off(Reversing, operator, words),
            Failed if self.reason.is_none() => same.called_off(operator, words),
            Failed | ReversalDue => {
                Self { state: Reversed, detail: words, given_minor: 0, reversed_at: Some(now), ..same }
            }
            Canceled if self.reason == Some(operator) => same,
            Issuing | Reversing | Canceled | Reversed => {
                return Err(self.wrong(&[Held, Due, AwaitingCustomer, Issued, Failed, ReversalDue]));
            }
        };
        Ok(next.after(self, now))
    }

    /// Tried again; what is under way stays as it is.
    ///
    /// # Errors
    /// There is nothing to try, or it is for the merchant alone to take back.
    pub fn retry(&self, rule: &RewardRule, now: Time) -> Result<Self, WrongState> {
        let same = Self { detail: None, ..self.clone() };
        let next = match self.state {
            Issuing | Reversing => self.clone(),
            AwaitingCustomer => Self { state: Issuing, ..same },
            Failed if self.reason.is_none() => Self { state: Issuing, ..same },
            Failed => Self { state: Reversing, ..same },
            ReversalDue if rule.terms.kind.is_stripe() => Self { state: Reversing, ..same },
            Canceled if self.reason == Some(Reason::NothingDue) && self.unearned_at.is_none() => {
                Self { state: Due, reason: None, ..same }
            }
            _ => return Err(self.wrong(&[Issuing, Failed, AwaitingCustomer, Reversing, ReversalDue])),
        };
        Ok(next.after(self, now))
    }

    /// With what it comes to, now that this is known.
    #[must_use]
    pub fn priced(&self, amount_minor: i64, now: Time) -> Self {
        Self { amount_minor: Some(amount_minor), ..self.clone() }.after(self, now)
    }

    /// The reward after an attempt to issue it or to take it back. Whether what earned it holds is looked at after that.
    ///
    /// # Errors
    /// No such attempt is under way.
    pub fn finished(&self, outcome: Outcome, now: Time) -> Result<Self, WrongState> {
        let same = self.clone();
        let next = match (outcome, self.state) {
            (Outcome::Issued(issue), Issuing) => same.issued(issue, now),
            (Outcome::AwaitingCustomer { email }, Issuing) => {
                Self { state: AwaitingCustomer, awaiting_email: Some(email), ..same }
            }
            (Outcome::NothingDue, Issuing) => same.off(Canceled, Reason::NothingDue, None),
            (Outcome::Withdrawn, Issuing) => same.called_off(Reason::Unearned, None),
            (Outcome::Found(issue), Reversing) => Self { state: Reversing, ..same.issued(issue, now) },
            (Outcome::Reversed { taken_minor }, Reversing) => {
                Self { state: Reversed, reversed_at: Some(now), ..same.less(taken_minor) }
            }
            (Outcome::ReversalDue { taken_minor, detail }, Reversing) => {
                Self { state: ReversalDue, detail: Some(detail), ..same.less(taken_minor) }
            }
            (Outcome::Failed { detail, sent }, Issuing | Reversing) => {
                let sent_at = self.sent_at.or(sent.then_some(now));
                Self { state: Failed, detail: Some(detail), sent_at, ..same }
            }
            (Outcome::Found(_) | Outcome::Reversed { .. } | Outcome::ReversalDue { .. }, _) => {
                return Err(self.wrong(&[Reversing]));
            }
            (Outcome::Failed { .. }, _) => return Err(self.wrong(&[Issuing, Reversing])),
            _ => return Err(self.wrong(&[Issuing])),
        };
        Ok(next.after(self, now))
    }

    fn wrong(&self, needed: &'static [State]) -> WrongState {
        WrongState { state: self.state, needed }
    }

    /// Earned, for the first time or again: what was is told by the log. What the recipient still has of it counts.
    pub(super) fn next_round(self, rule: &RewardRule, now: Time) -> Self {
        let hold_days = rule.terms.hold_days;
        let known_minor = self.amount_minor.filter(|_| self.given_minor > 0);
        let customer_id = self.customer_id.filter(|_| self.given_minor > 0);
        Self {
            round: self.round + 1,
            state: if hold_days > 0 { Held } else { Due },
            reason: None,
            detail: None,
            amount_minor: known_minor.or(rule.terms.kind.fixed_minor()),
            held_until: now.plus_days(i64::from(hold_days)),
            approved_at: None,
            sent_at: None,
            customer_id,
            stripe_object_id: None,
            promotion_code: None,
            issued_at: None,
            reversed_at: None,
            ..self
        }
    }

    /// What Stripe does takes a job; what the merchant does is done with the word that it is to be done.
    fn issuing(self, rule: &RewardRule, now: Time) -> Self {
        if rule.terms.kind.is_stripe() {
            return Self { state: Issuing, ..self };
        }
        Self { state: Issued, issued_at: Some(now), ..self }
    }

    fn issued(self, issue: Issue, now: Time) -> Self {
        Self {
            state: Issued,
            amount_minor: self.amount_minor.or(issue.amount_minor),
            given_minor: self.given_minor + issue.amount_minor.unwrap_or(0),
            sent_at: Some(now),
            customer_id: Some(issue.customer_id),
            stripe_object_id: Some(issue.stripe_object_id),
            promotion_code: issue.promotion_code,
            issued_at: Some(now),
            ..self
        }
    }

    fn taken_back(self, rule: &RewardRule, reason: Reason, words: Option<String>) -> Self {
        self.off(if rule.terms.kind.is_stripe() { Reversing } else { ReversalDue }, reason, words)
    }

    /// Not given after all. What the recipient has kept of a round before is taken back again.
    fn called_off(self, reason: Reason, detail: Option<String>) -> Self {
        let state = if self.given_minor > 0 { Reversing } else { Canceled };
        self.off(state, reason, detail)
    }

    fn off(self, state: State, reason: Reason, detail: Option<String>) -> Self {
        Self { state, reason: Some(reason), detail, ..self }
    }

    fn less(self, taken_minor: i64) -> Self {
        Self { given_minor: self.given_minor - taken_minor, ..self }
    }

    /// Counts the change, if there is one.
    fn after(mut self, before: &Self, now: Time) -> Self {
        if self.state != AwaitingCustomer {
            self.awaiting_email = None;
        }
        if self != *before {
            (self.revision, self.updated_at) = (before.revision + 1, now);
        }
        self
    }
}
