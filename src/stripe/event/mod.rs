//! Stripe's events, of every API version: what each says happened.
//!
//! A body is a delivery or it is refused. A delivery whose type counts and that cannot be read all the same is kept as
//! ignored with the field that is wrong: to refuse it would only make Stripe send it again for three days.

mod identity;
mod listed;
mod money;
#[cfg(test)]
mod tests;

pub use listed::listed;
pub(super) use money::read_refund;

use serde_json::Value;

use super::object::{Object, Unreadable};
use crate::domain::campaign::Mode;
use crate::domain::delivery::{API_VERSION_MAX, Content, DETAIL_MAX, Delivery, Ignored, Route, TYPE_MAX};
use crate::domain::fact::Fact;
use crate::domain::time::Time;

/// One event, and whose it claims to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is and what it said.
    pub delivery: Delivery,
    /// Whether it claims to be about real money.
    pub livemode: Option<bool>,
    /// The connected account that it names.
    pub account: Option<String>,
}

impl Event {
    /// Whether it says that it is of this mode.
    pub fn is_of(&self, mode: Mode) -> bool {
        self.livemode == Some(mode == Mode::Live)
    }
}

/// Why a body is no event that we read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not JSON, or nested deeper than any event.
    NotJson(String),
    /// It is JSON and no event: what is missing.
    NotAnEvent(String),
    /// It is a thin event, which names an object without showing it.
    Thin,
}

impl Refusal {
    /// Its reason in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotJson(_) => "NOT_JSON",
            Self::NotAnEvent(_) => "NOT_AN_EVENT",
            Self::Thin => "THIN_EVENT",
        }
    }

    /// What is wrong, and what to do.
    pub fn message(&self) -> String {
        match self {
            Self::NotJson(problem) => format!("the body is no readable JSON: {problem}; send Stripe's body unchanged"),
            Self::NotAnEvent(problem) => {
                format!("the body is no Stripe event: {problem}; send Stripe's body unchanged")
            }
            Self::Thin => "this is a thin event, which does not show its object: in Stripe create a destination with \
                           the payload style \"snapshot\" for this URL"
                .to_owned(),
        }
    }
}

/// A page of a list of events, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Those that are events; what else is in the list is left out.
    pub events: Vec<Event>,
    /// The last of the page and when it was made, where there are more behind it.
    pub last: Option<(String, Time)>,
}

/// Reads a page of a list of events.
pub(super) fn page(list: &Object) -> Result<Page, Unreadable> {
    let objects = list.list("data");
    let has_more = list.optional_flag("has_more")? == Some(true);
    let last = objects.last().filter(|_| has_more);
    let last = last.map(|last| Ok((last.id()?, last.time("created")?))).transpose()?;
    Ok(Page { events: objects.iter().filter_map(|event| envelope(event).ok()).collect(), last })
}

/// Reads a body.
///
/// # Errors
/// What is no snapshot event.
pub fn read(body: &[u8]) -> Result<Event, Refusal> {
    // serde_json stops at 128 levels, so that no nesting can exhaust the stack.
    let body: Value = serde_json::from_slice(body).map_err(|problem| Refusal::NotJson(problem.to_string()))?;
    let event = Object::new(&body, "");
    match event.text("object").as_deref() {
        Some("event") => envelope(&event).map_err(|Unreadable(problem)| Refusal::NotAnEvent(problem)),
        Some(other) if other.starts_with("v2.core.event") => Err(Refusal::Thin),
        _ => Err(Refusal::NotAnEvent("its field \"object\" is not \"event\"".to_owned())),
    }
}

/// The refunds of a charge that was asked for with them, and whether Stripe told all.
///
/// # Errors
/// What cannot be read.
pub fn refunds_of_charge(body: &[u8]) -> Result<(Vec<Fact>, bool), String> {
    let body: Value =
        serde_json::from_slice(body).map_err(|problem| format!("Stripe's charge is no JSON: {problem}"))?;
    money::refunds_of_charge(&Object::new(&body, ""))
        .map_err(|Unreadable(problem)| format!("Stripe's charge cannot be read: {problem}"))
}

fn envelope(event: &Object) -> Result<Event, Unreadable> {
    let (id, created_at) = (event.id()?, event.time("created")?);
    let kind = shortened(&event.word("type")?, TYPE_MAX);
    let api_version = event.text("api_version").map(|version| shortened(&version, API_VERSION_MAX));
    let content = content(event, &kind, created_at);
    // Whoever read it knows better how it came.
    let delivery = Delivery { id, kind, api_version, created_at, route: Route::Call, content };
    Ok(Event { delivery, livemode: event.optional_flag("livemode")?, account: event.reference("account")? })
}

fn content(event: &Object, kind: &str, created_at: Time) -> Content {
    match facts(event, kind, created_at) {
        Ok(Some(facts)) => Content::Facts(facts),
        Ok(None) => Content::Ignored(Ignored::Type, why_not(kind)),
        Err(Unreadable(problem)) => Content::Ignored(Ignored::Unreadable, shortened(&problem, DETAIL_MAX)),
    }
}

/// The facts of an event whose type counts, else `None`.
fn facts(event: &Object, kind: &str, created_at: Time) -> Result<Option<Vec<Fact>>, Unreadable> {
    if !super::EVENT_TYPES.contains(&kind) {
        return Ok(None);
    }
    let object = event.object("data").and_then(|data| data.object("object"));
    let object = object.ok_or_else(|| event.problem("data.object", "is missing"))?;
    match kind.split('.').collect::<Vec<_>>()[..] {
        ["charge", "refund", _] | ["refund", _] => money::refund(&object),
        ["charge", "dispute", _] => money::dispute(&object),
        ["charge", _] => money::charge_and_refunds(&object, kind, created_at),
        ["customer", _] => identity::customer(&object, kind, created_at),
        _ => identity::checkout(&object, created_at),
    }
    .map(Some)
}

fn why_not(kind: &str) -> String {
    const SAME_MONEY: [&str; 4] = ["payment_intent.", "invoice.", "invoice_payment.", "credit_note."];
    if SAME_MONEY.iter().any(|prefix| kind.starts_with(prefix)) {
        format!("{kind} names money that its charge and refund events bring already")
    } else {
        format!("{kind} tells of no payment and no payer")
    }
}

fn shortened(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}
