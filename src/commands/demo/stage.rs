//! What the demo plays on: a folder that goes away, a database in it, and the server on free ports of this machine.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use referrald::app::{App, Seal, Setup};
use referrald::clock::{Clock, random};
use referrald::domain::text::hex;
use referrald::server::{Options, Problem, open_store, run};
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
    end: oneshot::Sender<()>,
    server: JoinHandle<Result<(), Problem>>,
}

impl Stage {
    /// Starts the server.
    pub async fn set() -> Result<Self, Problem> {
        let folder = Folder::new()?;
        let store = open_store(&format!("sqlite:{}", folder.path().join("demo.db").display()), 2, 0).await?;
        store.migrate().await?;
        let (listener, grpc) = listen().await?;
        let (sidecar_listener, sidecar) = listen().await?;
        let clock = Clock::default();
        let setup = Setup { public_url: Some(format!("http://{sidecar}")), ..Setup::new(Seal::new(&random())) };
        let app = App::new(store, clock.clone(), setup);
        let options = Options { open: true, drain: DRAIN, ..Options::default() };
        let (end, ended) = oneshot::channel();
        let server = tokio::spawn(run(app, options, listener, Some(sidecar_listener), async move {
            let _ = ended.await;
        }));
        Ok(Self { grpc, sidecar, folder, clock, end, server })
    }

    /// Ends the server and removes everything.
    pub async fn strike(self) -> Result<(), Problem> {
        let _ = self.end.send(());
        self.server.await.unwrap_or_else(|panic| Err(Problem(panic.to_string())))
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
