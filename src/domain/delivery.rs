//! A delivery: one event of a payment source as it reached us.

use super::fact::{Fact, ObjectKind};
use super::id::SecretId;
use super::time::Time;

/// The longest id of an event or object that a payment source may use, in characters.
pub const SOURCE_ID_MAX: usize = 255;
/// The longest name of an event type, in characters.
pub const TYPE_MAX: usize = 100;
/// The longest name of an API version, in characters.
pub const API_VERSION_MAX: usize = 64;
/// The longest word on why a delivery was ignored, in characters.
pub const DETAIL_MAX: usize = 500;
/// The most facts of one delivery.
pub const FACTS_MAX: usize = 100;

/// One event: what it is called, and what it showed. Its body is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The source's id of the event, `evt_…` at Stripe.
    pub id: String,
    /// Its type, such as `charge.succeeded`.
    pub kind: String,
    /// The API version it was written in.
    pub api_version: Option<String>,
    /// When the source made the event, which is no order: events of one second come in any.
    pub created_at: Time,
    /// How it came.
    pub route: Route,
    /// What it said.
    pub content: Content,
}

/// How a delivery came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// As a webhook that this signing secret verified.
    Webhook(SecretId),
    /// Somebody called `RecordFacts`.
    Call,
    /// It was fetched from the source, because it had not come by itself.
    Reconciliation,
    /// It was in what was imported.
    Import,
}

impl Route {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Webhook(_) => "WEBHOOK",
            Self::Call => "CALL",
            Self::Reconciliation => "RECONCILIATION",
            Self::Import => "IMPORT",
        }
    }

    /// The secret that verified it, if any did.
    pub const fn secret_id(self) -> Option<SecretId> {
        match self {
            Self::Webhook(id) => Some(id),
            Self::Call | Self::Reconciliation | Self::Import => None,
        }
    }

    /// The route of a word; `None` where there is none.
    pub fn of(word: &str, secret_id: Option<SecretId>) -> Option<Self> {
        match (word, secret_id) {
            ("WEBHOOK", Some(id)) => Some(Self::Webhook(id)),
            ("CALL", None) => Some(Self::Call),
            ("RECONCILIATION", None) => Some(Self::Reconciliation),
            ("IMPORT", None) => Some(Self::Import),
            _ => None,
        }
    }
}

/// What a delivery said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Objects, as it showed them.
    Facts(Vec<Fact>),
    /// Nothing that counts: why, and more about it for people.
    Ignored(Ignored, String),
}

/// Why a delivery is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// Its type names no money and no person, or the same money again.
    Type,
    /// It is of the other mode than the secret that verified it.
    OtherMode,
    /// It is of another account than the secret that verified it.
    OtherAccount,
    /// Its type counts, but it could not be read.
    Unreadable,
}

/// A delivery that is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The source's id of the event.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The API version it was written in.
    pub api_version: Option<String>,
    /// When the source made the event.
    pub created_at: Time,
    /// When it first reached us.
    pub first_at: Time,
    /// When it last did.
    pub last_at: Time,
    /// How often it did.
    pub count: u64,
    /// How it came, when it was first read; not known of the oldest.
    pub route: Option<Route>,
    /// Why it is ignored, and more about it for people; `None` where its facts are on record.
    pub ignored: Option<(Ignored, String)>,
    /// The objects that were read from it; none of the oldest.
    pub objects: Vec<(ObjectKind, String)>,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its facts are on record.
    Recorded,
    /// It was known; its facts were joined all the same.
    Duplicate,
    /// It was ignored.
    Ignored(Ignored),
}
