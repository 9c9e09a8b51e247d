//! What the service does: one function, one transaction. The domain decides, the store remembers.

pub mod accounts;
mod batch;
mod caller;
pub mod campaigns;
mod error;
pub mod explain;
pub mod keys;
mod load;
pub mod overrides;
mod page;
pub mod recorder;
pub mod referrals;
pub mod referrers;
mod requests;
pub mod rewards;
mod seal;
pub mod secrets;
pub mod sweep;

use std::sync::Arc;

pub use caller::Caller;
pub use error::{Error, Result, Violation};
pub use page::Page;
pub use requests::Repeatable;
pub use seal::Seal;

use crate::clock::Clock;
use crate::store::Store;
pub use crate::store::{ApiKey, CampaignFilter, ReferralFilter, ReferrerFilter, RewardFilter, Scope, SecretRow};

/// What every function of the service works with.
pub struct App {
    /// What is remembered.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// What encrypts signing secrets.
    pub seal: Seal,
    /// Where Stripe reaches the sidecar, without a slash at the end; `None` until the operator says.
    pub public_url: Option<String>,
    recorder: recorder::Recorder,
}

impl App {
    /// Puts the parts together.
    pub fn new(store: Store, clock: Clock, seal: Seal, public_url: Option<String>) -> Arc<Self> {
        let recorder = recorder::Recorder::new(store.clone(), clock.clone());
        Arc::new(Self { store, clock, seal, public_url, recorder })
    }
}
