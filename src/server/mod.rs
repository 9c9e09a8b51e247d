//! Puts the parts together and runs them: listeners and the end come in as values, so that tests and the demo run the
//! same server as the program does.

mod grpc;
mod http;
mod open;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use tower::ServiceExt;

pub use grpc::Connections;
pub use open::{Problem, keyring, known_seal, open_store, seal};

use crate::app::App;
use crate::clock::Clock;
use crate::domain::campaign::Ledger;
use crate::domain::word::Word;
use crate::grpc::{Gate, Limits, SERVICES, routes};
use crate::sidecar;

/// How often a server looks by itself whether there is something to do.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// For events that other processes wrote.
    pub follow: Duration,
    /// For decisions of the clock, and events that are too old.
    pub sweep: Duration,
    /// For ledgers that are to be compared with Stripe's events.
    pub reconcile: Duration,
    /// For runs through the customers that another process has left.
    pub sync_referrers: Duration,
}

impl Default for Rounds {
    fn default() -> Self {
        let (follow, sweep) = (Duration::from_millis(400), Duration::from_secs(1));
        Self { follow, sweep, reconcile: Duration::from_secs(10), sync_referrers: Duration::from_secs(10) }
    }
}

/// What a server is told besides its listeners.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether calls without a key may do everything.
    pub open: bool,
    /// How many calls run at once, and how long.
    pub limits: Limits,
    /// How long the connections of gRPC are kept.
    pub connections: Connections,
    /// How long calls under way get to end.
    pub drain: Duration,
    /// After how many days events are removed; none: never.
    pub events_keep_days: Option<u32>,
    /// How long a job at Stripe waits after the process that had taken it up has died.
    pub job_lease: Duration,
    /// How often ledgers are compared with Stripe's events; 0 is never.
    pub reconcile_every_hours: u32,
    /// How often is looked for what is to be done; a test need not wait as long.
    pub rounds: Rounds,
}

impl Default for Options {
    fn default() -> Self {
        let (limits, connections, rounds) = (Limits::default(), Connections::default(), Rounds::default());
        let (drain, job_lease) = (Duration::from_secs(20), Duration::from_mins(2));
        let (events_keep_days, reconcile_every_hours) = (None, 0);
        Self { open: false, limits, connections, drain, events_keep_days, job_lease, reconcile_every_hours, rounds }
    }
}

/// Serves gRPC, and webhooks where there is a listener for them, until `shutdown` is done; then drains.
///
/// # Errors
/// A listener that fails.
pub async fn run(
    app: Arc<App>,
    options: Options,
    listener: TcpListener,
    sidecar_listener: Option<TcpListener>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Problem> {
    let gate = Gate::new(app.clone(), options.open, options.limits);
    let (health, health_service) = tonic_health::server::health_reporter();
    for name in SERVICES {
        health.set_service_status(name, tonic_health::ServingStatus::Serving).await;
    }
    let routes = routes(app.clone(), gate.clone(), health_service).map_err(|problem| Problem(problem.to_string()))?;
    let (ending, ended) = watch::channel(false);
    let upstream = sidecar::upstream(routes.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(grpc::serve(listener, routes, options.connections, ended.clone()));
    if let Some(listener) = sidecar_listener {
        let router = sidecar::router(upstream, gate.internal_key(), app.clock.clone());
        let router = router.map_err(|problem| Problem(problem.0))?;
        tasks.spawn(http::serve(listener, router, ended.clone()));
    }
    for ledger in app.stripe.ledgers().cloned() {
        if options.reconcile_every_hours > 0 {
            tasks.spawn(reconcile(app.clone(), ledger.clone(), options, ended.clone()));
        }
        tasks.spawn(sync_referrers(app.clone(), ledger.clone(), options.rounds.sync_referrers, ended.clone()));
        tasks.spawn(jobs(app.clone(), ledger, options.job_lease, ended.clone()));
    }
    tasks.spawn(sweep(app.clone(), options, ended.clone()));
    tasks.spawn(follow(app.clone(), options.rounds.follow, ended));
    let early = until(shutdown, &mut tasks).await;
    for name in SERVICES {
        health.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
    }
    let _ = ending.send(true);
    app.end();
    drain(tasks, options.drain).await;
    app.store.close().await;
    early
}

/// Serves webhooks alone, in front of a service elsewhere.
///
/// # Errors
/// An upstream that is no URL, a key that cannot be sent, a listener that fails.
pub async fn run_sidecar(
    upstream: &str,
    key: &str,
    drain_for: Duration,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Problem> {
    let router = sidecar::router(sidecar::upstream(channel(upstream)?), key, Clock::default());
    let router = router.map_err(|problem| Problem(problem.0))?;
    let (ending, ended) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tasks.spawn(http::serve(listener, router, ended));
    let early = until(shutdown, &mut tasks).await;
    let _ = ending.send(true);
    drain(tasks, drain_for).await;
    early
}

/// A service elsewhere, called with this key; an empty one is not shown. Where nothing answers, the status of a call
/// names the address, and its source is what went wrong on the way.
///
/// # Errors
/// What is no URL, a key that cannot be sent.
pub fn connect(server: &str, key: &str) -> Result<sidecar::Upstream, Problem> {
    let address = server.to_owned();
    let reached = channel(server)?.map_err(move |error| away(&address, error));
    sidecar::keyed(sidecar::upstream(reached), key).map_err(|problem| Problem(problem.0))
}

/// A service that cannot be reached: the last of the causes says why.
fn away(address: &str, error: tonic::transport::Error) -> Status {
    let mut cause: &dyn Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let message = format!("{address} does not answer ({cause})");
    let error = Arc::new(error);
    let mut status = Status::new(Status::from_error(Box::new(error.clone())).code(), message);
    status.set_source(error);
    status
}

/// A connection to a service elsewhere, made when it is first used.
fn channel(url: &str) -> Result<Channel, Problem> {
    let endpoint = Endpoint::from_shared(url.to_owned())
        .map_err(|_| Problem(format!("{url} is no URL of a service; it must look like http://10.0.0.5:50051")))?;
    let endpoint = if url.starts_with("https://") {
        let tls = tonic::transport::ClientTlsConfig::new().with_webpki_roots();
        endpoint.tls_config(tls).map_err(|problem| Problem(problem.to_string()))?
    } else {
        endpoint
    };
    Ok(endpoint.connect_timeout(Duration::from_secs(5)).connect_lazy())
}

/// Waits for the word to end, or for a task that ends without it.
async fn until(shutdown: impl Future<Output = ()>, tasks: &mut JoinSet<Result<(), Problem>>) -> Result<(), Problem> {
    tokio::select! {
        () = shutdown => Ok(()),
        Some(done) = tasks.join_next() => done.unwrap_or_else(|panic| Err(Problem(panic.to_string()))),
    }
}

/// Waits for what is under way, but not for ever.
async fn drain(mut tasks: JoinSet<Result<(), Problem>>, limit: Duration) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(limit, all).await.is_err() {
        tracing::warn!(seconds = limit.as_secs(), "calls were still under way at the end of the drain");
    }
}

/// Does what is to be done at Stripe for a ledger, for as long as the server runs.
async fn jobs(app: Arc<App>, ledger: Ledger, lease: Duration, ended: watch::Receiver<bool>) -> Result<(), Problem> {
    app.work_off(ledger, lease, ended).await;
    Ok(())
}

/// Compares a ledger with Stripe's events whenever that is due, for as long as the server runs.
async fn reconcile(
    app: Arc<App>,
    ledger: Ledger,
    options: Options,
    mut ended: watch::Receiver<bool>,
) -> Result<(), Problem> {
    loop {
        if let Err(problem) = app.reconcile_if_due(&ledger, options.reconcile_every_hours).await {
            tracing::warn!(?problem, account = %ledger.account, mode = ledger.mode.word(),
                "the events at Stripe could not be compared; it is tried again");
        }
        tokio::select! {
            _ = ended.changed() => return Ok(()),
            () = tokio::time::sleep(options.rounds.reconcile) => {}
        }
    }
}

/// Makes referrers of the customers of a ledger when somebody has asked for it, for as long as the server runs.
async fn sync_referrers(
    app: Arc<App>,
    ledger: Ledger,
    every: Duration,
    mut ended: watch::Receiver<bool>,
) -> Result<(), Problem> {
    loop {
        // Before it is looked, so that nothing is missed that begins meanwhile.
        let wanted = app.referrer_sync_wanted();
        if let Err(problem) = app.go_on_with_referrer_syncs(&ledger).await {
            tracing::warn!(?problem, account = %ledger.account, mode = ledger.mode.word(),
                "the customers could not be gone through; it is tried again");
        }
        tokio::select! {
            _ = ended.changed() => return Ok(()),
            () = wanted => {}
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// Decides what the clock asks for, for as long as the server runs.
async fn sweep(app: Arc<App>, options: Options, mut ended: watch::Receiver<bool>) -> Result<(), Problem> {
    loop {
        if let Err(problem) = app.sweep().await {
            tracing::warn!(?problem, "the sweep could not be done; it is tried again");
        }
        if let Some(days) = options.events_keep_days
            && let Err(problem) = app.drop_events(days).await
        {
            tracing::warn!(?problem, "old events could not be removed; it is tried again");
        }
        tokio::select! {
            _ = ended.changed() => return Ok(()),
            () = tokio::time::sleep(options.rounds.sweep) => {}
        }
    }
}

/// Tells whoever watches events here of those that other processes wrote, for as long as the server runs.
async fn follow(app: Arc<App>, every: Duration, mut ended: watch::Receiver<bool>) -> Result<(), Problem> {
    loop {
        app.follow().await;
        tokio::select! {
            _ = ended.changed() => return Ok(()),
            () = tokio::time::sleep(every) => {}
        }
    }
}
