//! Opening what a server needs: the database, and the key that seals secrets.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::Seal;
use crate::clock::{Clock, random};
use crate::config;
use crate::domain::text::hex;
use crate::store::{self, Store};
use crate::stripe::client::Transport;
use crate::stripe::keyring::Keyring;

/// What keeps the program from doing what it was told, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Problem(pub String);

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self(error.to_string())
    }
}

/// Opens a database, and waits for one that does not answer yet, as long as was said.
///
/// # Errors
/// It does not answer in time, or is none.
pub async fn open_store(url: &str, connections: u32, wait_seconds: u32) -> Result<Store, Problem> {
    let clock = Clock::default();
    let until = clock.now().plus_seconds(i64::from(wait_seconds));
    let mut pause = Duration::from_millis(100);
    loop {
        match Store::open(url, connections).await {
            Err(store::Error::Unavailable(why)) if url.starts_with("postgres") && clock.now() < until => {
                tracing::warn!(%why, "the database does not answer; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
            Err(problem) => return Err(Problem(format!("cannot open the database: {problem}"))),
            Ok(store) => return Ok(store),
        }
    }
}

/// The key that seals secrets: the one given, or that of a file. Next to a SQLite database a file is made where there
/// is none; for Postgres, where several replicas must share it, it must be given.
///
/// # Errors
/// No key for Postgres, a file that cannot be read or made, or one that holds no key.
pub fn seal(database: &str, options: &config::SecretsKey) -> Result<Seal, Problem> {
    if let (None, None, Some(path)) = (&options.secrets_key, &options.secrets_key_file, store::sqlite_path(database)) {
        make_key_file(&key_file_of(path))?;
    }
    known_seal(database, options)
}

/// The same, where no file is made.
///
/// # Errors
/// As [`seal`], and where there is no file yet.
pub fn known_seal(database: &str, options: &config::SecretsKey) -> Result<Seal, Problem> {
    let what = "64 hexadecimal digits, such as \"openssl rand -hex 32\" prints";
    if let Some(key) = &options.secrets_key {
        return Seal::from_hex(key).ok_or_else(|| Problem(format!("REFERRALD_SECRETS_KEY must be {what}")));
    }
    let path = match (&options.secrets_key_file, store::sqlite_path(database)) {
        (Some(file), _) => file.clone(),
        (None, Some(path)) => key_file_of(path),
        (None, None) if !database.starts_with("postgres") => return Err(Problem(store::URL_FORMS.to_owned())),
        (None, None) => {
            return Err(Problem(format!(
                "with Postgres, REFERRALD_SECRETS_KEY (or REFERRALD_SECRETS_KEY_FILE) must be given: {what}. It \
                 encrypts signing secrets, and all replicas need the same"
            )));
        }
    };
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    Seal::from_hex(&text).ok_or_else(|| Problem(format!("{} must hold {what}", path.display())))
}

/// The key file next to a SQLite database.
fn key_file_of(database: &str) -> PathBuf {
    PathBuf::from(format!("{database}.key"))
}

/// Makes a key file with new random digits, unless there is one.
fn make_key_file(path: &Path) -> Result<(), Problem> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let digits = hex(&random::<{ Seal::KEY_BYTES }>());
            let written = writeln!(file, "{digits}").and_then(|()| file.sync_all());
            written.map_err(|error| unreadable(path, &error))?;
            tracing::info!(path = %path.display(), "made a key file for signing secrets; back it up with the database");
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// The ways to Stripe: by the keys given, or those of a file.
///
/// # Errors
/// A file that cannot be read, or what is no key.
pub fn keyring(options: &config::Stripe) -> Result<Keyring, Problem> {
    let keys = match (&options.stripe_key, &options.stripe_key_file) {
        (Some(keys), _) => keys.clone(),
        (None, Some(path)) => fs::read_to_string(path).map_err(|error| unreadable(path, &error))?,
        (None, None) => String::new(),
    };
    let transport = Transport::new(&options.stripe_url).map_err(|problem| Problem(problem.to_string()))?;
    Keyring::read(&keys, &transport, options.stripe_requests_per_second).map_err(|problem| Problem(problem.to_string()))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem(format!("cannot read or make the key file {}: {error}", path.display()))
}
