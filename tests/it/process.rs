//! The program as an operator meets it: what it says when it cannot start, and how it ends.

mod commands;
mod doctor;
mod secrets_key;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use referrald::clock::Clock;
use referrald::domain::time::Time;
use referrald::proto::v1;
use referrald::store::Store;
use tempfile::TempDir;

use crate::harness::{Caller, Database, Ended, Held, Program, RULE, advertised, both_databases, channel, start_in};
use crate::postgres::Cluster;

const SECRETS_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ANY_PORT: &str = "127.0.0.1:0";

/// A fresh database, as the program is told of it.
struct Site {
    url: String,
    _folder: Option<TempDir>,
}

impl Site {
    fn new(database: Database) -> Self {
        let (url, folder) = start_in(database);
        Self { url, _folder: folder }
    }

    fn variables(&self) -> [(&str, &str); 2] {
        [("REFERRALD_DATABASE", &self.url), ("REFERRALD_SECRETS_KEY", SECRETS_KEY)]
    }

    /// A server on free ports.
    fn serve(&self, more: &[&str]) -> Program {
        let ports = ["serve", "--listen", ANY_PORT, "--sidecar-listen", ANY_PORT];
        Program::start(&[&ports[..], more].concat(), &self.variables())
    }

    /// A command to its end.
    fn run(&self, arguments: &[&str]) -> Ended {
        Program::run(arguments, &self.variables())
    }

    /// A new key of these scopes.
    fn key(&self, scopes: &str) -> String {
        let made = self.run(&["keys", "create", "--name", "a test", "--scopes", scopes]);
        let key = made.said.lines().find(|line| line.starts_with("rfd_"));
        key.unwrap_or_else(|| panic!("no key: {made:?}")).to_owned()
    }

    /// Makes the database one of a version to come.
    async fn make_newer(&self) {
        let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                     select 9999, 'newer', success, checksum, 0 from _sqlx_migrations where version = 1";
        match Store::open(&self.url, 2).await.expect("the database opens") {
            Store::Sqlite { writer, .. } => sqlx::raw_sql(newer).execute(&writer).await.map(drop),
            Store::Postgres(pool, _) => sqlx::raw_sql(newer).execute(&pool).await.map(drop),
        }
        .expect("it is newer now");
    }
}

#[track_caller]
fn fails(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said);
    for word in words {
        assert!(ended.said.contains(word), "\"{word}\" is not in: {}", ended.said);
    }
    assert!(!ended.said.contains("panicked"), "{}", ended.said);
}

#[test]
fn an_unknown_flag_is_named() {
    fails(&Program::run(&["serve", "--listne", ANY_PORT], &[]), 2, &["--listne", "--listen"]);
    fails(&Program::run(&["serve", "--drain-seconds", "601"], &[]), 2, &["601", "--drain-seconds"]);
    fails(&Program::run(&[], &[]), 2, &["Usage", "serve"]);
}

#[test]
fn a_stripe_key_that_is_none_is_refused_and_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys").display().to_string();
    std::fs::write(&file, "# two accounts\nsk_test_hidden\neu=rk_live_hidden\n").expect("written");
    for (arguments, words) in [
        (["--stripe-key", "eu=pk_test_hidden", "--stripe-url", "https://stripe.invalid"], "account \"eu\" must be"),
        (["--stripe-key-file", &file, "--stripe-url", "http://stripe.invalid"], "must begin with https://"),
        (["--stripe-key-file", "/no/such/file", "--stripe-url", "https://stripe.invalid"], "/no/such/file"),
    ] {
        let ended = Program::run(&[&["serve", "--listen", ANY_PORT], &arguments[..]].concat(), &[]);
        fails(&ended, 1, &[words]);
        assert!(!ended.said.contains("hidden"), "{}", ended.said);
    }
}

both_databases!(on: a_port_that_is_taken_is_named);
async fn a_port_that_is_taken_is_named(database: Database) {
    let site = Site::new(database);
    let taken = TcpListener::bind(ANY_PORT).expect("a free port");
    let at = taken.local_addr().expect("bound").to_string();
    let serve = ["serve", "--listen", ANY_PORT, "--sidecar-listen", ANY_PORT];
    for (place, option) in [(2, "--listen"), (4, "--sidecar-listen")] {
        let mut arguments = serve;
        arguments[place] = &at;
        fails(&site.run(&arguments), 1, &[option, &at, "port 0"]);
    }
}

both_databases!(on: a_database_of_a_newer_version_is_left_alone);
async fn a_database_of_a_newer_version_is_left_alone(database: Database) {
    let site = Site::new(database);
    assert_eq!(site.run(&["migrate"]).code, Some(0));
    site.make_newer().await;
    for arguments in [&["serve", "--listen", ANY_PORT][..], &["serve", "--no-migrate"], &["migrate"], &["keys", "list"]]
    {
        fails(&site.run(arguments), 1, &["newer version of referrald", "9999"]);
    }
}

#[test]
fn a_file_that_is_no_database_is_named_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("garbage"), "this is no database, and long enough not to be an empty one. ".repeat(100))
        .expect("written");
    for (url, words) in [
        (format!("sqlite:{}", path("garbage")), "not a database"),
        (format!("sqlite:{}", folder.path().display()), "cannot open the database"),
        ("mysql://localhost/it".to_owned(), "sqlite:PATH"),
    ] {
        let variables = [("REFERRALD_DATABASE", url.as_str()), ("REFERRALD_SECRETS_KEY", SECRETS_KEY)];
        fails(&Program::run(&["serve", "--listen", ANY_PORT, "--no-sidecar"], &variables), 1, &[words]);
    }
}

#[test]
fn a_folder_or_a_database_that_is_not_there_is_named_with_how_to_make_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing").display().to_string();
    let postgres = Site::new(Database::Postgres).url;
    let (server, _) = postgres.rsplit_once('/').expect("a URL");
    let keys = ["keys", "create", "--name", "shop", "--scopes", "read"];
    let serve = ["serve", "--listen", ANY_PORT, "--no-sidecar"];
    for (url, how) in [
        (format!("sqlite:{missing}/it.db"), format!("mkdir -p {missing}")),
        (format!("{server}/of_nobody"), "createdb of_nobody".to_owned()),
    ] {
        let variables = [("REFERRALD_DATABASE", url.as_str()), ("REFERRALD_SECRETS_KEY", SECRETS_KEY)];
        for command in [&serve[..], &["migrate"], &keys, &["doctor"]] {
            fails(&Program::run(command, &variables), 1, &[&how]);
        }
    }
    // Where the key file would be beside the database, it is the folder that is missing as well.
    let url = format!("sqlite:{missing}/it.db");
    fails(&Program::run(&serve, &[("REFERRALD_DATABASE", &url)]), 1, &[&format!("mkdir -p {missing}")]);
}

#[test]
fn a_sqlite_database_is_for_its_owner_alone() {
    let site = Site::new(Database::Sqlite);
    let mut program = site.serve(&["--dev"]);
    program.ready();
    let path = site.url.trim_start_matches("sqlite:");
    for file in [path.to_owned(), format!("{path}-wal"), format!("{path}-shm")] {
        let mode = std::fs::metadata(&file).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_postgres_that_is_down_is_waited_for_as_long_as_was_said() {
    let at = TcpListener::bind(ANY_PORT).expect("a free port").local_addr().expect("bound");
    let url = format!("postgres://somebody:hunter2hunter2@{at}/it");
    let variables = [("REFERRALD_DATABASE", url.as_str()), ("REFERRALD_SECRETS_KEY", SECRETS_KEY)];
    for command in [&["serve", "--listen", ANY_PORT][..], &["migrate"], &["keys", "list"]] {
        let began = Clock::default().now();
        let ended = Program::run(&[command, &["--database-wait-seconds", "1"]].concat(), &variables);
        fails(&ended, 1, &["the database does not answer; trying again", "cannot open the database"]);
        assert!(!ended.said.contains("hunter2"), "{}", ended.said);
        let took = Clock::default().now().seconds() - began.seconds();
        assert!(took <= 4, "one second was said, and it took {took}");
    }
}

#[test]
fn a_postgres_that_comes_up_late_is_found() {
    let mut cluster = Cluster::new();
    let url = cluster.database();
    cluster.stop();
    let site = Site { url, _folder: None };
    let mut program = site.serve(&["--database-wait-seconds", "60"]);
    program.until_it_says("the database does not answer; trying again");
    cluster.start();
    program.ready();
    program.signal("TERM");
    assert_eq!(program.ended().code, Some(0));
}

#[test]
fn postgres_needs_a_secrets_key_and_says_which() {
    let site = Site::new(Database::Postgres);
    let only_url = [("REFERRALD_DATABASE", site.url.as_str())];
    fails(&Program::run(&["serve", "--listen", ANY_PORT], &only_url), 1, &["REFERRALD_SECRETS_KEY", "openssl"]);
    let wrong = [only_url[0], ("REFERRALD_SECRETS_KEY", "0123")];
    let ended = Program::run(&["serve", "--listen", ANY_PORT], &wrong);
    fails(&ended, 1, &["REFERRALD_SECRETS_KEY", "64 hexadecimal digits"]);
}

#[test]
fn a_server_without_keys_listens_on_the_loopback_only() {
    let site = Site::new(Database::Sqlite);
    for (listen, sidecar) in [("0.0.0.0:0", ANY_PORT), (ANY_PORT, "[::]:0"), ("192.0.2.1:0", ANY_PORT)] {
        let ended = site.run(&["serve", "--dev", "--listen", listen, "--sidecar-listen", sidecar]);
        fails(&ended, 1, &["--dev", "loopback"]);
    }
}

/// A server with a campaign, and a call to pause it that waits for the writer.
struct UnderWay {
    site: Site,
    program: Program,
    held: Held,
    call: tokio::task::JoinHandle<Result<tonic::Response<v1::PauseCampaignResponse>, tonic::Status>>,
}

async fn under_way(database: Database) -> UnderWay {
    let site = Site::new(database);
    let mut program = site.serve(&["--dev"]);
    let at = program.ready().0.expect("an address");
    let caller = Caller::without_key(channel(at));
    let create = v1::CreateCampaignRequest { campaign: Some(advertised(RULE)), request_id: String::new() };
    let campaign = caller.campaigns().create_campaign(create).await.expect("made").into_inner().campaign;
    let id = campaign.expect("a campaign").id;
    let launch = v1::LaunchCampaignRequest { id: id.clone(), etag: String::new() };
    caller.campaigns().launch_campaign(launch).await.expect("launched");
    let held = Held::of(&site.url).await;
    let other = caller.clone();
    let mut call = Box::pin(async move {
        caller.campaigns().pause_campaign(v1::PauseCampaignRequest { id, etag: String::new() }).await
    });
    // One connection keeps the order of its calls: when the second is answered, the first has arrived.
    tokio::select! {
        biased;
        answer = &mut call => panic!("the writes are held: {answer:?}"),
        listed = other.ask_bytes("CampaignService/ListCampaigns", vec![]) => drop(listed.expect("reads are not held")),
    }
    let call = tokio::spawn(call);
    UnderWay { site, program, held, call }
}

both_databases!(on: a_call_under_way_is_finished_before_the_program_ends);
async fn a_call_under_way_is_finished_before_the_program_ends(database: Database) {
    let UnderWay { site, mut program, held, call } = under_way(database).await;
    program.signal("TERM");
    program.until_it_says("draining");
    held.let_go().await;
    let answer = call.await.expect("no panic").expect("it is finished").into_inner().campaign.expect("a campaign");
    assert_eq!(answer.state(), v1::CampaignState::Paused);
    let ended = program.ended();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    drop(site);
}

both_databases!(on: a_second_signal_ends_the_program_at_once);
async fn a_second_signal_ends_the_program_at_once(database: Database) {
    let UnderWay { site, mut program, held, call } = under_way(database).await;
    program.signal("TERM");
    program.until_it_says("draining");
    let began: Time = Clock::default().now();
    program.signal("INT");
    assert_eq!(program.ended().code, Some(1));
    assert!(Clock::default().now().seconds() - began.seconds() <= 3, "at once");
    call.await.expect("no panic").expect_err("it was not finished");
    held.let_go().await;
    drop(site);
}
