//! referrald: a self-hosted referral engine for Stripe merchants.
//!
//! `domain` decides, `store` remembers, `app` does both in one transaction; `grpc`, `sidecar` and `stripe` only
//! translate. `docs/architecture.md` is the map.

pub mod convert;
pub mod domain;
pub mod proto;
pub mod sidecar;
pub mod stripe;
