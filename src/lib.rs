//! referrald: a self-hosted referral engine for Stripe merchants.
//!
//! `domain` decides, `store` remembers, `app` does both in one transaction; `grpc`, `sidecar` and `stripe` only
//! translate. `docs/architecture.md` is the map.

pub mod app;
pub mod clock;
pub mod config;
pub mod convert;
pub mod domain;
pub mod fake_stripe;
pub mod grpc;
pub mod proto;
pub mod server;
pub mod sidecar;
pub mod store;
pub mod stripe;
