//! The real program in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

/// How often a process is looked at, and how long between two looks.
const TRIES_MAX: u32 = 1500;
const TRY_PAUSE: Duration = Duration::from_millis(20);

/// A running program. It ends with the test.
pub struct Program {
    child: Child,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// What a program said when it had ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// Everything it wrote to standard output and standard error.
    pub said: String,
}

impl Program {
    /// Starts the program with these arguments and variables, and with nothing of what is set around the tests.
    pub fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_reading(Stdio::null(), arguments, variables)
    }

    /// Starts the program likewise, with something to read on standard input.
    pub fn start_reading(input: impl Into<Stdio>, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_referrald"));
        command.args(arguments).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            let ours = name.to_string_lossy().starts_with("REFERRALD_") || name == "RUST_LOG";
            if ours {
                command.env_remove(name);
            }
        }
        let mut child = command.envs(variables.iter().copied()).spawn().expect("the program is built");
        let log = Arc::new(Mutex::new(String::new()));
        let out = reader(child.stdout.take().expect("piped"), log.clone());
        let err = reader(child.stderr.take().expect("piped"), log.clone());
        Self { child, log, readers: vec![out, err] }
    }

    /// Runs the program to its end.
    pub fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        Self::start(arguments, variables).ended()
    }

    /// Everything it has written so far.
    pub fn said(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has said this.
    pub fn until_it_says(&mut self, words: &str) {
        for _ in 0..TRIES_MAX {
            if self.said().contains(words) {
                return;
            }
            let ended = self.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none() || self.said().contains(words), "it ended: {}", self.said());
            thread::sleep(TRY_PAUSE);
        }
        panic!("it has not said \"{words}\": {}", self.said());
    }

    /// Waits until it is ready; the addresses that it names for gRPC and for webhooks.
    pub fn ready(&mut self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        self.until_it_says("\"message\":\"ready\"");
        let said = self.said();
        let line = said.lines().find(|line| line.contains("\"message\":\"ready\"")).expect("it was said");
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let address = |name: &str| line["fields"][name].as_str().and_then(|address| address.parse().ok());
        (address("grpc"), address("webhooks"))
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Ended {
        for _ in 0..TRIES_MAX {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return self.end(status);
            }
            thread::sleep(TRY_PAUSE);
        }
        panic!("it has not ended: {}", self.said());
    }

    fn end(&mut self, status: ExitStatus) -> Ended {
        for reader in self.readers.drain(..) {
            reader.join().expect("the reader ends with the pipe");
        }
        Ended { code: status.code(), said: self.said() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reader(pipe: impl Read + Send + 'static, log: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    })
}
