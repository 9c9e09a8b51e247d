//! One SQL text for both databases: values in, rows out, whichever is behind. Lists are the exception: see `list`.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction};

use super::error::{Error, Result};
use super::news::News;
use crate::domain::time::Time;

/// What may be bound to a placeholder: a value of one of the three column types there are, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `text`.
    Text(Option<String>),
    /// `bigint`.
    Int(Option<i64>),
    /// `blob` or `bytea`.
    Bytes(Vec<u8>),
    /// A list of texts: an array for Postgres, JSON for SQLite.
    Texts(Vec<Option<String>>),
    /// A list of numbers, likewise.
    Ints(Vec<Option<i64>>),
}

impl Value {
    /// Adds a value to a list of its type.
    pub(super) fn push(&mut self, value: Self) {
        match (self, value) {
            (Self::Texts(texts), Self::Text(text)) => texts.push(text),
            (Self::Ints(ints), Self::Int(int)) => ints.push(int),
            (list, value) => debug_assert!(false, "{value:?} is not for {list:?}"),
        }
    }

    /// The value in a list for SQLite.
    pub(super) fn into_json(self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Int(int) => int.into(),
            Self::Texts(texts) => texts.into(),
            Self::Ints(ints) => ints.into(),
            Self::Bytes(bytes) => bytes.into(),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$it:ident| $value:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $value
            }
        }
    )*};
}

value_from! {
    &str => |it| Self::Text(Some(it.to_owned()));
    String => |it| Self::Text(Some(it));
    &String => |it| Self::Text(Some(it.clone()));
    Option<&str> => |it| Self::Text(it.map(str::to_owned));
    Option<String> => |it| Self::Text(it);
    &Option<String> => |it| Self::Text(it.clone());
    i64 => |it| Self::Int(Some(it));
    u32 => |it| Self::Int(Some(i64::from(it)));
    u64 => |it| Self::Int(Some(i64::try_from(it).unwrap_or(i64::MAX)));
    Option<i64> => |it| Self::Int(it);
    Time => |it| Self::Int(Some(it.micros()));
    Option<Time> => |it| Self::Int(it.map(Time::micros));
    Vec<u8> => |it| Self::Bytes(it);
    &[u8] => |it| Self::Bytes(it.to_vec());
}

/// The values of a statement's placeholders, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::sql::Value::from($value)),*] };
}
pub(crate) use args;

/// One row of an answer.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From Postgres.
    Postgres(PgRow),
}

macro_rules! column {
    ($(#[$doc:meta])* $name:ident -> $type:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// No such column, or one of another type.
        pub fn $name(&self, column: &str) -> Result<$type> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    column!(/** A `text` column. */ text -> String);
    column!(/** A `text` column that may be null. */ text_or_null -> Option<String>);
    column!(/** A `bigint` column. */ int -> i64);
    column!(/** A `bigint` column that may be null. */ int_or_null -> Option<i64>);
    column!(/** A `blob` or `bytea` column. */ bytes -> Vec<u8>);

    /// A time.
    ///
    /// # Errors
    /// No such column, or one of another type.
    pub fn time(&self, column: &str) -> Result<Time> {
        self.int(column).map(Time::from_micros)
    }

    /// A time that may be null.
    ///
    /// # Errors
    /// No such column, or one of another type.
    pub fn time_or_null(&self, column: &str) -> Result<Option<Time>> {
        Ok(self.int_or_null(column)?.map(Time::from_micros))
    }

    /// A column whose text a domain type reads.
    ///
    /// # Errors
    /// No such column, or a text that the type does not know.
    pub fn parsed<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
        let text = self.text(column)?;
        // What it holds is not said: it may be the address of a person, and this text goes to the log.
        parse(&text).ok_or_else(|| Error::Fault(format!("column {column} holds what cannot be read")))
    }

    /// Such a column that may be null.
    ///
    /// # Errors
    /// A text that the type does not know.
    pub fn parsed_or_null<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        if self.text_or_null(column)?.is_none() { Ok(None) } else { self.parsed(column, parse).map(Some) }
    }

    /// A `bigint` column that is never negative.
    ///
    /// # Errors
    /// No such column, or a number out of range.
    pub fn unsigned<T: TryFrom<i64>>(&self, column: &str) -> Result<T> {
        let int = self.int(column)?;
        T::try_from(int).map_err(|_| Error::Fault(format!("column {column} holds {int}")))
    }
}

/// A transaction on either database. Dropped without `commit`, it never was.
pub struct Tx {
    db: Db,
    statements: u32,
    news: News,
    /// A ledger that has events up to this number once it is committed.
    told: Option<(i64, u64)>,
}

enum Db {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

type SqliteQuery<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;
type PostgresQuery<'q> = sqlx::query::Query<'q, Postgres, PgArguments>;

/// Every text here is put together from constants of this crate; values are always bound.
fn bound_sqlite(sql: &str, args: Vec<Value>) -> SqliteQuery<'_> {
    args.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Int(int) => query.bind(int),
        Value::Bytes(bytes) => query.bind(bytes),
        list @ (Value::Texts(_) | Value::Ints(_)) => query.bind(list.into_json().to_string()),
    })
}

/// As [`bound_sqlite`].
fn bound_postgres(sql: &str, args: Vec<Value>) -> PostgresQuery<'_> {
    args.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Int(int) => query.bind(int),
        Value::Bytes(bytes) => query.bind(bytes),
        Value::Texts(texts) => query.bind(texts),
        Value::Ints(ints) => query.bind(ints),
    })
}

impl Tx {
    pub(super) async fn begin_sqlite(pool: &SqlitePool, statement: &'static str, news: &News) -> Result<Self> {
        let db = Db::Sqlite(pool.begin_with(statement).await?);
        Ok(Self { db, statements: 0, news: news.clone(), told: None })
    }

    pub(super) async fn begin_postgres(pool: &PgPool, statement: &'static str, news: &News) -> Result<Self> {
        let db = Db::Postgres(pool.begin_with(statement).await?);
        Ok(Self { db, statements: 0, news: news.clone(), told: None })
    }

    /// Tells who waits for the events of a ledger, once this is committed.
    pub(super) fn tell_when_committed(&mut self, ledger: i64, newest: u64) {
        self.told = Some((ledger, newest));
    }

    /// Whether Postgres is behind.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
    }

    /// How many statements ran so far.
    pub fn statements(&self) -> u32 {
        self.statements
    }

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// The database is not available, or refuses the statement.
    pub async fn rows(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>> {
        self.statements += 1;
        Ok(match &mut self.db {
            Db::Sqlite(tx) => {
                bound_sqlite(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Db::Postgres(tx) => {
                bound_postgres(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs a statement and returns its first row, if any.
    ///
    /// # Errors
    /// As [`Tx::rows`].
    pub async fn row(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs a statement and returns how many rows it wrote.
    ///
    /// # Errors
    /// As [`Tx::rows`].
    pub async fn run(&mut self, sql: &str, args: Vec<Value>) -> Result<u64> {
        self.statements += 1;
        Ok(match &mut self.db {
            Db::Sqlite(tx) => bound_sqlite(sql, args).execute(&mut **tx).await?.rows_affected(),
            Db::Postgres(tx) => bound_postgres(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Makes it last: once this returns, the writes survive the machine.
    ///
    /// # Errors
    /// The database is not available; whether the writes last is then unknown.
    pub async fn commit(self) -> Result<()> {
        match self.db {
            Db::Sqlite(tx) => tx.commit().await?,
            Db::Postgres(tx) => tx.commit().await?,
        }
        if let Some((ledger, newest)) = self.told {
            self.news.tell(ledger, newest);
        }
        Ok(())
    }
}

/// Runs one reading statement outside of a transaction.
pub(super) async fn sqlite_rows(pool: &SqlitePool, sql: &str, args: Vec<Value>) -> Result<Vec<Row>> {
    Ok(bound_sqlite(sql, args).fetch_all(pool).await?.into_iter().map(Row::Sqlite).collect())
}

/// Runs one reading statement outside of a transaction.
pub(super) async fn postgres_rows(pool: &PgPool, sql: &str, args: Vec<Value>) -> Result<Vec<Row>> {
    Ok(bound_postgres(sql, args).fetch_all(pool).await?.into_iter().map(Row::Postgres).collect())
}
