//! Counterparts that others wrote: mocks of Stripe, each in a process of its own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use referrald::stripe::client::{Stripe, Transport};
use referrald::stripe::key::SecretKey;

/// As many as may be: what is counted here is not how fast.
const CALLS_PER_SECOND: u32 = 1000;

/// Calls whatever stands for Stripe there, and waits so long for each answer.
pub fn calling(url: &str, call_max: Duration) -> Stripe {
    let transport = Transport::new(url).expect("TLS").with_call_max(call_max);
    Stripe::new(transport, SecretKey::parse("sk_test_1").expect("a key"), CALLS_PER_SECOND)
}

/// How often a mock is looked for, and how long between two looks.
const TRIES_MAX: u32 = 1500;
const TRY_PAUSE: Duration = Duration::from_millis(20);

/// A running mock. It ends with the test.
pub struct Mock {
    child: Child,
    url: String,
}

impl Mock {
    /// Stripe's own, which checks each request against Stripe's specification and remembers nothing.
    pub fn of_stripe() -> Self {
        let at = free();
        // Without the second address it would open one on all interfaces.
        let mut command = Command::new("stripe-mock");
        command.args(["-http-addr", &at, "-https-addr", "127.0.0.1:0"]);
        Self::start(command, &at)
    }

    /// One that remembers customers, and the answers to idempotency keys.
    pub fn stateful() -> Self {
        let at = free();
        let mut command = Command::new("stripe-stateful-mock");
        command.env("PORT", at.trim_start_matches("127.0.0.1:")).env("LOG_LEVEL", "silent");
        Self::start(command, &at)
    }

    fn start(mut command: Command, at: &str) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|missing| panic!("{command:?}: {missing}; scripts/test puts it on the PATH"));
        let mut mock = Self { child, url: format!("http://{at}") };
        for _ in 0..TRIES_MAX {
            if TcpStream::connect(at).is_ok() {
                return mock;
            }
            let ended = mock.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "{command:?} ended: {ended:?}");
            thread::sleep(TRY_PAUSE);
        }
        panic!("{command:?} does not listen");
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").to_string()
}
