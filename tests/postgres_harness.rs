//! The harness that gives tests their Postgres keeps its own promises.

use std::fs;
use std::process::{Command, Stdio};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

#[path = "support/postgres.rs"]
mod postgres;

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("the database answers")
}

async fn run(connection: &mut PgConnection, statement: &'static str) {
    sqlx::raw_sql(statement).execute(connection).await.expect(statement);
}

async fn ask(connection: &mut PgConnection, question: &str) -> String {
    sqlx::query_scalar(AssertSqlSafe(question)).fetch_one(connection).await.expect("the question has one answer")
}

#[tokio::test]
async fn every_call_gives_an_empty_database_that_writes_to_disk() {
    let (mut one, mut other) = (connect(&postgres::database()).await, connect(&postgres::database()).await);
    run(&mut one, "create table mark (id bigint)").await;
    run(&mut other, "create table mark (id bigint)").await;
    assert_ne!(ask(&mut one, "select current_database()::text").await, "postgres");
    assert_eq!(ask(&mut one, "show fsync").await, "on");
    assert_eq!(ask(&mut one, "show server_encoding").await, "UTF8");
}

#[tokio::test]
async fn what_was_committed_outlives_a_crash_and_a_stop() {
    let mut cluster = postgres::Cluster::new();
    let url = cluster.database();
    run(&mut connect(&url).await, "create table mark (name text); insert into mark values ('kept')").await;

    cluster.kill_9();
    assert!(PgConnection::connect(&url).await.is_err(), "a killed cluster answers");
    cluster.start();
    assert_eq!(ask(&mut connect(&url).await, "select name from mark").await, "kept");

    cluster.stop();
    assert!(PgConnection::connect(&url).await.is_err(), "a stopped cluster answers");
    cluster.start();
    assert_eq!(ask(&mut connect(&url).await, "select name from mark").await, "kept");
}

#[tokio::test]
async fn a_dropped_cluster_leaves_neither_process_nor_folder() {
    let cluster = postgres::Cluster::new();
    let data = ask(&mut connect(&cluster.database()).await, "show data_directory").await;
    let pid = fs::read_to_string(format!("{data}/postmaster.pid")).expect("tests may read the cluster's folder");
    let pid = pid.lines().next().expect("the first line is the process id").to_owned();
    let lives = || Command::new("kill").args(["-0", &pid]).stderr(Stdio::null()).status().unwrap().success();
    assert!(lives());
    drop(cluster);
    assert!(!lives());
    assert!(!fs::exists(&data).unwrap());
}

#[test]
fn only_the_name_of_the_database_changes_in_a_given_url() {
    for (given, wanted) in [
        ("postgres://u:p@host:5432/old?sslmode=require", "postgres://u:p@host:5432/new?sslmode=require"),
        ("postgres://u:p@host:5432", "postgres://u:p@host:5432/new"),
        ("postgres://host?sslmode=disable", "postgres://host/new?sslmode=disable"),
    ] {
        assert_eq!(postgres::with_database(given, "new"), wanted);
    }
}
