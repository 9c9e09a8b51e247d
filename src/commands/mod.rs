//! What each command does.

mod demo;
mod keys;
mod send;
mod serve;

pub use demo::demo;
pub use keys::keys;
pub use send::send_event;
pub use serve::{migrate, serve, sidecar};

use std::io::IsTerminal;

use referrald::config::Command;
use tracing_subscriber::EnvFilter;

/// Logs to standard error: text on a terminal, JSON otherwise. `RUST_LOG` says how much; without it the demo is silent,
/// since its reader looks at the story.
pub fn log_to_stderr(command: &Command) {
    let quiet = matches!(command, Command::Demo(_));
    let default = if quiet { "off" } else { "info,sqlx=warn,h2=warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().init() }
}
