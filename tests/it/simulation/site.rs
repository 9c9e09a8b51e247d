//! Where worlds are played: servers in this process, or the program itself in processes of its own; on Postgres one
//! or two of them.

use std::net::SocketAddr;
use std::time::Duration;

use referrald::app::Scope;
use referrald::clock::Clock;
use referrald::fake_stripe::FakeStripe;
use referrald::server::Options;
use referrald::store::{Store, Value};
use referrald::stripe::client::Transport;
use referrald::stripe::keyring::Keyring;
use tempfile::TempDir;
use tokio::task::block_in_place;

use crate::harness::{Caller, Database, Program, Server, channel, start_in};

/// Where to call and where to post.
#[derive(Clone)]
pub struct Door {
    pub caller: Caller,
    pub sidecar_at: SocketAddr,
    pub clock: Clock,
}

pub struct Site {
    url: String,
    _folder: Option<TempDir>,
    pub clock: Clock,
    replicas: usize,
    key: String,
    servers: Vec<Server>,
    /// The program itself; then there are no servers.
    programs: Vec<(Program, Door)>,
    kills: bool,
    /// A Stripe, and what is needed to call it for the account that has a key.
    stripe: Option<(FakeStripe, String)>,
}

/// What is due within so many seconds is waited for: longer than a job is leased.
const SOON_SECONDS: i64 = 121;
/// How often is looked whether something is done, how long between two looks, and after how many the clock moves.
const LOOKS_MAX: u32 = 6_000;
const LOOK_PAUSE: Duration = Duration::from_millis(10);
const LOOKS_BEFORE_A_MOVE: u32 = 20;

impl Site {
    /// Servers in this process; an account may have a key for Stripe.
    pub async fn open(database: Database, replicas: usize, has_key: Option<&str>) -> Self {
        let (url, folder) = start_in(database);
        let clock = Clock::default();
        let stripe = match has_key {
            None => None,
            Some(account) => {
                let fake = FakeStripe::start(clock.clone()).await.expect("the loopback has a free port");
                Some((fake, format!("{account}=sk_test_1")))
            }
        };
        let mut site = Self {
            url,
            _folder: folder,
            clock,
            replicas,
            key: String::new(),
            servers: vec![],
            programs: vec![],
            kills: false,
            stripe,
        };
        site.start_servers().await;
        let made = site.servers[0].app.create_key("simulation".into(), Scope::ALL.to_vec(), None, None).await;
        site.key = made.expect("a key").1;
        site
    }

    /// The same with the program itself, which is killed where a server would be stopped. Its clock is the true one.
    pub async fn of_programs(mut self) -> Self {
        self.stop_servers().await;
        self.kills = true;
        self.start_programs();
        self
    }

    async fn start_servers(&mut self) {
        for _ in 0..self.replicas {
            let (url, clock) = (self.url.clone(), self.clock.clone());
            let server = Server::open(url, None, Options::default(), self.keyring(), clock).await;
            // Nothing here is about the end of the machine, and the disk takes its time.
            if let Store::Sqlite { writer, .. } = &server.app.store {
                sqlx::query("pragma synchronous = off").execute(writer).await.expect("set");
            }
            self.servers.push(server);
        }
    }

    fn keyring(&self) -> Keyring {
        let Some((fake, key)) = &self.stripe else { return Keyring::default() };
        let transport = Transport::new(fake.url()).expect("TLS").with_call_max(Duration::from_secs(2));
        Keyring::read(key, &transport, 100).expect("a key")
    }

    /// The Stripe of the account that has a key.
    pub fn stripe(&self) -> Option<&FakeStripe> {
        self.stripe.as_ref().map(|(fake, _)| fake)
    }

    async fn stop_servers(&mut self) {
        for server in self.servers.drain(..) {
            server.stop().await;
        }
    }

    fn start_programs(&mut self) {
        let addresses = ["--listen", "127.0.0.1:0", "--sidecar-listen", "127.0.0.1:0"];
        let (seal, log) = ("07".repeat(32), "referrald=info,sqlx=off");
        let mut variables =
            vec![("REFERRALD_DATABASE", self.url.as_str()), ("REFERRALD_SECRETS_KEY", &seal), ("RUST_LOG", log)];
        if let Some((fake, key)) = &self.stripe {
            variables.extend([("REFERRALD_STRIPE_KEY", key.as_str()), ("REFERRALD_STRIPE_URL", fake.url())]);
            // A run that is killed is another's only after its lease, and the clock of a program cannot be moved.
            variables
                .extend([("REFERRALD_RECONCILE_EVERY_HOURS", "0"), ("REFERRALD_STRIPE_REQUESTS_PER_SECOND", "100")]);
        }
        for _ in 0..self.replicas {
            let (program, door) = block_in_place(|| {
                let mut program = Program::start(&[&["serve"], &addresses[..]].concat(), &variables);
                let (grpc_at, sidecar_at) = program.ready();
                let caller = Caller::with_key(channel(grpc_at.expect("an address")), &self.key);
                (program, Door { caller, sidecar_at: sidecar_at.expect("an address"), clock: self.clock.clone() })
            });
            self.programs.push((program, door));
        }
    }

    /// Kill -9 of every program.
    pub fn kill(&mut self) {
        block_in_place(|| self.programs.clear());
    }

    /// Whether it is the program itself, and can be killed.
    pub fn can_kill(&self) -> bool {
        self.kills
    }

    /// Ends everything and begins again; programs are killed.
    pub async fn restart(&mut self) {
        if self.kills {
            self.kill();
            self.start_programs();
        } else {
            self.stop_servers().await;
            self.start_servers().await;
        }
    }

    /// Kills the programs for good and looks at what they left with servers in this process.
    pub async fn take_over(&mut self) {
        if self.kills {
            self.kill();
            self.kills = false;
            self.start_servers().await;
        }
    }

    /// One of the replicas.
    pub fn door(&self, number: usize) -> Door {
        if let Some((_, door)) = self.programs.get(number % self.replicas) {
            return door.clone();
        }
        let server = &self.servers[number % self.replicas];
        Door { caller: server.caller_with(&self.key), sidecar_at: server.sidecar_at, clock: self.clock.clone() }
    }

    /// What the servers remember; the programs keep that to themselves.
    pub fn store(&self) -> &Store {
        &self.servers[0].app.store
    }

    /// Sweeps until nothing is due: what is decided may wake others. The programs do it by themselves.
    pub async fn sweep(&self) {
        if let Some(server) = self.servers.first() {
            while server.sweep().await > 0 {}
        }
    }

    /// Sweeps, and waits until nothing is to be done at Stripe that can be done there. While somebody may be at it the
    /// clock moves by minutes at most: no process is a day between two lines.
    pub async fn settle(&self) {
        self.sweep().await;
        if self.stripe.is_none() || self.servers.is_empty() {
            return;
        }
        for look in 1..LOOKS_MAX {
            match self.next_job().await {
                None if self.sweep_once().await == 0 => return,
                Some(due_in) if due_in > 0 && look % LOOKS_BEFORE_A_MOVE == 0 => {
                    self.clock.advance_seconds(SOON_SECONDS);
                }
                _ => tokio::time::sleep(LOOK_PAUSE).await,
            }
        }
        panic!("there is still something to be done at Stripe");
    }

    /// In how many seconds the next job is due, where that is soon.
    async fn next_job(&self) -> Option<i64> {
        let text = "select j.due_at from jobs j where j.due_at <= $1 and not exists \
                    (select 1 from campaigns c where c.id = j.campaign_id and c.state = 'PAUSED') order by j.due_at";
        let now = self.clock.now();
        let soon = now.plus_seconds(SOON_SECONDS).micros();
        let rows = self.store().rows(text, vec![Value::Int(Some(soon))]).await.expect("listed");
        let due_at = rows.first()?.int("due_at").expect("a time");
        Some((due_at - now.micros() + 999_999) / 1_000_000)
    }

    async fn sweep_once(&self) -> usize {
        self.servers[0].sweep().await
    }

    /// Lets time go by; the programs have only the true one.
    pub fn wait(&self, seconds: i64) {
        if !self.kills {
            self.clock.advance_seconds(seconds);
        }
    }

    pub async fn close(mut self) {
        self.kill();
        self.stop_servers().await;
    }
}
