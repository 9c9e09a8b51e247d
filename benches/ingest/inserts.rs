//! The bare inserts that webhooks are compared with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use sqlx::Executor;

use crate::run;
use crate::support::Run;

/// The same number of rows, each inserted and committed alone, with the durability that the service has.
pub async fn inserts(url: &str, folder: &std::path::Path, connections: usize, count: usize) -> Run {
    let next = Arc::new(AtomicUsize::new(0));
    let table = "create table if not exists bare (id bigint primary key, body text not null)";
    let insert = "insert into bare (id, body) values ($1, $2)";
    let base = i64::try_from(connections).expect("small") * 10_000_000;
    macro_rules! insert_all {
        ($pool:expr) => {{
            let pool = $pool;
            pool.execute(table).await.expect("a table");
            run(connections, move || {
                let (pool, next) = (pool.clone(), next.clone());
                async move {
                    let mut times = Vec::new();
                    loop {
                        let i = next.fetch_add(1, Ordering::Relaxed);
                        if i >= count {
                            return times;
                        }
                        let began = Instant::now();
                        let id = base + i64::try_from(i).expect("small");
                        sqlx::query(insert).bind(id).bind("x".repeat(200)).execute(&pool).await.expect("inserted");
                        times.push(began.elapsed());
                    }
                }
            })
            .await
        }};
    }
    if url.starts_with("sqlite") {
        use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
        let options = SqliteConnectOptions::new()
            .filename(folder.join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        insert_all!(SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("opens"))
    } else {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(u32::try_from(connections).expect("small"));
        insert_all!(pool.connect(url).await.expect("connects"))
    }
}
