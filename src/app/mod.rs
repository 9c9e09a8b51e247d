//! What the service does: one function, one transaction. The domain decides, the store remembers.

pub mod accounts;
mod application;
mod audit;
mod batch;
pub mod calendar;
mod caller;
pub mod campaigns;
mod coupons;
mod customers;
pub mod endpoints;
mod erasure;
mod error;
pub mod explain;
pub mod jobs;
pub mod keys;
mod load;
pub mod overrides;
mod page;
mod patience;
pub mod reconcile;
pub mod recorder;
pub mod referrals;
pub mod referrer_sync;
pub mod referrers;
mod requests;
pub mod rewards;
mod seal;
pub mod secrets;
pub mod simulate;
pub mod stats;
pub mod sweep;
pub mod watch;

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

pub use caller::Caller;
pub use error::{Error, Result, Violation};
pub use page::Page;
pub use requests::Repeatable;
pub use seal::{PersonKey, Seal};

use crate::clock::Clock;
use crate::store::Store;
pub use crate::store::{
    ApiKey, AuditFilter, CampaignFilter, EventFilter, ReferralFilter, ReferrerFilter, RewardFilter, Scope, SecretRow,
};
use crate::stripe::keyring::Keyring;

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
    /// The ways to Stripe; there are none until the operator gives a key.
    pub stripe: Keyring,
    recorder: recorder::Recorder,
    /// Woken when there is something to be done at Stripe.
    jobs_wanted: Notify,
    /// Woken when a run that makes referrers of customers has begun.
    referrer_syncs_wanted: Notify,
    /// Free while no simulation is under way: each keeps a connection busy for long.
    simulations: Arc<Semaphore>,
    /// Whether the server ends, for those calls that would not end by themselves.
    ending: tokio::sync::watch::Sender<bool>,
}

/// What the operator gives the service besides its database.
pub struct Setup {
    /// What encrypts signing secrets.
    pub seal: Seal,
    /// Where Stripe reaches the sidecar, without a slash at the end.
    pub public_url: Option<String>,
    /// The ways to Stripe.
    pub stripe: Keyring,
}

impl Setup {
    /// The least that is needed.
    pub fn new(seal: Seal) -> Self {
        Self { seal, public_url: None, stripe: Keyring::default() }
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(store: Store, clock: Clock, setup: Setup) -> Arc<Self> {
        let Setup { seal, public_url, stripe } = setup;
        let recorder = recorder::Recorder::new(store.clone(), clock.clone(), seal.person_key().clone());
        let ending = tokio::sync::watch::Sender::new(false);
        Arc::new(Self {
            store,
            clock,
            seal,
            public_url,
            stripe,
            recorder,
            jobs_wanted: Notify::new(),
            referrer_syncs_wanted: Notify::new(),
            simulations: Arc::new(Semaphore::new(1)),
            ending,
        })
    }

    /// Ends the calls that would not end by themselves.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Done when the server ends.
    pub async fn ended(&self) {
        // The sender lives as long as this.
        let _ = self.ending.subscribe().wait_for(|ending| *ending).await;
    }
}
