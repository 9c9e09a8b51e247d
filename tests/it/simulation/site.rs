//! Where worlds are played: servers in this process, or the program itself in processes of its own; on Postgres two of
//! them share the database.

use std::net::SocketAddr;

use referrald::app::Scope;
use referrald::clock::Clock;
use referrald::server::Options;
use referrald::store::Store;
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
}

impl Site {
    /// Servers in this process.
    pub async fn open(database: Database) -> Self {
        let (url, folder) = start_in(database);
        let replicas = if database == Database::Postgres { 2 } else { 1 };
        let (servers, programs) = (vec![], vec![]);
        let clock = Clock::default();
        let mut site =
            Self { url, _folder: folder, clock, replicas, key: String::new(), servers, programs, kills: false };
        site.start_servers().await;
        let made = site.servers[0].app.create_key("simulation".into(), Scope::ALL.to_vec(), None, None).await;
        site.key = made.expect("a key").1;
        site
    }

    /// The program itself, which is killed where a server would be stopped. Its clock is the true one.
    pub async fn of_programs(database: Database) -> Self {
        let mut site = Self::open(database).await;
        site.stop_servers().await;
        site.kills = true;
        site.start_programs();
        site
    }

    async fn start_servers(&mut self) {
        for _ in 0..self.replicas {
            let (url, clock) = (self.url.clone(), self.clock.clone());
            let server = Server::open(url, None, Options::default(), Keyring::default(), clock).await;
            // Nothing here is about the end of the machine, and the disk takes its time.
            if let Store::Sqlite { writer, .. } = &server.app.store {
                sqlx::query("pragma synchronous = off").execute(writer).await.expect("set");
            }
            self.servers.push(server);
        }
    }

    async fn stop_servers(&mut self) {
        for server in self.servers.drain(..) {
            server.stop().await;
        }
    }

    fn start_programs(&mut self) {
        let addresses = ["--listen", "127.0.0.1:0", "--sidecar-listen", "127.0.0.1:0"];
        let (seal, log) = ("07".repeat(32), "referrald=info,sqlx=off");
        let variables =
            [("REFERRALD_DATABASE", self.url.as_str()), ("REFERRALD_SECRETS_KEY", &seal), ("RUST_LOG", log)];
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

    /// Lets time go by; the programs have only the true one.
    pub fn wait(&self, hours: i64) {
        if !self.kills {
            self.clock.advance_seconds(hours * 3_600);
        }
    }

    pub async fn close(mut self) {
        self.kill();
        self.stop_servers().await;
    }
}
