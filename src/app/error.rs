//! Why something is not done. Each carries every value of its message; `grpc::status` turns them into answers.

use crate::domain::campaign::{Ledger, State, WrongState};
use crate::domain::customer::CustomerSync;
use crate::domain::id::RewardId;
use crate::domain::reward::{self, State as RewardState};
use crate::domain::time::Time;
use crate::store;
use crate::stripe::client::{Failure, Kind};

/// A field that is wrong, and what is wrong with it.
pub type Violation = (String, String);

/// The answer of the service's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something is not done.
#[derive(Clone, Debug)]
pub enum Error {
    /// Fields are missing, malformed or out of range.
    Invalid(Vec<Violation>),
    /// A page token was not given out for this list.
    InvalidPageToken,
    /// There is no such thing, or it belongs to an account that the caller may not touch.
    NotFound {
        /// What was looked for, such as `campaign`.
        kind: &'static str,
        /// By which name.
        name: String,
    },
    /// Another thing has what must be unique.
    AlreadyExists {
        /// What it is.
        kind: &'static str,
        /// Its id.
        name: String,
        /// What is unique, such as `email`.
        unique: &'static str,
    },
    /// A request id came again with other content.
    RequestIdReused(String),
    /// The etag is not the current one.
    EtagMismatch {
        /// What was to be changed.
        kind: &'static str,
        /// The etag that was given.
        given: String,
        /// The current one.
        current: String,
    },
    /// The campaign is in another state than is needed.
    CampaignState {
        /// Where it stands.
        state: State,
        /// Where it would have to stand.
        needed: Vec<State>,
    },
    /// There is no such account yet.
    NoAccount(String),
    /// Nothing of the kind has run yet: where it would be.
    NeverRan {
        /// What would have run, such as `reconciliation`.
        kind: &'static str,
        /// Whose it would be, by its name.
        name: String,
        /// The same for people.
        whose: String,
    },
    /// The settings or calls named need a Stripe API key for a ledger.
    StripeKeyRequired(Vec<&'static str>, Ledger),
    /// The fields named are not mapped.
    MappingIncomplete(Vec<&'static str>),
    /// Stripe does not have the coupon of a reward rule, or it can be redeemed no more.
    CouponInvalid {
        /// The position of the rule in the campaign.
        rule: usize,
        /// The coupon.
        coupon_id: String,
        /// Whether Stripe has it.
        is_known: bool,
    },
    /// The campaign takes nobody at that time.
    CampaignClosed,
    /// The reward is in another state than is needed.
    RewardState {
        /// Where it stands.
        state: RewardState,
        /// Where it would have to stand.
        needed: &'static [RewardState],
    },
    /// The person was erased, and is not taken again: since when.
    PersonErased(Time),
    /// What is to be changed is of a person who was erased.
    Erased {
        /// What it is, such as `referral`.
        kind: &'static str,
        /// Since when.
        since: Time,
    },
    /// Somebody still waits for these rewards, so that nobody may be erased.
    OpenRewards(Vec<RewardId>),
    /// So many rewards are under way at Stripe, so that nobody may be erased yet.
    RewardsUnderWay(usize),
    /// There is no override to clear.
    NoOverride,
    /// The service was not told where Stripe reaches its sidecar.
    PublicUrlRequired,
    /// This endpoint is there, and its signing secret is not: Stripe shows it once.
    EndpointSecretUnknown(String),
    /// The ledger is being compared with Stripe's events already: since when.
    ReconciliationRuns(Time),
    /// The campaign has no landing URL for links to begin with; or it has, and they would have more characters than this.
    LandingUrlRequired {
        /// How many may be, where it has one.
        links_max: Option<usize>,
    },
    /// Referrers are being made of the customers for this campaign already: since when.
    ReferrerSyncRuns(Time),
    /// Stripe does not answer, or not with anything that can be used: why. Try again.
    StripeUnavailable(String),
    /// Stripe refuses: why.
    StripeRefused(String),
    /// The look at Stripe for a referral has nothing to be tried again: where it stands.
    CustomerSyncState(CustomerSync),
    /// No key, or one that is not good: why.
    KeyInvalid(&'static str),
    /// The same, where a call without a key may do everything.
    KeyNeedless(&'static str),
    /// The key lacks a scope: those of which one is needed.
    ScopeMissing(Vec<&'static str>),
    /// A cursor lies ahead of the newest event, whose cursor this is.
    CursorAhead(String),
    /// What comes after a cursor is no longer kept: the cursor to begin at the oldest event.
    CursorExpired(String),
    /// A simulation is under way in this process.
    Simulates,
    /// As many watch as may.
    WatchersMax(usize),
    /// The server ends.
    ShuttingDown,
    /// As many as allowed are active.
    LimitReached {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: usize,
    },
    /// Too much at once: try again.
    Overloaded,
    /// The database does not answer: try again.
    StoreUnavailable,
    /// A fault of ours; it was logged where it happened.
    Internal,
}

impl From<WrongState> for Error {
    fn from(wrong: WrongState) -> Self {
        Self::CampaignState { state: wrong.state, needed: wrong.needed.to_vec() }
    }
}

impl From<reward::WrongState> for Error {
    fn from(wrong: reward::WrongState) -> Self {
        Self::RewardState { state: wrong.state, needed: wrong.needed }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure.kind {
            Kind::Refused { .. } | Kind::Key { .. } => Self::StripeRefused(failure.to_string()),
            Kind::Again { .. } | Kind::Unknown { .. } => Self::StripeUnavailable(failure.to_string()),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(why) => {
                tracing::warn!(%why, "the database is not available");
                Self::StoreUnavailable
            }
            store::Error::Fault(why)
            | store::Error::Missing(why)
            | store::Error::Older(why)
            | store::Error::Newer(why) => {
                tracing::error!(%why, "a statement failed");
                Self::Internal
            }
        }
    }
}
