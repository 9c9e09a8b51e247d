//! What the demo plays on: a folder that goes away, a database in it, the server on free ports of this machine, and
//! Stripe, or a fake of it.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use referrald::app::{App, Seal, Setup};
use referrald::clock::{Clock, random};
use referrald::config;
use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::text::hex;
use referrald::fake_stripe::FakeStripe;
use referrald::server::{Options, Problem, keyring, open_store, run};
use referrald::stripe::client::Stripe;
use referrald::stripe::keyring::Keyring;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long calls under way get to end.
const DRAIN: Duration = Duration::from_secs(2);

/// The server, running.
pub struct Stage {
    /// Where gRPC is served.
    pub grpc: SocketAddr,
    /// Where webhooks are taken.
    pub sidecar: SocketAddr,
    /// Where the database and the bodies are.
    pub folder: Folder,
    /// What time it is.
    pub clock: Clock,
    /// The way to Stripe, as the shop has it.
    pub stripe: Stripe,
    /// What stands for Stripe, for people.
    pub stripe_is: String,
    /// What stands between a name and its domain, so that at Stripe itself nobody else has the address.
    pub tag: String,
    /// The small Stripe of the demo's own, where there is no key to the real one. It ends with the stage.
    fake: Option<FakeStripe>,
    end: oneshot::Sender<()>,
    server: JoinHandle<Result<(), Problem>>,
}

impl Stage {
    /// Starts the server, and a fake of Stripe where no key is given.
    pub async fn set(stripe: &config::Stripe) -> Result<Self, Problem> {
        let clock = Clock::default();
        let fake = fake(stripe, &clock).await?;
        let keyring = fake.as_ref().map_or_else(|| keyring(stripe), |fake| keyring(&keyed(fake, stripe)))?;
        let stripe = only_test(&keyring)?;
        let folder = Folder::new()?;
        let store = open_store(&format!("sqlite:{}", folder.path().join("demo.db").display()), 2, 0).await?;
        store.migrate().await?;
        let (listener, grpc) = listen().await?;
        let (sidecar_listener, sidecar) = listen().await?;
        let public_url = Some(format!("http://{sidecar}"));
        let setup = Setup { public_url, stripe: keyring, ..Setup::new(Seal::new(&random())) };
        let app = App::new(store, clock.clone(), setup);
        let options = Options { open: true, drain: DRAIN, ..Options::default() };
        let (end, ended) = oneshot::channel();
        let server = tokio::spawn(run(app, options, listener, Some(sidecar_listener), async move {
            let _ = ended.await;
        }));
        let (stripe_is, tag) = match &fake {
            Some(fake) => (format!("a small one of this demo's own, {}", fake.url()), String::new()),
            None => ("the real one, in test mode".to_owned(), format!("{}.", hex(&random::<3>()))),
        };
        Ok(Self { grpc, sidecar, folder, clock, stripe, stripe_is, tag, fake, end, server })
    }

    /// Whether Stripe is the demo's own, which knows what the story tells it.
    pub fn has_own_stripe(&self) -> bool {
        self.fake.is_some()
    }

    /// Tells the demo's own Stripe of an object; the real one knows nothing of this story's payments.
    pub fn tell_stripe(&self, kind: &str, object: Value) {
        if let Some(fake) = &self.fake {
            fake.add(kind, object);
        }
    }

    /// Ends the server and removes everything.
    pub async fn strike(self) -> Result<(), Problem> {
        let _ = self.end.send(());
        self.server.await.unwrap_or_else(|panic| Err(Problem(panic.to_string())))
    }
}

/// A fake of Stripe, unless there is a key to the real one.
async fn fake(stripe: &config::Stripe, clock: &Clock) -> Result<Option<FakeStripe>, Problem> {
    if stripe.stripe_key.is_some() || stripe.stripe_key_file.is_some() {
        return Ok(None);
    }
    let fake = FakeStripe::start(clock.clone()).await;
    fake.map(Some).map_err(|error| Problem(format!("cannot listen on a port of 127.0.0.1: {error}")))
}

fn keyed(fake: &FakeStripe, stripe: &config::Stripe) -> config::Stripe {
    let stripe_key = Some("sk_test_demo".to_owned());
    config::Stripe { stripe_key, stripe_url: fake.url().to_owned(), ..stripe.clone() }
}

/// The one way that the demo goes. It makes a customer and moves their balance, which must cost nobody anything.
fn only_test(keyring: &Keyring) -> Result<Stripe, Problem> {
    let ledger = Ledger { account: "default".to_owned(), mode: Mode::Test };
    match keyring.of(&ledger) {
        Some(stripe) if keyring.ledgers().count() == 1 => Ok(stripe.clone()),
        _ => Err(Problem(format!("the demo takes one key of test mode (sk_test_…), and was given: {keyring}"))),
    }
}

async fn listen() -> Result<(TcpListener, SocketAddr), Problem> {
    let problem = |error: std::io::Error| Problem(format!("cannot listen on a port of 127.0.0.1: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(problem)?;
    let at = listener.local_addr().map_err(problem)?;
    Ok((listener, at))
}

/// A folder that is removed with what is in it.
pub struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Problem> {
        let path = std::env::temp_dir().join(format!("referrald-{}", hex(&random::<3>())));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| Problem(format!("cannot make the folder {}: {error}", path.display())))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, Problem> {
        let path = self.0.join(name);
        let written = std::fs::write(&path, content);
        written.map_err(|error| Problem(format!("cannot write {}: {error}", path.display())))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
