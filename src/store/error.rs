//! What can go wrong between us and a database.

/// Why a statement had no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database does not answer, is full, or is too busy: the same call may go through later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The statement itself failed, or a row makes no sense: a fault of ours, or of the database's content.
    #[error("the database refused a statement or holds what makes no sense: {0}")]
    Fault(String),
    /// The place where the database is to be is not there: what, and how it is made.
    #[error("{0}")]
    Missing(String),
    /// The database was made by an older version of referrald, and is not to be migrated.
    #[error("the database is of an older version of referrald ({0}); run \"referrald migrate\"")]
    Older(String),
    /// The database was made by a newer version of referrald.
    #[error("the database is of a newer version of referrald ({0}); run that version, or restore a backup")]
    Newer(String),
}

/// The answer of a statement.
pub type Result<T> = std::result::Result<T, Error>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let passing = match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => true,
            E::Database(database) => database.code().is_some_and(|code| is_passing(&code)),
            _ => false,
        };
        if passing { Self::Unavailable(error.to_string()) } else { Self::Fault(error.to_string()) }
    }
}

/// SQLSTATE classes of lost connections (08), rollbacks (40), resources (53), locks (55), operators (57) and I/O (58);
/// and of SQLite's extended result codes, whose low byte is the plain one: busy, locked, read-only,
/// I/O error, full, cannot open.
fn is_passing(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(sqlite) if code.len() < 5 => matches!(sqlite & 0xff, 5 | 6 | 8 | 10 | 13 | 14),
        _ => ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_busy_full_or_gone_may_answer_later() {
        for passing in ["5", "517", "13", "778", "08006", "40001", "53100", "55P03", "57P01", "57014", "58030"] {
            assert!(is_passing(passing), "{passing}");
        }
        for lasting in ["1", "19", "2067", "23505", "42601", "22021"] {
            assert!(!is_passing(lasting), "{lasting}");
        }
    }
}
