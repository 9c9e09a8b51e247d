//! What an event of the payment source did, or what to look at where it never came.

use super::campaign::Ledger;
use super::delivery::Received;
use super::event::{Cause, Logged, Subject};
use super::explanation::Line;
use super::fact::{Fact, ObjectKind};
use super::spend::{Reason, sum};
use super::time::Time;
use super::world::Enrolled;

/// How many events of a referral are looked through for what it became after an event of the source.
pub const EVENTS_MAX: u32 = 50;

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
    /// Whether changes that it led to may have been removed from the log since.
    pub may_be_removed: bool,
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
    /// What is on record of it, by all that was ever told of it.
    pub fact: Option<Fact>,
    /// The referrals that it concerns now.
    pub referrals: Vec<Concerned>,
}

/// A referral that an object concerns, with its payments that the object is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// The referral.
    pub enrolled: Enrolled,
    /// The payments.
    pub payments: Vec<Line>,
    /// Whether the facts say something that is not decided yet.
    pub waits: bool,
    /// The newest [`EVENTS_MAX`] events that tell of it, the newest first; none where they are not needed.
    pub events: Vec<Logged>,
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
        let kept = if self.may_be_removed { ", as far as is kept" } else { "" };
        match (&received.ignored, self.changes.first()) {
            (Some((_, detail)), _) => format!("Ignored: {detail}."),
            (None, Some(first)) if self.changes.len() == 1 => format!("Recorded, and led to {}{kept}.", first.kind),
            (None, Some(first)) => {
                let number = if self.has_more_changes { "more than " } else { "" };
                let number = format!("{number}{}", self.changes.len());
                format!("Recorded, and led to {number} changes{kept}, the first of them {}.", first.kind)
            }
            (None, None) if received.route.is_none() => {
                "Recorded, before it was noted what an event leads to: what it changed is not known.".to_owned()
            }
            (None, None) if self.may_be_removed => {
                "Recorded, but what it led to when it came, if anything, is no longer kept.".to_owned()
            }
            (None, None) => format!("Recorded, and changed nothing when it came: {}.", self.why_nothing(received)),
        }
    }

    fn why_nothing(&self, received: &Received) -> String {
        let concerned = self.objects.iter().flat_map(|object| &object.referrals);
        let mut reasons: Vec<String> = Vec::new();
        for reason in concerned.map(|concerned| concerned.why_nothing(received)) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if reasons.is_empty() {
            return "nobody who was referred has a claim on what it shows".to_owned();
        }
        reasons.join("; ")
    }
}

impl Concerned {
    /// Why an event that shows this changed nothing of it when it came, or what is known for sure instead: the facts tell
    /// what counts now, and not what counted then.
    fn why_nothing(&self, received: &Received) -> String {
        let referral = &self.enrolled.referral;
        let is_older = referral.created_at < received.first_at;
        if self.waits && is_older {
            return "what is known by now waits to be decided, as all does while a campaign is paused".to_owned();
        }
        let later = self.later(received.first_at);
        let since = later.map(|(_, first)| since(first)).unwrap_or_default();
        let mut reasons: Vec<Reason> = self.payments.iter().filter_map(|line| line.contribution.reason).collect();
        if !reasons.is_empty() && reasons.len() == self.payments.len() {
            reasons.sort_unstable();
            reasons.dedup();
            let reasons: Vec<&str> = reasons.into_iter().map(because).collect();
            return format!("what it is about counts nothing now, because {}{since}", reasons.join(", and "));
        }
        let counted_minor = sum(self.payments.iter().map(|line| line.contribution.counted_minor));
        if referral.created_at > received.last_at {
            let counts = if counted_minor > 0 { ", and it counts now" } else { "" };
            return format!("the referral that it concerns was registered later, with what it shows in view{counts}");
        }
        if is_older && referral.updated_at < received.first_at {
            return "what it shows was known already, or does not change what counts".to_owned();
        }
        match later {
            Some((spent_minor, _)) if spent_minor < counted_minor => {
                format!("what it shows counts now, as it was decided later{since}")
            }
            _ => format!("what it shows was known already, changes nothing, or was decided on later{since}"),
        }
    }

    /// What was spent when something came, and the first decision since then; `None` where that is not known for sure.
    fn later(&self, came_at: Time) -> Option<(i64, &Logged)> {
        if self.events.iter().any(|event| event.occurred_at == came_at) {
            return None;
        }
        let before = self.events.iter().find(|event| event.occurred_at < came_at)?;
        let Subject::Referral(before) = &before.subject else { return None };
        let decides = |event: &Logged| event.changed.iter().any(|name| name == "state" || name == "spend_minor");
        let first = self.events.iter().rev().find(|event| event.occurred_at > came_at && decides(event))?;
        Some((before.referral.decision.spend_minor, first))
    }
}

/// A decision that came later, and by what.
fn since(first: &Logged) -> String {
    let by = match &first.cause {
        Some(Cause::Delivery(id)) => format!(", by {id}"),
        Some(Cause::Call { call, .. }) => format!(", by {call}"),
        Some(Cause::Clock) => ", by the clock, which decides too what a pause put off".to_owned(),
        Some(Cause::Job(_)) => ", by an answer of Stripe's".to_owned(),
        None => String::new(),
    };
    format!(" (the first decision since: event {}, {}{by})", first.sequence, first.kind)
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
    use super::super::delivery::{Ignored, Route};
    use super::super::event::Snapshot;
    use super::super::examples::{charge, currency, day};
    use super::super::explanation::lines;
    use super::super::qualification::{Decision, UNDECIDED};
    use super::super::referral::Referral;
    use super::super::referral::tests::referral;
    use super::super::rule::tests::rule;
    use super::super::world::World;
    use super::*;

    fn never() -> Inquiry {
        Inquiry {
            event_id: "evt_1".into(),
            received: None,
            changes: vec![],
            has_more_changes: false,
            may_be_removed: false,
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

    /// What came on day 2, and again on day 4.
    fn received() -> Received {
        Received {
            id: "evt_1".into(),
            kind: "charge.succeeded".into(),
            api_version: None,
            created_at: day(2),
            first_at: day(2),
            last_at: day(4),
            count: 2,
            route: Some(Route::Call),
            ignored: None,
            objects: vec![],
        }
    }

    fn showing(referrals: Vec<Concerned>) -> Inquiry {
        let object = Object { kind: ObjectKind::Charge, id: "ch_1".into(), fact: None, referrals };
        Inquiry { received: Some(received()), objects: vec![object], ..never() }
    }

    /// Ada, who paid 100.00 EUR on day 2.
    fn ada() -> Concerned {
        let (enrolled, mut paid) =
            (Enrolled { referral: referral(), rule: rule(), decides: true }, charge(day(2), 10_000));
        paid.emails.insert("ada@example.com".into(), day(2));
        let mut world = World::default();
        world.enroll(enrolled.clone());
        world.merge(&Fact::Charge(paid));
        Concerned { payments: lines(&world, &enrolled), enrolled, waits: false, events: vec![] }
    }

    /// An event that tells of what Ada had spent by then.
    fn told(sequence: u64, occurred_at: Time, spend_minor: i64) -> Logged {
        let referral = Referral { decision: Decision { spend_minor, ..UNDECIDED }, ..referral() };
        Logged {
            sequence,
            kind: "referral.updated".into(),
            occurred_at,
            campaign_id: referral.campaign_id,
            referral_id: Some(referral.id),
            reward_id: None,
            cause: Some(Cause::Clock),
            changed: vec!["spend_minor".into()],
            subject: Subject::Referral(Box::new(Snapshot {
                referral,
                currency: currency("eur"),
                window_ends_at: day(30),
            })),
        }
    }

    fn changed_since(events: Vec<Logged>) -> Concerned {
        let mut ada = ada();
        ada.enrolled.referral.updated_at = day(9);
        Concerned { events, ..ada }
    }

    fn why(concerned: &Concerned) -> String {
        concerned.why_nothing(&received())
    }

    const KNOWN: &str = "what it shows was known already, or does not change what counts";
    const OPEN: &str = "what it shows was known already, changes nothing, or was decided on later";
    const SINCE: &str = "(the first decision since: event 3, referral.updated, by the clock, which decides too what a pause \
                         put off)";

    #[test]
    fn what_came_is_told_in_a_sentence_and_has_nothing_to_look_at() {
        let ignored = (Ignored::Type, "invoice.paid names money that comes already".to_owned());
        let ignored = Inquiry { received: Some(Received { ignored: Some(ignored), ..received() }), ..never() };
        assert_eq!(ignored.summary(), "Ignored: invoice.paid names money that comes already.");
        assert_eq!(ignored.checks(), []);
        let why = "nobody who was referred has a claim on what it shows";
        assert_eq!(showing(vec![]).summary(), format!("Recorded, and changed nothing when it came: {why}."));
        let same = showing(vec![ada(), ada()]).summary();
        assert_eq!(same, format!("Recorded, and changed nothing when it came: {KNOWN}."), "once");
    }

    #[test]
    fn what_is_not_kept_or_was_never_noted_is_not_said_to_be_nothing() {
        let removed = Inquiry { may_be_removed: true, ..showing(vec![ada()]) };
        assert_eq!(removed.summary(), "Recorded, but what it led to when it came, if anything, is no longer kept.");
        let rest = Inquiry { changes: vec![told(7, day(2), 1)], ..removed };
        assert_eq!(rest.summary(), "Recorded, and led to referral.updated, as far as is kept.");
        let oldest = Inquiry { received: Some(Received { route: None, ..received() }), ..showing(vec![ada()]) };
        assert!(oldest.summary().ends_with("what it changed is not known."), "{}", oldest.summary());
    }

    #[test]
    fn nothing_was_new_only_if_nothing_changed_since() {
        assert_eq!(why(&ada()), KNOWN);
        assert_eq!(why(&changed_since(vec![])), OPEN);
        let paid_before = vec![told(3, day(5), 10_000), told(2, day(1), 10_000)];
        assert_eq!(why(&changed_since(paid_before)), format!("{OPEN} {SINCE}"));
    }

    #[test]
    fn what_counts_more_than_was_spent_when_it_came_was_decided_later() {
        let mut person = told(2, day(3), 0);
        person.changed = vec!["person".into()];
        let later = vec![told(4, day(6), 10_000), told(3, day(5), 10_000), person, told(1, day(1), 9_999)];
        assert_eq!(
            why(&changed_since(later.clone())),
            format!("what it shows counts now, as it was decided later {SINCE}")
        );
        assert_eq!(why(&changed_since(later[..3].to_vec())), OPEN, "what was before is not in sight");
        let same_moment = [&later[..], &[told(2, day(2), 10_000)]].concat();
        assert_eq!(why(&changed_since(same_moment)), OPEN, "before it or after it");
    }

    #[test]
    fn whoever_is_registered_later_is_decided_with_it_in_view() {
        let mut later = ada();
        later.enrolled.referral.created_at = day(5);
        let registered = "the referral that it concerns was registered later, with what it shows in view";
        assert_eq!(why(&later), format!("{registered}, and it counts now"));
        assert_eq!(why(&Concerned { payments: vec![], ..later.clone() }), registered);
        later.enrolled.referral.created_at = day(3);
        assert_eq!(why(&later), OPEN, "it may have been read the second time only");
    }

    #[test]
    fn what_waits_for_a_paused_campaign_is_not_called_known() {
        let waits = Concerned { waits: true, ..ada() };
        assert_eq!(why(&waits), "what is known by now waits to be decided, as all does while a campaign is paused");
    }

    #[test]
    fn a_reason_is_one_of_now() {
        let mut refunded = changed_since(vec![told(3, day(5), 0), told(2, day(1), 10_000)]);
        refunded.payments[0].contribution.reason = Some(Reason::Refunded);
        let because = "what it is about counts nothing now, because all of it was given back";
        assert_eq!(why(&refunded), format!("{because} {SINCE}"));
    }
}
