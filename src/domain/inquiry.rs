//! What an event of the payment source did, or what to look at where it never came.

use super::campaign::Ledger;
use super::delivery::Received;
use super::event::Logged;
use super::fact::ObjectKind;
use super::qualification::Contribution;
use super::spend::{Payment, Reason};
use super::world::Enrolled;

/// What is known of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// The source's id of the event.
    pub event_id: String,
    /// How it came and what became of it; `None` where it never did.
    pub received: Option<Received>,
    /// The first changes that it led to.
    pub changes: Vec<Logged>,
    /// Whether it led to more.
    pub has_more_changes: bool,
    /// The objects that were read from it, as they stand now.
    pub objects: Vec<Object>,
    /// The other ledgers that it reached.
    pub elsewhere: Vec<Ledger>,
    /// Whether its ledger has a signing secret, without which no webhook of it is taken.
    pub has_secret: bool,
    /// The types of events that count.
    pub types: Vec<&'static str>,
}

/// An object of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What kind of object it is.
    pub kind: ObjectKind,
    /// The source's id of it.
    pub id: String,
    /// The referrals that it concerns now.
    pub referrals: Vec<Concerned>,
}

/// A referral that an object concerns, with its payments that the object is about, what each counts, and the spend up to
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// The referral.
    pub enrolled: Enrolled,
    /// The payments.
    pub payments: Vec<(Payment, Contribution, i64)>,
}

/// Something to look at where an event never came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Its id is none of the source's ids of events.
    Id,
    /// It reached another account or mode.
    OtherLedger(Ledger),
    /// There is no signing secret for this account and mode.
    NoSecret,
    /// The endpoint: whether the source has one for this account and mode, enabled, with our URL.
    Endpoint,
    /// Whether the endpoint sends events of this type.
    EventType,
    /// Whether the signing secret is that of the endpoint: what it does not verify is refused, and leaves no trace.
    Secret,
    /// Whether it is too old to be sent or fetched again.
    Age,
}

impl Inquiry {
    /// What to look at, the likeliest first; nothing where it came.
    pub fn checks(&self) -> Vec<Check> {
        if self.received.is_some() {
            return Vec::new();
        }
        let id = (!self.event_id.starts_with("evt_")).then_some(Check::Id);
        let elsewhere = self.elsewhere.iter().cloned().map(Check::OtherLedger);
        let secret = if self.has_secret { Check::Secret } else { Check::NoSecret };
        id.into_iter().chain(elsewhere).chain([secret, Check::Endpoint, Check::EventType, Check::Age]).collect()
    }

    /// The whole of it in a sentence, for people.
    pub fn summary(&self) -> String {
        let Some(received) = &self.received else {
            return "It never reached this account and mode.".to_owned();
        };
        match (&received.ignored, self.changes.first()) {
            (Some((_, detail)), _) => format!("Ignored: {detail}."),
            (None, Some(first)) if self.changes.len() == 1 => format!("Recorded, and led to {}.", first.kind),
            (None, Some(first)) => {
                let number = if self.has_more_changes { "more than " } else { "" };
                let number = format!("{number}{}", self.changes.len());
                format!("Recorded, and led to {number} changes, the first of them {}.", first.kind)
            }
            (None, None) => format!("Recorded, and changed nothing: {}.", self.why_nothing()),
        }
    }

    fn why_nothing(&self) -> String {
        let concerned: Vec<&Concerned> = self.objects.iter().flat_map(|object| &object.referrals).collect();
        if self.objects.is_empty() {
            return "what was read from it is not known any more".to_owned();
        }
        if concerned.is_empty() {
            return "nobody who was referred has a claim on what it shows".to_owned();
        }
        let payments: Vec<_> = concerned.iter().flat_map(|concerned| &concerned.payments).collect();
        let mut reasons: Vec<Reason> = payments.iter().filter_map(|(_, contribution, _)| contribution.reason).collect();
        if payments.is_empty() || reasons.len() < payments.len() {
            return "what it shows was known already, or does not change what counts".to_owned();
        }
        reasons.sort_unstable();
        reasons.dedup();
        let reasons: Vec<&str> = reasons.into_iter().map(because).collect();
        format!("what it is about counts nothing, because {}", reasons.join(", and "))
    }
}

impl Check {
    /// What to look at, and what to do, for people. `types` are those that an endpoint must send.
    pub fn advice(&self, types: &[&str]) -> String {
        match self {
            Self::Id => {
                "Stripe's ids of events begin with evt_: the id of an object, such as ch_ or pi_, names another thing"
                    .to_owned()
            }
            Self::OtherLedger(Ledger { account, mode }) => {
                format!("it reached the account \"{account}\" in {mode:?} mode: ask there")
            }
            Self::NoSecret => {
                "this account and mode has no signing secret, so every webhook of it is refused: add the \
                               endpoint's with AddWebhookSecret, or call CreateWebhookEndpoint"
                    .to_owned()
            }
            Self::Endpoint => "in Stripe, see that this account and mode has an enabled endpoint with the URL that \
                               GetWebhookSetup shows, and what its log of deliveries says of this event"
                .to_owned(),
            Self::EventType => {
                format!("see that the endpoint sends events of this type; those that count are {}", types.join(", "))
            }
            Self::Secret => {
                "compare the endpoint's signing secret with those of ListWebhookSecrets: a webhook that none \
                             of them verifies is refused with 400 and leaves no trace here"
                    .to_owned()
            }
            Self::Age => {
                "Stripe sends an event again for three days and shows it for 30: until then Reconcile fetches \
                          it; what is older can be told with RecordFacts"
                    .to_owned()
            }
        }
    }
}

const fn because(reason: Reason) -> &'static str {
    match reason {
        Reason::Failed => "the payment failed",
        Reason::NotCaptured => "nothing was captured",
        Reason::OtherCustomer => "it is of another customer than the one created for the referral",
        Reason::OtherReferral => "another referral of the campaign has the stronger claim",
        Reason::OutsideWindow => "it was made outside of the window",
        Reason::OtherCurrency => "it is in another currency",
        Reason::AwaitingRate => "what it was settled at is not known yet",
        Reason::Refunded => "all of it was given back",
        Reason::Disputed => "what was not given back is contested",
    }
}

#[cfg(test)]
mod tests {
    use super::super::campaign::Mode;
    use super::super::delivery::Ignored;
    use super::super::time::Time;
    use super::*;

    fn never() -> Inquiry {
        Inquiry {
            event_id: "evt_1".into(),
            received: None,
            changes: vec![],
            has_more_changes: false,
            objects: vec![],
            elsewhere: vec![],
            has_secret: true,
            types: vec!["charge.succeeded"],
        }
    }

    #[test]
    fn what_never_came_has_a_list_of_what_to_look_at_the_likeliest_first() {
        assert_eq!(never().checks(), [Check::Secret, Check::Endpoint, Check::EventType, Check::Age]);
        let other = Ledger { account: "default".into(), mode: Mode::Live };
        let odd = Inquiry { event_id: "ch_1".into(), elsewhere: vec![other.clone()], has_secret: false, ..never() };
        let likeliest = [Check::Id, Check::OtherLedger(other), Check::NoSecret];
        assert_eq!(odd.checks()[..3], likeliest);
        assert!(!odd.checks().contains(&Check::Secret));
        for check in odd.checks() {
            assert!(check.advice(&["charge.succeeded"]).len() > 20);
        }
    }

    #[test]
    fn what_came_is_told_in_a_sentence_and_has_nothing_to_look_at() {
        let at = Time::from_seconds(1_700_000_000);
        let received = |ignored| Received {
            id: "evt_1".into(),
            kind: "charge.succeeded".into(),
            api_version: None,
            created_at: at,
            first_at: at,
            last_at: at,
            count: 1,
            route: None,
            ignored,
            objects: vec![],
        };
        let of = |ignored, objects| Inquiry { received: Some(received(ignored)), objects, ..never() };
        let why = (Ignored::Type, "invoice.paid names money that comes already".to_owned());
        let ignored = of(Some(why), vec![]);
        assert_eq!(ignored.summary(), "Ignored: invoice.paid names money that comes already.");
        assert_eq!(ignored.checks(), []);
        let nobody = Object { kind: ObjectKind::Charge, id: "ch_1".into(), referrals: vec![] };
        let summary = of(None, vec![nobody]).summary();
        assert_eq!(summary, "Recorded, and changed nothing: nobody who was referred has a claim on what it shows.");
    }
}
