//! The client against a real server: `scripts/clients test rust` starts one.

mod calls;
mod conformance;
mod json;
mod server;
mod watch;
