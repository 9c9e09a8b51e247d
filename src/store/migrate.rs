//! Bringing a database to this version.

use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::{Error, Result, Store};

/// The files of `migrations/`, which never change once shipped: version, name, and the text for each database.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "foundation",
        include_str!("../../migrations/sqlite/0001_foundation.sql"),
        include_str!("../../migrations/postgres/0001_foundation.sql"),
    ),
    (
        2,
        "customers_and_jobs",
        include_str!("../../migrations/sqlite/0002_customers_and_jobs.sql"),
        include_str!("../../migrations/postgres/0002_customers_and_jobs.sql"),
    ),
    (
        3,
        "rewards",
        include_str!("../../migrations/sqlite/0003_rewards.sql"),
        include_str!("../../migrations/postgres/0003_rewards.sql"),
    ),
    (
        4,
        "answers",
        include_str!("../../migrations/sqlite/0004_answers.sql"),
        include_str!("../../migrations/postgres/0004_answers.sql"),
    ),
    (
        5,
        "reconciliation",
        include_str!("../../migrations/sqlite/0005_reconciliation.sql"),
        include_str!("../../migrations/postgres/0005_reconciliation.sql"),
    ),
    (
        6,
        "charge_look_ups",
        include_str!("../../migrations/sqlite/0006_charge_look_ups.sql"),
        include_str!("../../migrations/postgres/0006_charge_look_ups.sql"),
    ),
    (
        7,
        "rule_applications",
        include_str!("../../migrations/sqlite/0007_rule_applications.sql"),
        include_str!("../../migrations/postgres/0007_rule_applications.sql"),
    ),
    (
        8,
        "people",
        include_str!("../../migrations/sqlite/0008_people.sql"),
        include_str!("../../migrations/postgres/0008_people.sql"),
    ),
    (
        9,
        "stats",
        include_str!("../../migrations/sqlite/0009_stats.sql"),
        include_str!("../../migrations/postgres/0009_stats.sql"),
    ),
    (
        10,
        "erasures",
        include_str!("../../migrations/sqlite/0010_erasures.sql"),
        include_str!("../../migrations/postgres/0010_erasures.sql"),
    ),
    (
        11,
        "referrer_syncs",
        include_str!("../../migrations/sqlite/0011_referrer_syncs.sql"),
        include_str!("../../migrations/postgres/0011_referrer_syncs.sql"),
    ),
    (
        12,
        "simulation",
        include_str!("../../migrations/sqlite/0012_simulation.sql"),
        include_str!("../../migrations/postgres/0012_simulation.sql"),
    ),
    (
        13,
        "secrets_key",
        include_str!("../../migrations/sqlite/0013_secrets_key.sql"),
        include_str!("../../migrations/postgres/0013_secrets_key.sql"),
    ),
];

impl Store {
    /// Brings the database to this version; does nothing when it is there. Several processes may do it at once.
    ///
    /// # Errors
    /// The database is of a newer version, or not available.
    pub async fn migrate(&self) -> Result<()> {
        let migrations = MIGRATIONS.iter().map(|(version, name, sqlite, postgres)| {
            let text = if matches!(self, Self::Sqlite { .. }) { sqlite } else { postgres };
            let text = sqlx::SqlSafeStr::into_sql_str(*text);
            Migration::new(*version, (*name).into(), MigrationType::Simple, text, false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        let done = match self {
            // Postgres is locked meanwhile by the migrator itself; a file is locked by a transaction around it all.
            Self::Sqlite { writer, .. } => {
                let mut all = writer.begin_with("begin immediate").await?;
                let done = migrator.run_direct(None, &mut *all, false).await;
                all.commit().await?;
                done
            }
            Self::Postgres(pool, _) => {
                // What is filled from a large table takes its time, and so does whoever is at it already.
                let mut only = pool.acquire().await?.detach();
                sqlx::raw_sql("set statement_timeout = 0; set lock_timeout = 0").execute(&mut only).await?;
                let done = migrator.run_direct(None, &mut only, false).await;
                only.close().await?;
                done
            }
        };
        done.map_err(|error| match error {
            MigrateError::VersionMissing(version) => Error::Newer(format!("migration {version}")),
            MigrateError::VersionMismatch(version) => {
                Error::Fault(format!("migration {version} was changed after it ran on this database"))
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Error::Fault(other.to_string()),
        })
    }

    /// Whether the database is of this version.
    ///
    /// # Errors
    /// It is older, newer, or not available.
    pub async fn require_current(&self) -> Result<()> {
        let known = self.rows("select max(version) as version from _sqlx_migrations", vec![]).await;
        let version = match known {
            Ok(rows) => rows.first().map(|row| row.int_or_null("version")).transpose()?.flatten().unwrap_or(0),
            // The table is made by the first migration.
            Err(Error::Fault(_)) => 0,
            Err(unavailable) => return Err(unavailable),
        };
        let newest = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or(0);
        match version.cmp(&newest) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Error::Newer(format!("migration {version}"))),
            std::cmp::Ordering::Less => Err(Error::Older(format!("migration {version} of {newest}"))),
        }
    }
}
