//! `serve`, `sidecar` and `migrate`.

use std::net::SocketAddr;
use std::time::Duration;

use referrald::app::{App, Setup};
use referrald::clock::Clock;
use referrald::config;
use referrald::grpc::Limits;
use referrald::server::{Options, Problem, keyring, known_seal, open_store, run, run_sidecar, seal};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGTERM or SIGINT.
pub async fn serve(options: config::Serve) -> Result<(), Problem> {
    if options.dev {
        refuse_open_doors(&[options.listen, options.sidecar_listen])?;
    }
    let stripe = keyring(&options.stripe)?;
    let database = &options.database;
    // What is wrong with it by itself is said before a database is waited for.
    known_seal(&database.database, &options.secrets_key)?;
    let store = open_store(&database.database, database.database_connections, database.database_wait_seconds).await?;
    if options.no_migrate {
        store.require_current().await?;
    } else {
        store.migrate().await?;
    }
    let seal = seal(&store, &database.database, &options.secrets_key, options.new_secrets_key).await?;
    let listener = listen(options.listen, "--listen").await?;
    let sidecar =
        if options.no_sidecar { None } else { Some(listen(options.sidecar_listen, "--sidecar-listen").await?) };
    let grpc_at = listener.local_addr().map_err(|error| Problem(error.to_string()))?;
    let sidecar_at = sidecar.as_ref().and_then(|listener| listener.local_addr().ok());
    let shutdown = shutdown()?;
    let setup = Setup { seal, public_url: options.public_url, stripe };
    let app = App::new(store, Clock::default(), setup);
    let (calls_max, watchers_max) = (options.calls_max as usize, options.watchers_max as usize);
    let limits = Limits { calls_max, watchers_max, ..Limits::default() };
    let events_keep_days = options.events_keep_days;
    let drain = Duration::from_secs(options.drain_seconds.into());
    let job_lease = Duration::from_secs(options.job_lease_seconds.into());
    let webhooks = sidecar_at.map_or_else(|| "nowhere".to_owned(), |at| at.to_string());
    tracing::info!(grpc = %grpc_at, %webhooks, stripe = %app.stripe, dev = options.dev, "ready");
    let reconcile_every_hours = options.reconcile_every_hours;
    let options = Options {
        open: options.dev,
        limits,
        drain,
        events_keep_days,
        job_lease,
        reconcile_every_hours,
        ..Options::default()
    };
    run(app, options, listener, sidecar, shutdown).await
}

/// Serves webhooks alone until SIGTERM or SIGINT.
pub async fn sidecar(options: config::Sidecar) -> Result<(), Problem> {
    let listener = listen(options.sidecar_listen, "--sidecar-listen").await?;
    let at = listener.local_addr().map_err(|error| Problem(error.to_string()))?;
    let shutdown = shutdown()?;
    tracing::info!(webhooks = %at, upstream = %options.upstream, "ready");
    let drain = Duration::from_secs(options.drain_seconds.into());
    run_sidecar(&options.upstream, &options.key, drain, listener, shutdown).await
}

/// Brings the database to this version.
pub async fn migrate(options: config::Database) -> Result<(), Problem> {
    let store = open_store(&options.database, options.database_connections, options.database_wait_seconds).await?;
    store.migrate().await?;
    println!("The database is of this version.");
    store.close().await;
    Ok(())
}

fn refuse_open_doors(addresses: &[SocketAddr]) -> Result<(), Problem> {
    match addresses.iter().find(|address| !address.ip().is_loopback()) {
        None => Ok(()),
        Some(address) => Err(Problem(format!(
            "--dev takes calls without a key, so it refuses {address}: use a loopback address such as 127.0.0.1, or \
             leave --dev out and make a key with \"referrald keys create\""
        ))),
    }
}

async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Problem(format!("cannot listen on {option} {address}: {error}; port 0 takes a free one")))
}

/// Done at the first SIGTERM or SIGINT; the second ends the process at once.
pub(super) fn shutdown() -> Result<impl Future<Output = ()> + Send + use<>, Problem> {
    let on = |kind| signal(kind).map_err(|error| Problem(format!("cannot wait for signals: {error}")));
    let (mut term, mut int) = (on(SignalKind::terminate())?, on(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        tracing::info!("draining; once more ends at once");
        tokio::spawn(async move {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            std::process::exit(1);
        });
    })
}
