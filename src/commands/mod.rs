//! What each command does.

mod demo;
mod doctor;
mod import;
mod keys;
mod reconcile;
mod send;
mod serve;

pub use demo::demo;
pub use doctor::doctor;
pub use import::import;
pub use keys::keys;
pub use reconcile::reconcile;
pub use send::send_event;
pub use serve::{migrate, serve, sidecar};

use std::error::Error;
use std::io::IsTerminal;

use referrald::config::Command;
use tonic::{Code, Status};
use tracing_subscriber::EnvFilter;

/// Logs to standard error: text on a terminal, JSON otherwise. `RUST_LOG` says how much; without it the demo, the
/// doctor and imports are silent, since their reader looks at what they say.
pub fn log_to_stderr(command: &Command) {
    let quiet = matches!(command, Command::Demo(_) | Command::Doctor(_) | Command::Import(_));
    let default = if quiet { "off" } else { "info,sqlx=warn,h2=warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().init() }
}

/// What the service said, for the operator. What has a source comes from the way to it.
fn said(status: &Status) -> String {
    match status.code() {
        _ if status.source().is_some() => format!("{}; is it running there? see --server", status.message()),
        Code::Unauthenticated | Code::PermissionDenied => format!("the service says: {}; see --key", status.message()),
        _ => format!("the service says: {}", status.message()),
    }
}
