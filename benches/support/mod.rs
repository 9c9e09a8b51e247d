//! What the benchmarks share: the real program as a process of its own, and percentiles.

#![allow(dead_code, reason = "each benchmark uses the part that it needs")]

pub mod people;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The release build of the program, serving without keys.
pub struct Server {
    process: Child,
    pub grpc: String,
    pub webhooks: String,
}

impl Server {
    /// Starts it on free ports and waits for its word that it is ready.
    pub fn start(database: &str, folder: &std::path::Path) -> Self {
        Self::start_with(database, folder, &[])
    }

    /// Likewise, with more options.
    pub fn start_with(database: &str, folder: &std::path::Path, options: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_referrald"))
            .args(["serve", "--dev", "--listen", "127.0.0.1:0", "--sidecar-listen", "127.0.0.1:0"])
            .args(["--database", database])
            .args(options)
            .env("REFERRALD_SECRETS_KEY", "07".repeat(32))
            .env("RUST_LOG", "referrald=warn,referrald::commands=info")
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(process.stderr.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("\"ready\"") {
            line.clear();
            assert!(log.read_line(&mut line).expect("a log") > 0, "the program ended before it was ready");
        }
        let ready: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let address = |name: &str| ready["fields"][name].as_str().expect("an address").to_owned();
        let (grpc, webhooks) = (address("grpc"), address("webhooks"));
        std::thread::spawn(move || log.lines().for_each(drop));
        Self { process, grpc, webhooks }
    }

    /// The processor time that it has used, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).expect("a process");
        let after_name = stat.rsplit(')').next().expect("fields");
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().expect("utime") + fields[12].parse::<u64>().expect("stime");
        Duration::from_millis(ticks * 10).as_secs_f64()
    }

    /// What it has in memory, in KiB.
    pub fn resident_kib(&self) -> u64 {
        memory_kib(self.process.id(), "VmRSS").expect("it runs")
    }

    /// The most that it has had in memory, in KiB.
    pub fn highest_kib(&self) -> u64 {
        memory_kib(self.process.id(), "VmHWM").expect("it runs")
    }
}

/// What the system tells of a process under this name; nothing once it has ended.
pub fn memory_kib(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A database of the benchmark's own: a file in its folder, or a new one in Postgres.
pub fn database(kind: &str, folder: &std::path::Path) -> String {
    match kind {
        "sqlite" => format!("sqlite:{}", folder.join("bench.db").display()),
        _ => super::postgres::database(),
    }
}

/// What a run of many operations came to.
pub struct Run {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

impl Run {
    /// From the time of the whole and the times of each.
    pub fn new(whole: Duration, mut each: Vec<Duration>) -> Self {
        each.sort_unstable();
        let at = |percent: usize| each[(each.len() * percent / 100).min(each.len() - 1)];
        Self { per_second: each.len() as f64 / whole.as_secs_f64(), p50: at(50), p99: at(99) }
    }
}

/// Milliseconds with two decimals.
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A number from the environment, or the default.
pub fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
