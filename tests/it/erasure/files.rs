//! What is left of a person in the files of a SQLite database, byte by byte.

use super::{TELLING, erase, life};
use crate::harness::{Database, Server};

/// Where something of a person stands in the files of a database, as one reads them who has a copy of these.
fn found(server: &Server) -> Vec<String> {
    let path = server.database_url.trim_start_matches("sqlite:");
    let files = [path.to_owned(), format!("{path}-wal")];
    let said = |file: &String| {
        let text = String::from_utf8_lossy(&std::fs::read(file).expect("it is there")).to_lowercase();
        let left = TELLING.into_iter().filter(|words| text.contains(&words.to_lowercase())).map(str::to_owned);
        left.collect::<Vec<_>>()
    };
    files.iter().flat_map(said).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_sqlite_database_have_nothing_of_a_person_after_their_erasure() {
    let server = Server::start(Database::Sqlite).await;
    life(&server).await;
    assert!(TELLING.iter().all(|words| found(&server).contains(&(*words).to_owned())), "a reader of files sees them");
    server.erase(erase()).await;
    assert_eq!(found(&server), Vec::<String>::new());
    server.stop().await;
}
