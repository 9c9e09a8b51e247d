//! The program: reads what the operator says, and does it.

mod commands;

use std::process::ExitCode;

use clap::Parser;
use referrald::config::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    commands::log_to_stderr(&cli.command);
    let done = match cli.command {
        Command::Demo(options) => commands::demo(options).await,
        Command::Serve(options) => commands::serve(options).await,
        Command::Sidecar(options) => commands::sidecar(options).await,
        Command::Keys(options) => commands::keys(options).await,
        Command::Migrate(options) => commands::migrate(options).await,
        Command::Doctor(options) => commands::doctor(options).await,
        Command::Reconcile(options) => commands::reconcile(options).await,
        Command::SendEvent(options) => commands::send_event(options).await,
        Command::Import(options) => commands::import(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("referrald: {problem}");
            ExitCode::FAILURE
        }
    }
}
