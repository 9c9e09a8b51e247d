//! Everything that is remembered: all SQL, one text for SQLite and Postgres.

mod applications;
mod audit;
mod campaigns;
mod deliveries;
mod erasures;
mod error;
mod event_body;
mod events;
mod facts;
mod identities;
mod jobs;
mod keys;
mod ledgers;
mod list;
mod migrate;
mod news;
mod people;
mod reconciliations;
mod referrals;
mod referrer_syncs;
mod requests;
mod reward_rules;
mod rewards;
mod secrets;
mod secrets_key;
mod sql;
mod stats;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgConnection, PgPool, SqlitePool};

pub use audit::AuditFilter;
pub use campaigns::CampaignFilter;
pub use erasures::Erasure;
pub use error::{Error, Result};
pub use events::{EventFilter, Log, Stretch};
pub use facts::By;
pub use identities::{Identity, Object};
pub use keys::{ApiKey, Scope};
pub use ledgers::LedgerRow;
pub use news::News;
pub use people::ReferrerFilter;
pub use referrals::ReferralFilter;
pub use requests::Request;
pub use rewards::{Qualified, RewardFilter};
pub use secrets::SecretRow;
pub use secrets_key::MadeWithKey;
pub use sql::{Row, Tx, Value};

/// What the URL of a database looks like.
pub const URL_FORMS: &str = "the database must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME";
/// The readers of a SQLite file; it has one writer.
const SQLITE_READERS: u32 = 4;
/// How long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that writes.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A database, opened.
#[derive(Clone)]
pub enum Store {
    /// A file: one writer, several readers.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// The connections that read.
        readers: SqlitePool,
        /// Who hears of what is committed.
        news: News,
    },
    /// A server, and who hears of what is committed.
    Postgres(PgPool, News),
}

/// The file that the URL of a SQLite database names; `None` for any other URL.
pub fn sqlite_path(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"))
}

/// The folder that a file of this path lacks.
pub fn missing_folder(path: &str) -> Option<&Path> {
    Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
}

/// Makes an empty file for its owner alone, since people will be in it; one that is there keeps its rights. What SQLite
/// puts beside it has the same.
fn make_file(path: &str) -> Result<()> {
    if let Some(folder) = missing_folder(path) {
        let folder = folder.display();
        return Err(Error::Missing(format!("there is no folder {folder}; make it, as by: mkdir -p {folder}")));
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::Unavailable(format!("{path}: {error}"))),
        _ => Ok(()),
    }
}

/// Says what to do about a server that has no such database.
fn unconnected(error: sqlx::Error, options: &PgConnectOptions) -> Error {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
        Some("3D000") => {
            let name = options.get_database().unwrap_or_default();
            Error::Missing(format!("the server has no database {name}; make it, as by: createdb {name}"))
        }
        _ => error.into(),
    }
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…`; a file is made when there is none.
    ///
    /// # Errors
    /// A URL of neither form, a file that cannot be opened, a server that does not answer.
    pub async fn open(url: &str, postgres_connections: u32) -> Result<Self> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Self::open_postgres(url, postgres_connections, &[]).await,
            _ if let Some(path) = sqlite_path(url) => Self::open_sqlite(path).await,
            _ => Err(Error::Fault(URL_FORMS.to_owned())),
        }
    }

    /// Opens a database to look at it: nothing is made or changed, not even a file.
    ///
    /// # Errors
    /// As [`Store::open`], and where there is no file.
    pub async fn open_to_look(url: &str) -> Result<Self> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => {
                Self::open_postgres(url, 1, &[("default_transaction_read_only", "on")]).await
            }
            _ if let Some(path) = sqlite_path(url) => Self::look_at_sqlite(path).await,
            _ => Err(Error::Fault(URL_FORMS.to_owned())),
        }
    }

    async fn look_at_sqlite(path: &str) -> Result<Self> {
        // Where the second file is there, somebody else may write. Without it nobody does, and to lock what nobody writes
        // would leave files behind.
        let is_still = !Path::new(&format!("{path}-wal")).exists();
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(is_still);
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
        let only = pool.connect_with(options.busy_timeout(SQLITE_BUSY_TIMEOUT)).await?;
        // The first that is read says whether it is a database at all.
        sql::sqlite_rows(&only, "select name from sqlite_master limit 1", vec![]).await?;
        Ok(Self::Sqlite { writer: only.clone(), readers: only, news: News::default() })
    }

    async fn open_sqlite(path: &str) -> Result<Self> {
        make_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged webhook must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            // What is deleted must not be left in the file: it may be of somebody who was erased.
            .pragma("secure_delete", "on")
            .busy_timeout(SQLITE_BUSY_TIMEOUT);
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(SQLITE_READERS).connect_lazy_with(options);
        Ok(Self::Sqlite { writer, readers, news: News::default() })
    }

    async fn open_postgres(url: &str, connections: u32, more: &[(&str, &str)]) -> Result<Self> {
        // Said here, never left to the server's defaults: what is acknowledged is on disk, and nothing hangs.
        let options =
            PgConnectOptions::from_str(url)?.application_name("referrald").options(more.iter().copied()).options([
                ("synchronous_commit", "on"),
                // Every statement has an index. A plan made while a table was small must not read all of it once it is not.
                ("enable_seqscan", "off"),
                ("default_transaction_isolation", "read committed"),
                ("statement_timeout", "15000"),
                ("lock_timeout", "10000"),
                ("idle_in_transaction_session_timeout", "30000"),
            ]);
        // A pool keeps trying in silence and then says only that it timed out: one connection says at once what is wrong.
        let first = tokio::time::timeout(ACQUIRE_TIMEOUT, PgConnection::connect_with(&options)).await;
        let first = first.map_err(|_| Error::Unavailable("it does not answer a connection".to_owned()))?;
        first.map_err(|error| unconnected(error, &options))?.close().await?;
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
        Ok(Self::Postgres(pool.connect_lazy_with(options), News::default()))
    }

    /// Begins a transaction that writes. Its first statement must lock what it writes to.
    ///
    /// # Errors
    /// No connection within five seconds.
    pub async fn write(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { writer, news, .. } => Tx::begin_sqlite(writer, "begin immediate", news).await,
            Self::Postgres(pool, news) => Tx::begin_postgres(pool, "begin", news).await,
        }
    }

    /// Begins a transaction that reads: all its statements see the same moment.
    ///
    /// # Errors
    /// No connection within five seconds.
    pub async fn snapshot(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { readers, news, .. } => Tx::begin_sqlite(readers, "begin", news).await,
            Self::Postgres(pool, news) => {
                Tx::begin_postgres(pool, "begin isolation level repeatable read read only", news).await
            }
        }
    }

    /// Runs one reading statement.
    ///
    /// # Errors
    /// The database is not available, or refuses the statement.
    pub async fn rows(&self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite { readers, .. } => sql::sqlite_rows(readers, sql, args).await,
            Self::Postgres(pool, _) => sql::postgres_rows(pool, sql, args).await,
        }
    }

    /// Who hears of what is committed.
    pub fn news(&self) -> &News {
        match self {
            Self::Sqlite { news, .. } | Self::Postgres(_, news) => news,
        }
    }

    /// Empties the file in which SQLite keeps what was written last, and what stood there before; false where somebody who
    /// reads for long kept it from that. Postgres has nothing of the kind.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn empty_write_ahead(&self) -> Result<bool> {
        let Self::Sqlite { writer, .. } = self else { return Ok(true) };
        let done = sql::sqlite_rows(writer, "pragma wal_checkpoint(truncate)", vec![]).await?;
        done.first().map_or(Ok(true), |row| Ok(row.int("busy")? == 0))
    }

    /// Closes all connections, after the work that is under way.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}
