//! The generated API: messages, clients and servers of `proto/referrald/v1`.

#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]

/// The package `referrald.v1`.
pub mod v1 {
    tonic::include_proto!("referrald.v1");
}

/// The descriptors of the whole API with comments and options, and of the error details, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/referrald.binpb"));
