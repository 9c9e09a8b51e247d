//! The real server, in this process, on free ports of the loopback, with a clock that the test moves.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use referrald::app::{App, Caller as Principal, Repeatable, Scope, Seal, Setup};
use referrald::clock::Clock;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::time::Time;
use referrald::fake_stripe::FakeStripe;
use referrald::server::{Options, Problem, run};
use referrald::store::Store;
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use referrald_client::{self as client, Client};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

use super::clients::Caller;
use crate::postgres;

/// How often something that happens by itself is looked for, and how long between two looks.
const TRIES_MAX: u32 = 1500;
const TRY_PAUSE: Duration = Duration::from_millis(20);

/// Which database a server stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// A running server with an empty database of its own, and the signing secret of its default account in test mode.
pub struct Server {
    pub app: Arc<App>,
    pub clock: Clock,
    pub grpc_at: SocketAddr,
    pub sidecar_at: SocketAddr,
    /// As `--database` takes it.
    pub database_url: String,
    /// Calls with a key that may do everything.
    pub caller: Caller,
    /// The Rust client with that key, as a team would use it; the stories are told with it.
    pub client: Client,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), Problem>>,
    numbers: AtomicU32,
    _folder: Option<TempDir>,
}

/// Writes that wait until this lets go of them.
pub enum Held {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Held {
    /// Holds the writes of a database.
    pub async fn of(url: &str) -> Self {
        if url.starts_with("sqlite") {
            let path = url.trim_start_matches("sqlite:");
            let mut file = SqliteConnectOptions::new().filename(path).connect().await.expect("the file opens");
            sqlx::raw_sql("begin immediate").execute(&mut file).await.expect("the file is locked");
            return Self::Sqlite(file);
        }
        let mut server = PgConnection::connect(url).await.expect("the database answers");
        let lock = "begin; lock table ledgers in exclusive mode";
        sqlx::raw_sql(lock).execute(&mut server).await.expect("the table is locked");
        Self::Postgres(server)
    }

    pub async fn let_go(self) {
        match self {
            Self::Sqlite(mut file) => {
                sqlx::raw_sql("rollback").execute(&mut file).await.expect("the lock ends");
            }
            Self::Postgres(mut server) => {
                sqlx::raw_sql("rollback").execute(&mut server).await.expect("the lock ends");
            }
        }
    }
}

/// A fresh, empty database: its URL, and the folder that it needs as long as it is used.
pub fn start_in(database: Database) -> (String, Option<TempDir>) {
    match database {
        Database::Postgres => (postgres::database(), None),
        Database::Sqlite => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            (format!("sqlite:{}", folder.path().join("it.db").display()), Some(folder))
        }
    }
}

impl Server {
    /// Starts a server as an operator would who says nothing special.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, Options::default()).await
    }

    /// Starts a server with these options.
    pub async fn start_with(database: Database, options: Options) -> Self {
        let (url, folder) = start_in(database);
        Self::start_on(url, folder, options).await
    }

    /// Starts a server that has these ways to Stripe.
    pub async fn start_calling(database: Database, stripe: Keyring) -> Self {
        let (url, folder) = start_in(database);
        Self::start_as(url, folder, Options::default(), stripe, Clock::default()).await
    }

    /// Starts a server beside a fake Stripe, which it may call a hundred times a second for the default account.
    pub async fn start_beside_stripe(database: Database) -> (Self, FakeStripe) {
        let clock = Clock::default();
        let fake = FakeStripe::start(clock.clone()).await.expect("the loopback has a free port");
        let transport = Transport::new(fake.url()).expect("TLS").with_call_max(Duration::from_secs(2));
        let stripe = Keyring::read("sk_test_1", &transport, 100).expect("a key");
        let (url, folder) = start_in(database);
        (Self::start_as(url, folder, Options::default(), stripe, clock).await, fake)
    }

    /// Starts a server on a database that is there; brings it to this version.
    pub async fn start_on(database_url: String, folder: Option<TempDir>, options: Options) -> Self {
        Self::start_as(database_url, folder, options, Keyring::default(), Clock::default()).await
    }

    /// Starts a server on a database that is there, with these ways to Stripe and this clock.
    pub async fn start_as(
        database_url: String,
        folder: Option<TempDir>,
        options: Options,
        stripe: Keyring,
        clock: Clock,
    ) -> Self {
        let store = Store::open(&database_url, 10).await.expect("the database opens");
        store.migrate().await.expect("the database takes this version");
        let seal = Seal::new(&[7; Seal::KEY_BYTES]);
        let setup = Setup { seal, public_url: Some("https://hooks.example".to_owned()), stripe };
        let app = App::new(store, clock.clone(), setup);
        let (_, key) = app.create_key("tests".into(), Scope::ALL.to_vec(), None, None).await.expect("a key");
        let (grpc, sidecar) = (listener().await, listener().await);
        let (grpc_at, sidecar_at) = (address(&grpc), address(&sidecar));
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = async move {
            let _ = stopped.await;
        };
        let running = tokio::spawn(run(app.clone(), options, grpc, Some(sidecar), ended));
        let caller = Caller::with_key(channel(grpc_at), &key);
        let options = client::Options { address: grpc_at.to_string(), key, ..client::Options::default() };
        let server = Self {
            app,
            clock,
            grpc_at,
            sidecar_at,
            database_url,
            caller,
            client: Client::connect(options).expect("an address and a key"),
            stop: Some(stop),
            running,
            numbers: AtomicU32::new(1),
            _folder: folder,
        };
        server.take_webhooks_of("default", Mode::Test).await;
        server
    }

    /// Adds the signing secret of an account and mode, as [`Server::secret_of`] names it.
    pub async fn take_webhooks_of(&self, account: &str, mode: Mode) {
        let ledger = Ledger { account: account.to_owned(), mode };
        let everybody = Principal::internal(&Scope::ALL);
        let secret = Self::secret_of(account, mode);
        let added = self.app.add_secret(&everybody, ledger, &secret, None, &Repeatable::default()).await;
        added.expect("the secret is new");
    }

    /// The signing secret of an account and mode.
    pub fn secret_of(account: &str, mode: Mode) -> String {
        format!("whsec_it_0123456789abcdef_{account}_{mode:?}")
    }

    /// Somebody who calls with another key.
    pub fn caller_with(&self, key: &str) -> Caller {
        Caller::with_key(self.caller.channel(), key)
    }

    /// Somebody with a new key of these scopes, for one account or for all.
    pub async fn caller_of(&self, scopes: &[Scope], account: Option<&str>) -> Caller {
        let made = self.app.create_key("of a test".into(), scopes.to_vec(), account.map(str::to_owned), None).await;
        self.caller_with(&made.expect("a key").1)
    }

    /// A connection of its own.
    pub fn channel(&self) -> Channel {
        channel(self.grpc_at)
    }

    /// What time it is for the server.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Puts the server's clock forward.
    pub fn advance_days(&self, days: i64) {
        self.clock.advance_seconds(days * 86_400);
    }

    /// Decides what the clock asks for, without waiting for the server's own sweep.
    pub async fn sweep(&self) -> usize {
        self.app.sweep().await.expect("the sweep can be done")
    }

    /// A number that this server gave to nothing else yet.
    pub fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until something that happens by itself has happened.
    pub async fn until<F: Future<Output = bool>>(what: &str, mut happened: impl FnMut() -> F) {
        for _ in 0..TRIES_MAX {
            if happened().await {
                return;
            }
            tokio::time::sleep(TRY_PAUSE).await;
        }
        panic!("{what}: it has not happened after {:?}", TRY_PAUSE * TRIES_MAX);
    }

    /// Holds every write of the server back, as another process at the same database would that takes its time.
    pub async fn hold_the_writes(&self) -> Held {
        Held::of(&self.database_url).await
    }

    /// Waits until a call is at the point where [`Server::hold_the_writes`] holds it.
    pub async fn until_a_write_waits(&self) {
        Self::until("a write waits", async || match &self.app.store {
            // The one connection that writes is taken.
            Store::Sqlite { writer, .. } => writer.num_idle() == 0,
            Store::Postgres(..) => {
                let text = "select count(*) as waiting from pg_locks where not granted and database = \
                            (select oid from pg_database where datname = current_database())";
                let rows = self.app.store.rows(text, vec![]).await.expect("the locks");
                rows[0].int("waiting").expect("a number") > 0
            }
        })
        .await;
    }

    /// Begins the end, as SIGTERM does, and waits for it not.
    pub fn begin_to_stop(&mut self) {
        let stop = self.stop.take().expect("it stops once");
        let _ = stop.send(());
    }

    /// Ends the server and waits until it has drained.
    pub async fn stop(mut self) {
        if self.stop.is_some() {
            self.begin_to_stop();
        }
        let ended = (&mut self.running).await.expect("the server does not panic");
        ended.expect("the server ends well");
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port")
}

fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound socket has an address")
}

/// A connection to a gRPC server, made when it is first used.
pub fn channel(at: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{at}")).expect("a URL").connect_lazy()
}
