//! Our own events: what changed about a referral, in one word and a list of names.

use super::qualification::State;
use super::referral::Referral;

/// What happened to a referral.
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
    /// Something else about it changed.
    Updated,
}

/// One change of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// The names of what changed, in the order of the referral's fields.
    pub changed: Vec<&'static str>,
}

impl Kind {
    /// The name on the wire and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "referral.registered",
            Self::Qualified => "referral.qualified",
            Self::Unqualified => "referral.unqualified",
            Self::Expired => "referral.expired",
            Self::Disqualified => "referral.disqualified",
            Self::Reopened => "referral.reopened",
            Self::Updated => "referral.updated",
        }
    }
}

/// What changed from one state of a referral to the next; `None` where nothing did.
pub fn change(before: Option<&Referral>, after: &Referral) -> Option<Change> {
    let Some(before) = before else {
        return Some(Change { kind: Kind::Registered, changed: vec![] });
    };
    let compared = [
        ("person", before.person != after.person),
        ("rule_version", before.rule_version != after.rule_version),
        ("override", before.manual != after.manual),
        ("state", before.decision.state != after.decision.state),
        ("spend_minor", before.decision.spend_minor != after.decision.spend_minor),
        ("qualified_at", before.decision.qualified_at != after.decision.qualified_at),
        ("unqualified", before.decision.unqualified != after.decision.unqualified),
    ];
    let changed: Vec<_> = compared.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
    if changed.is_empty() {
        return None;
    }
    Some(Change { kind: kind(before.decision.state, after.decision.state), changed })
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
