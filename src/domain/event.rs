//! Our own events: what changed about a referral or a reward, in one word and a list of names.

use super::Invalid;
use super::id::{CampaignId, JobId, KeyId, ReferralId, RewardId};
use super::money::Currency;
use super::qualification::State;
use super::referral::Referral;
use super::reward::{Reward, State as RewardState};
use super::time::Time;
use super::world::Enrolled;

/// A line of our log: what changed, and the whole of it after the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Of a referral.
    Referral(Change, Box<Enrolled>),
    /// Of a reward.
    Reward(Change, Box<Reward>),
}

/// What led to a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A delivery, by the source's id of it.
    Delivery(String),
    /// A call of this name, with the key that was shown, if any.
    Call {
        /// The key.
        key: Option<KeyId>,
        /// Such as `ReferralService/CreateReferral`.
        call: String,
    },
    /// Time that went by.
    Clock,
    /// What was done at Stripe.
    Job(JobId),
}

/// What happened to a referral or a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Somebody was registered.
    Registered,
    /// The target is reached.
    Qualified,
    /// It is no longer reached.
    Unqualified,
    /// The window ended.
    Expired,
    /// It will not qualify.
    Disqualified,
    /// It may qualify again after all.
    Reopened,
    /// The person was erased.
    Erased,
    /// Something else about it changed.
    Updated,
    /// A reward has come to this state.
    Reward(RewardState),
    /// Something else about a reward changed.
    RewardUpdated,
}

/// One change of a referral or a reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// The fields that changed, by their names in the API and in the order of the message.
    pub changed: Vec<&'static str>,
}

macro_rules! kinds {
    ($(($($kind:tt)+) = $name:literal),* $(,)?) => {
        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$($kind)+),*];

            /// The name on the wire and in the log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$($kind)+ => $name),* }
            }
        }
    };
}

kinds! {
    (Registered) = "referral.registered",
    (Qualified) = "referral.qualified",
    (Unqualified) = "referral.unqualified",
    (Expired) = "referral.expired",
    (Disqualified) = "referral.disqualified",
    (Reopened) = "referral.reopened",
    (Erased) = "referral.erased",
    (Updated) = "referral.updated",
    (Reward(RewardState::Held)) = "reward.held",
    (Reward(RewardState::Due)) = "reward.due",
    (Reward(RewardState::Issuing)) = "reward.issuing",
    (Reward(RewardState::Issued)) = "reward.issued",
    (Reward(RewardState::Failed)) = "reward.failed",
    (Reward(RewardState::Canceled)) = "reward.canceled",
    (Reward(RewardState::AwaitingCustomer)) = "reward.awaiting_customer",
    (Reward(RewardState::Reversing)) = "reward.reversing",
    (Reward(RewardState::Reversed)) = "reward.reversed",
    (Reward(RewardState::ReversalDue)) = "reward.reversal_due",
    (RewardUpdated) = "reward.updated",
}

impl Kind {
    /// The kind of a name.
    ///
    /// # Errors
    /// A name that is none of them.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        let known = || Self::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        let found = Self::ALL.iter().find(|kind| kind.name() == name);
        found.copied().ok_or_else(|| Invalid(format!("is no type of event; it must be one of {}", known())))
    }
}

/// An event as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its number: 1, 2, 3 … within its ledger.
    pub sequence: u64,
    /// The name of its kind.
    pub kind: String,
    /// When we decided so.
    pub occurred_at: Time,
    /// The campaign that it is about.
    pub campaign_id: CampaignId,
    /// The referral; none where it tells of a reward of several.
    pub referral_id: Option<ReferralId>,
    /// The reward; none where it tells of a referral.
    pub reward_id: Option<RewardId>,
    /// What led to it; not known of the oldest.
    pub cause: Option<Cause>,
    /// The fields that changed, by their names in the API.
    pub changed: Vec<String>,
    /// What it tells of, after the change.
    pub subject: Subject,
}

/// What an event tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A referral.
    Referral(Box<Snapshot>),
    /// A reward.
    Reward(Box<Reward>),
}

/// A referral as it once was, with what its rule said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The referral.
    pub referral: Referral,
    /// The currency of its spend.
    pub currency: Currency,
    /// When its window ends.
    pub window_ends_at: Time,
}

/// Fields of what an event tells of, by their names in the API, and which of them differ from one state to the next.
macro_rules! fields {
    ($(#[$doc:meta])* $names:ident, $differing:ident($it:ident: &$of:ty) { $($name:literal: $value:expr,)* }) => {
        $(#[$doc])*
        pub const $names: &[&str] = &[$($name),*];

        fn $differing(before: &$of, after: &$of) -> Vec<&'static str> {
            let compared = [$(($name, { let $it = before; $value } != { let $it = after; $value })),*];
            compared.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
        }
    };
}

fields! {
    /// The fields of a referral whose change is an event, in the order of the message: all but the ids, the times of its
    /// making and its changes, and the etag.
    REFERRAL_FIELDS, referral_fields(it: &Enrolled) {
        "person": &it.referral.person,
        "window_ends_at": it.rule.window_end(it.referral.registered_at),
        "rule_version": it.referral.rule_version,
        "state": std::mem::discriminant(&it.referral.decision.state),
        "disqualified_reason": it.referral.decision.state.disqualification(),
        "spend_minor": it.referral.decision.spend_minor,
        "currency": it.rule.currency,
        "qualified_at": it.referral.decision.qualified_at,
        "unqualified_at": it.referral.decision.unqualified.map(|unqualified| unqualified.at),
        "unqualified_reason": it.referral.decision.unqualified.map(|unqualified| unqualified.cause),
        "override": &it.referral.manual,
        "customer_sync": (&it.referral.customer_sync, &it.referral.customer),
        "erased_at": it.referral.erased.as_ref().map(|erased| erased.at),
    }
}

fields! {
    /// The fields of a reward whose change is an event, in the order of the message.
    REWARD_FIELDS, reward_fields(it: &Reward) {
        "referral_id": it.referral_id,
        "round": it.round,
        "state": it.state,
        "reason": it.reason,
        "detail": &it.detail,
        "amount_minor": it.amount_minor,
        "given_minor": it.given_minor,
        "currency": it.currency,
        "held_until": it.held_until,
        "approved_at": it.approved_at,
        "unearned_at": it.unearned_at,
        "stripe_customer_id": &it.customer_id,
        "stripe_object_id": &it.stripe_object_id,
        "promotion_code": &it.promotion_code,
        "issued_at": it.issued_at,
        "reversed_at": it.reversed_at,
    }
}

/// What changed from one state of a referral to the next; `None` where nothing did.
pub fn change(before: Option<&Enrolled>, after: &Enrolled) -> Option<Change> {
    let Some(before) = before else {
        return Some(Change { kind: Kind::Registered, changed: vec![] });
    };
    let is_erased = before.referral.erased.is_none() && after.referral.erased.is_some();
    let (was, is) = (before.referral.decision.state, after.referral.decision.state);
    told(if is_erased { Kind::Erased } else { kind(was, is) }, referral_fields(before, after))
}

/// What changed from one state of a reward to the next; `None` where nothing did.
pub fn reward_change(before: Option<&Reward>, after: &Reward) -> Option<Change> {
    let Some(before) = before else {
        return Some(Change { kind: Kind::Reward(after.state), changed: vec![] });
    };
    let same = before.state == after.state;
    told(if same { Kind::RewardUpdated } else { Kind::Reward(after.state) }, reward_fields(before, after))
}

fn told(kind: Kind, changed: Vec<&'static str>) -> Option<Change> {
    (!changed.is_empty()).then_some(Change { kind, changed })
}

fn kind(before: State, after: State) -> Kind {
    match (before, after) {
        _ if before == after => Kind::Updated,
        (_, State::Qualified) => Kind::Qualified,
        (_, State::Disqualified(_)) => Kind::Disqualified,
        (State::Qualified, _) => Kind::Unqualified,
        (_, State::Expired) => Kind::Expired,
        (_, State::Pending) => Kind::Reopened,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::customer::CustomerSync;
    use super::super::erasure::Erased;
    use super::super::examples::{currency, day};
    use super::super::qualification::{Decision, Disqualification, Override, Setback, UNDECIDED, Unqualified, Verdict};
    use super::super::referral::tests::referral;
    use super::super::rule::Rule;
    use super::super::rule::tests::rule;
    use super::*;

    const BARRED: State = State::Disqualified(Disqualification::ExistingCustomer);

    fn ruled(referral: Referral) -> Enrolled {
        Enrolled { referral, rule: rule(), decides: true }
    }

    fn with(decision: Decision) -> Enrolled {
        ruled(Referral { decision, ..referral() })
    }

    #[test]
    fn a_new_referral_is_registered_whatever_its_state() {
        let registered = Change { kind: Kind::Registered, changed: vec![] };
        assert_eq!(change(None, &with(Decision { state: State::Qualified, ..UNDECIDED })), Some(registered));
    }

    #[test]
    fn the_new_state_names_the_event() {
        use State::{Expired, Pending, Qualified};
        for (before, after, kind) in [
            (Pending, Qualified, Kind::Qualified),
            (Expired, Qualified, Kind::Qualified),
            (BARRED, Qualified, Kind::Qualified),
            (Qualified, Pending, Kind::Unqualified),
            (Qualified, Expired, Kind::Unqualified),
            (Qualified, BARRED, Kind::Disqualified),
            (Pending, BARRED, Kind::Disqualified),
            (Expired, BARRED, Kind::Disqualified),
            (BARRED, State::Disqualified(Disqualification::Manual), Kind::Disqualified),
            (Pending, Expired, Kind::Expired),
            (BARRED, Expired, Kind::Expired),
            (BARRED, Pending, Kind::Reopened),
            (Expired, Pending, Kind::Reopened),
        ] {
            let state = |state| with(Decision { state, ..UNDECIDED });
            let of = |state: State| (std::mem::discriminant(&state), state.disqualification());
            let (was, is) = (of(before), of(after));
            let names = [("state", was.0 != is.0), ("disqualified_reason", was.1 != is.1)];
            let changed = names.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
            let told = change(Some(&state(before)), &state(after));
            assert_eq!(told, Some(Change { kind, changed }), "{before:?} {after:?}");
        }
    }

    #[test]
    fn every_field_that_changed_is_named_in_order() {
        let mut after = referral();
        after.person.phone = Some("+49 30 1234".into());
        after.rule_version += 1;
        after.manual = Some(Override { verdict: Verdict::Disqualified, reason: "as agreed".into(), at: day(1) });
        let unqualified = Some(Unqualified { at: day(2), cause: Setback::Refund });
        after.decision = Decision { spend_minor: 5, qualified_at: Some(day(1)), unqualified, state: BARRED };
        after.customer_sync = CustomerSync::Pending;
        let rule = Rule { window_days: 7, currency: currency("usd"), ..rule() };
        let mut after = Enrolled { referral: after, rule, decides: true };
        let told = |after: &Enrolled| change(Some(&ruled(referral())), after).expect("a change");
        let all_but_the_last = REFERRAL_FIELDS[..REFERRAL_FIELDS.len() - 1].to_vec();
        assert_eq!(told(&after), Change { kind: Kind::Disqualified, changed: all_but_the_last });
        after.referral.erased = Some(Erased { at: day(3), charges: Arc::default() });
        assert_eq!(told(&after), Change { kind: Kind::Erased, changed: REFERRAL_FIELDS.to_vec() });
    }

    #[test]
    fn what_changes_nothing_that_a_user_sees_is_no_event() {
        let touched = Referral { decide_at: Some(day(3)), updated_at: day(3), revision: 9, ..referral() };
        assert_eq!(change(Some(&ruled(referral())), &Enrolled { decides: false, ..ruled(touched) }), None);
    }
}
