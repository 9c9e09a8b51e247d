#![doc = include_str!("../README.md")]

mod client;
mod connection;
mod error;
mod pages;
mod watch;

pub use client::{Client, Options};
pub use connection::Connection;
pub use error::{Error, Violation};
pub use pages::List;
pub use watch::Told;

/// The package `referrald.v1`: its messages, and a client for each of its services.
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
pub mod v1 {
    include!("generated/referrald.v1.rs");
}
