//! Postgres for tests: every test asks [`database`] for an empty one of its own; tests of crashes ask for a
//! [`Cluster`] of their own.
//!
//! A cluster is private: made from the installed binaries, on a free port of the loopback, with the durability that
//! production has. It ends with the test process, however that ends. With `REFERRALD_TEST_POSTGRES_URL` set,
//! [`database`] makes its databases on that server instead, and leaves them there.
//!
//! Included with `#[path = "…/support/postgres.rs"] mod postgres;`.

#![allow(dead_code, reason = "each test binary uses the part that it needs")]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use sqlx::{ConnectOptions, Connection};

const URL_VARIABLE: &str = "REFERRALD_TEST_POSTGRES_URL";

const HOW_TO_GET_ONE: &str = "this test needs Postgres: install it (`apt-get install -y postgresql`; nothing has to \
    run), or set REFERRALD_TEST_POSTGRES_URL to a server where the tests may create databases";

/// A start takes a tenth of a second; after a crash on a busy machine it may take much longer.
const START_POLLS_MAX: u32 = 3000;
const POLL_PAUSE: Duration = Duration::from_millis(20);

/// Waits for its standard input to end, which is when the process that holds the other end is gone, even by kill -9;
/// then ends the cluster at once and removes it. A server that has ended takes its file with it, or, if it was killed,
/// no longer takes signals. (A parent-death signal would come when the *thread* ends that started Postgres, and that is
/// the end of one test.)
const JANITOR: &str = r#"
cat >/dev/null
file="$1/data/postmaster.pid"
pid=$(head -n 1 "$file" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
polls=0
while [ -e "$file" ] && kill -0 "$pid" 2>/dev/null && [ "$polls" -lt 500 ]; do
  sleep 0.02
  polls=$((polls + 1))
done
rm -rf "$1"
"#;

/// The URL of a fresh, empty database. Every call gives another one.
pub fn database() -> String {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(Server::shared).database()
}

/// Where the databases of this process are made.
enum Server {
    Own(Cluster),
    Given { url: String, prefix: String, made: AtomicU32 },
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "a name that no other run has is the one thing not to repeat")]
    fn shared() -> Self {
        match env::var(URL_VARIABLE) {
            Ok(url) if !url.is_empty() => {
                // Several processes may share that server, so their names must differ.
                let random = RandomState::new().build_hasher().finish();
                Self::Given { url, prefix: format!("it_{random:016x}"), made: AtomicU32::new(0) }
            }
            _ => Self::Own(Cluster::new()),
        }
    }

    fn database(&self) -> String {
        match self {
            Self::Own(cluster) => cluster.database(),
            Self::Given { url, prefix, made } => create_database(url, prefix, made),
        }
    }
}

/// A private Postgres cluster, running until it is stopped, killed or dropped.
pub struct Cluster {
    binaries: PathBuf,
    home: PathBuf,
    owner: Option<Owner>,
    port: u16,
    running: Option<Child>,
    made: AtomicU32,
    /// The janitor cleans up when this closes.
    janitor: (Child, Option<ChildStdin>),
}

/// The account that Postgres runs as, since it refuses to run as root.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub fn new() -> Self {
        let binaries = find_binaries().unwrap_or_else(|| panic!("{HOW_TO_GET_ONE}"));
        let owner = owner();
        let home = make_home(owner);
        let janitor = start_janitor(&home, owner);
        let mut cluster =
            Self { binaries, home, owner, port: free_port(), running: None, made: AtomicU32::new(0), janitor };
        cluster.initialize();
        cluster.start();
        cluster
    }

    /// The URL of a fresh, empty database. It keeps its port through stops and starts.
    pub fn database(&self) -> String {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        create_database(&url, "it", &self.made)
    }

    /// Starts the cluster again after [`Cluster::stop`] or [`Cluster::kill_9`], and waits until it answers.
    pub fn start(&mut self) {
        assert!(self.running.is_none(), "the cluster is running already");
        for _ in 0..START_POLLS_MAX {
            if self.running.is_none() {
                self.running = Some(self.spawn());
            }
            if self.answers() {
                return;
            }
            self.forget_a_failed_start();
            thread::sleep(POLL_PAUSE);
        }
        panic!("Postgres does not answer after {:?}:\n{}", POLL_PAUSE * START_POLLS_MAX, self.log());
    }

    /// Stops the cluster in good order: open connections are closed, everything is written.
    pub fn stop(&mut self) {
        let mut server = self.running.take().expect("the cluster is not running");
        signal("-INT", &[server.id().to_string()]);
        server.wait().expect("Postgres was started by this process");
    }

    /// Kills every process of the cluster at once, as a power cut would.
    pub fn kill_9(&mut self) {
        let mut server = self.running.take().expect("the cluster is not running");
        let id = server.id();
        // The postmaster first, so that it starts no new process; the backends die by name, since they would finish
        // what they are doing.
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let mut processes = vec![id.to_string()];
        processes.extend(children.split_whitespace().map(String::from));
        signal("-KILL", &processes);
        server.wait().expect("Postgres was started by this process");
    }

    fn initialize(&self) {
        let output = self
            .command("initdb")
            // Not to wait for the disk here changes nothing later: the server itself runs with fsync on.
            .args(["--no-sync", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"])
            .arg(self.home.join("data"))
            .output()
            .expect("initdb is there");
        assert!(output.status.success(), "initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }

    fn spawn(&self) -> Child {
        let log = fs::File::create(self.home.join("log")).expect("the log can be written");
        let settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "fsync=on",
            // After a crash, one sync of the file system instead of one for each of a thousand files.
            "recovery_init_sync_method=syncfs",
        ];
        self.command("postgres")
            .arg("-D")
            .arg(self.home.join("data"))
            .args(["-p", &self.port.to_string()])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres is there")
    }

    fn answers(&self) -> bool {
        let status = self.command("pg_isready").args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).status();
        status.expect("pg_isready is there").success()
    }

    /// A start fails in passing when the port, or the memory of the processes killed last, is not free yet.
    fn forget_a_failed_start(&mut self) {
        let ended = self.running.as_mut().and_then(|server| server.try_wait().expect("a child can be asked"));
        if ended.is_none() {
            return;
        }
        let log = self.log();
        let passing = log.contains("Address already in use") || log.contains("is still in use");
        assert!(passing, "Postgres does not start:\n{log}");
        self.running = None;
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    fn command(&self, program: &str) -> Command {
        as_owner(self.binaries.join(program), self.owner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let (janitor, input) = &mut self.janitor;
        drop(input.take());
        // The janitor waits until the server is gone, which takes until somebody reaps it.
        if let Some(mut server) = self.running.take() {
            let _ = server.wait();
        }
        let _ = janitor.wait();
    }
}

fn start_janitor(home: &Path, owner: Option<Owner>) -> (Child, Option<ChildStdin>) {
    let mut janitor = as_owner("sh", owner)
        .args(["-c", JANITOR, "janitor"])
        .arg(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh is there");
    let input = janitor.stdin.take();
    (janitor, input)
}

/// A command as the cluster's account, in a folder which that account can read, in a process group of its own so
/// that Ctrl-C at the terminal does not reach it before its work is done.
fn as_owner(program: impl AsRef<OsStr>, owner: Option<Owner>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").process_group(0);
    if let Some(Owner { user, group }) = owner {
        command.uid(user).gid(group);
    }
    command
}

fn signal(name: &str, processes: &[String]) {
    // A process that is gone by itself is no failure.
    let _ = Command::new("kill").arg(name).args(processes).stderr(Stdio::null()).status();
}

/// The newest Postgres on this machine.
fn find_binaries() -> Option<PathBuf> {
    let mut folders = debian_folders();
    folders.extend(said_by("pg_config", &["--bindir"]).map(PathBuf::from));
    folders
        .into_iter()
        .rev()
        .find(|folder| ["initdb", "postgres", "pg_isready"].iter().all(|p| folder.join(p).exists()))
}

/// Where Debian puts each version, the oldest first.
fn debian_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| path.file_name().and_then(OsStr::to_str).and_then(|name| name.parse::<u32>().ok()));
    versions.into_iter().map(|version| version.join("bin")).collect()
}

fn owner() -> Option<Owner> {
    let id = |arguments: &[&str]| said_by("id", arguments).and_then(|id| id.parse().ok());
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let (user, group) = (id(&["-u", "postgres"]), id(&["-g", "postgres"]));
    let no_account = "Postgres does not run as root, and there is no account `postgres` to run it as";
    Some(Owner { user: user.expect(no_account), group: group.expect(no_account) })
}

/// A folder of the cluster's account, in a place that it can reach.
fn make_home(owner: Option<Owner>) -> PathBuf {
    let place = Some(env::temp_dir()).filter(|place| owner.is_none() || is_open_to_all(place));
    let place = place.unwrap_or_else(|| PathBuf::from("/tmp"));
    let home = tempfile::Builder::new()
        .prefix("referrald-postgres-")
        .tempdir_in(place)
        .expect("a temporary folder can be made")
        // The janitor removes it.
        .keep();
    if let Some(Owner { user, group }) = owner {
        chown(&home, Some(user), Some(group)).expect("root may give a folder away");
    }
    home
}

fn is_open_to_all(place: &Path) -> bool {
    const SEARCHABLE_BY_OTHERS: u32 = 0o001;
    place
        .ancestors()
        .all(|folder| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & SEARCHABLE_BY_OTHERS != 0))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// What a command prints, if it exists and succeeds.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}

fn create_database(server: &str, prefix: &str, made: &AtomicU32) -> String {
    let name = format!("{prefix}_{}", made.fetch_add(1, Ordering::Relaxed));
    execute(server, &format!("create database {name}"));
    with_database(server, &name)
}

/// Runs one statement, from any thread: a test's own runtime can't be entered a second time, so this takes a thread.
fn execute(url: &str, statement: &str) {
    let connect = async {
        let options: sqlx::postgres::PgConnectOptions = url.parse()?;
        let mut connection = options.disable_statement_logging().connect().await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await
    };
    let outcome = thread::scope(|scope| {
        scope.spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(connect)).join()
    });
    let outcome: Result<(), sqlx::Error> = outcome.expect("connecting does not panic");
    outcome.unwrap_or_else(|error| panic!("`{statement}` failed: {error}\n{HOW_TO_GET_ONE}"));
}

/// The same URL with another database's name.
pub fn with_database(url: &str, name: &str) -> String {
    let (address, query) =
        url.split_once('?').map_or((url, String::new()), |(left, right)| (left, format!("?{right}")));
    let host_at = address.find("://").map_or(0, |at| at + 3);
    let end = address[host_at..].find('/').map_or(address.len(), |at| host_at + at);
    format!("{}/{name}{query}", &address[..end])
}
