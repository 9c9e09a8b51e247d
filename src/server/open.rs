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

/// What a key looks like.
const KEY_FORM: &str = "64 hexadecimal digits, such as \"openssl rand -hex 32\" prints";

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

/// The key that seals secrets in a database, which is open. Next to a SQLite database a file is made where there is none;
/// for Postgres, where several replicas must share it, it must be given. Another than the one that the database was made
/// with is taken only where the operator says so: its secrets would be lost, and people who were erased come back.
///
/// # Errors
/// As [`known_seal`]; a key that is missing or another, though something was made with it.
pub async fn seal(
    store: &Store,
    database: &str,
    options: &config::SecretsKey,
    takes_new: bool,
) -> Result<Seal, Problem> {
    let known = known_seal(database, options)?;
    let made = store.made_with_key().await?;
    let is_lost = !made.is_nothing() && known.as_ref().is_none_or(|seal| seal.made(&made) == Some(false));
    if is_lost && !takes_new {
        let what = match (&known, store::sqlite_path(database)) {
            (None, Some(path)) => {
                format!("{} is missing, and this database has {made} made with it", key_file_of(path).display())
            }
            _ => format!("this is not the secrets key of this database, which has {made} made with another"),
        };
        return Err(Problem(format!(
            "{what}; give it back, or go on without what it made, and with people who were erased coming back: say \
             --new-secrets-key once"
        )));
    }
    let seal = match (known, store::sqlite_path(database)) {
        (Some(seal), _) => seal,
        (None, path) => made_seal(&key_file_of(path.unwrap_or_default()))?,
    };
    if made.digest.as_deref() != Some(seal.own_digest()) {
        let mut tx = store.write().await?;
        tx.set_secrets_key(seal.own_digest()).await?;
        tx.commit().await?;
    }
    if is_lost {
        tracing::warn!(lost = %made, "a new secrets key is taken; remove the secrets, add them again, and repeat erasures");
    }
    Ok(seal)
}

/// The key that is given, or that of a file; `None` where it is to be made next to a SQLite database.
///
/// # Errors
/// No key for Postgres, a file that cannot be read, or one that holds no key.
pub fn known_seal(database: &str, options: &config::SecretsKey) -> Result<Option<Seal>, Problem> {
    if let Some(key) = &options.secrets_key {
        let seal = Seal::from_hex(key).ok_or_else(|| Problem(format!("REFERRALD_SECRETS_KEY must be {KEY_FORM}")))?;
        return Ok(Some(seal));
    }
    match (&options.secrets_key_file, store::sqlite_path(database)) {
        (Some(file), _) => read_key_file(file).map(Some),
        (None, Some(path)) => {
            let file = key_file_of(path);
            file.exists().then(|| read_key_file(&file)).transpose()
        }
        (None, None) if !database.starts_with("postgres") => Err(Problem(store::URL_FORMS.to_owned())),
        (None, None) => Err(Problem(format!(
            "with Postgres, REFERRALD_SECRETS_KEY (or REFERRALD_SECRETS_KEY_FILE) must be given: {KEY_FORM}. It \
             encrypts signing secrets, and all replicas need the same"
        ))),
    }
}

fn read_key_file(path: &Path) -> Result<Seal, Problem> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Seal::from_hex(&text).ok_or_else(|| Problem(format!("{} must hold {KEY_FORM}", path.display())))
}

/// The key file next to a SQLite database.
fn key_file_of(database: &str) -> PathBuf {
    PathBuf::from(format!("{database}.key"))
}

/// The key of a file that is made with new random digits, unless another process has just made it.
fn made_seal(path: &Path) -> Result<Seal, Problem> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let digits = hex(&random::<{ Seal::KEY_BYTES }>());
            let written = writeln!(file, "{digits}").and_then(|()| file.sync_all());
            written.map_err(|error| unreadable(path, &error))?;
            tracing::info!(path = %path.display(), "made a key file for signing secrets; back it up with the database");
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(unreadable(path, &error)),
    }
    read_key_file(path)
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
