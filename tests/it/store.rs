//! What every function of the store promises, on both databases.

mod facts;
mod people;
mod rewards;

use referrald::domain::campaign::{Ledger, Mode};
use referrald::domain::id::{KeyId, SecretId};
use referrald::domain::time::Time;
use referrald::store::{ApiKey, Error, LedgerRow, Request, Scope, SecretRow, Store, Tx, Value};

use crate::harness::{Database, start_in};

/// Makes a pair of tests of a promise: an async function that takes an empty, migrated store.
macro_rules! on_both {
    ($promise:ident) => {
        mod $promise {
            use crate::harness::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let (store, _folder) = crate::store::empty(Database::Sqlite).await;
                super::$promise(store).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let (store, _folder) = crate::store::empty(Database::Postgres).await;
                super::$promise(store).await;
            }
        }
    };
}
pub(crate) use on_both;

pub const AT: Time = Time::from_micros(1_790_000_000_123_456);

pub fn ledger(account: &str) -> Ledger {
    Ledger { account: account.to_owned(), mode: Mode::Test }
}

pub async fn empty(database: Database) -> (Store, Option<tempfile::TempDir>) {
    let (url, folder) = start_in(database);
    let store = Store::open(&url, 6).await.expect("opens");
    store.migrate().await.expect("migrates");
    (store, folder)
}

/// A transaction that has locked the ledger of an account, made where there was none.
pub async fn locked(store: &Store, account: &str) -> (Tx, LedgerRow) {
    let mut tx = store.write().await.expect("begins");
    tx.add_account(account, AT).await.expect("made");
    let row = tx.lock_ledger(&ledger(account)).await.expect("asked").expect("there");
    (tx, row)
}

on_both!(an_account_is_made_once_with_both_its_ledgers);
async fn an_account_is_made_once_with_both_its_ledgers(store: Store) {
    let (tx, test) = locked(&store, "shop").await;
    tx.commit().await.expect("committed");
    let (mut tx, again) = locked(&store, "shop").await;
    assert_eq!((test.clone(), test.last_seq), (again, 0));
    let live = Ledger { mode: Mode::Live, ..ledger("shop") };
    let live = tx.lock_ledger(&live).await.expect("asked").expect("there");
    assert_ne!(live.id, test.id);
    assert_eq!(tx.lock_ledger_by_id(test.id).await.expect("there").ledger, ledger("shop"));
    assert_eq!(tx.lock_ledger(&ledger("nobody")).await.expect("asked"), None);
    assert!(matches!(tx.lock_ledger_by_id(99_999).await, Err(Error::Fault(_))));
    assert!(store.has_account("shop").await.expect("asked") && !store.has_account("nobody").await.expect("asked"));
}

on_both!(an_account_keeps_the_first_id_that_stripe_gave_it);
async fn an_account_keeps_the_first_id_that_stripe_gave_it(store: Store) {
    let (mut tx, _) = locked(&store, "shop").await;
    for (id, fits) in [("acct_1", true), ("acct_1", true), ("acct_2", false)] {
        assert_eq!(tx.name_account("shop", id).await.expect("asked"), fits, "{id}");
    }
    assert!(!tx.name_account("nobody", "acct_1").await.expect("asked"));
}

on_both!(what_is_dropped_without_a_commit_never_was);
async fn what_is_dropped_without_a_commit_never_was(store: Store) {
    let (tx, _) = locked(&store, "shop").await;
    drop(tx);
    let (tx, _) = locked(&store, "other").await;
    tx.commit().await.expect("committed");
    assert!(!store.has_account("shop").await.expect("asked"));
}

on_both!(writers_of_one_ledger_come_one_after_the_other);
async fn writers_of_one_ledger_come_one_after_the_other(store: Store) {
    let (tx, row) = locked(&store, "shop").await;
    tx.commit().await.expect("committed");
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (store, id) = (store.clone(), row.id);
        writers.spawn(async move {
            let mut tx = store.write().await.expect("begins");
            let row = tx.lock_ledger_by_id(id).await.expect("locked");
            // Between reading and writing the others would slip in.
            tx.rows("select 1", vec![]).await.expect("asked");
            let next = vec![Value::from(row.last_seq + 1), Value::from(id)];
            tx.run("update ledgers set last_seq = $1 where id = $2", next).await.expect("written");
            tx.commit().await.expect("committed");
        });
    }
    writers.join_all().await;
    let (_, row) = locked(&store, "shop").await;
    assert_eq!(row.last_seq, 40, "no update is lost");
}

on_both!(a_snapshot_sees_one_moment);
async fn a_snapshot_sees_one_moment(store: Store) {
    let count = "select count(*) as n from accounts";
    let mut before = store.snapshot().await.expect("begins");
    assert_eq!(before.rows(count, vec![]).await.expect("counted")[0].int("n").expect("a number"), 0);
    let (tx, _) = locked(&store, "shop").await;
    tx.commit().await.expect("committed");
    assert_eq!(before.rows(count, vec![]).await.expect("counted")[0].int("n").expect("a number"), 0);
    drop(before);
    assert_eq!(store.rows(count, vec![]).await.expect("counted")[0].int("n").expect("a number"), 1);
}

on_both!(to_migrate_again_or_at_once_from_everywhere_changes_nothing);
async fn to_migrate_again_or_at_once_from_everywhere_changes_nothing(store: Store) {
    let (tx, _) = locked(&store, "shop").await;
    tx.commit().await.expect("committed");
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..5 {
        let store = store.clone();
        all.spawn(async move { store.migrate().await });
    }
    for done in all.join_all().await {
        done.expect("migrated");
    }
    store.require_current().await.expect("of this version");
    assert!(store.has_account("shop").await.expect("asked"));
}

on_both!(a_database_of_a_newer_version_is_refused);
async fn a_database_of_a_newer_version_is_refused(store: Store) {
    let text = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                select 9999, 'tomorrow', success, checksum, execution_time from _sqlx_migrations where version = 1";
    let mut tx = store.write().await.expect("begins");
    tx.run(text, vec![]).await.expect("written");
    tx.commit().await.expect("committed");
    assert!(matches!(store.migrate().await, Err(Error::Newer(_))));
    assert!(matches!(store.require_current().await, Err(Error::Newer(_))));
}

/// Several processes may start on one empty database.
async fn all_at_once(database: Database) {
    let (url, _folder) = start_in(database);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = url.clone();
        all.spawn(async move {
            let store = Store::open(&url, 2).await?;
            store.migrate().await?;
            store.require_current().await
        });
    }
    for done in all.join_all().await {
        done.expect("migrated");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_may_make_one_postgres_database_at_once() {
    all_at_once(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_may_make_one_sqlite_file_at_once() {
    all_at_once(Database::Sqlite).await;
}

on_both!(a_secret_is_active_once_until_it_is_removed);
async fn a_secret_is_active_once_until_it_is_removed(store: Store) {
    let (mut tx, row) = locked(&store, "shop").await;
    tx.add_account("other", AT).await.expect("made");
    let other = tx.lock_ledger(&ledger("other")).await.expect("asked").expect("there");
    tx.name_account("shop", "acct_1").await.expect("named");
    let secret = |number: u8| SecretRow {
        id: SecretId::new(AT, [number; 10]),
        ledger: ledger("shop"),
        stripe_account_id: Some("acct_1".to_owned()),
        sealed: vec![0, 255, number],
        created_at: AT,
        ends_at: None,
        stripe_endpoint_id: (number == 2).then(|| "we_1".to_owned()),
    };
    assert!(tx.add_secret(row.id, &secret(1), b"one").await.expect("asked"));
    assert!(tx.add_secret(row.id, &secret(2), b"two").await.expect("asked"));
    assert!(!tx.add_secret(other.id, &secret(3), b"one").await.expect("asked"), "in whatever account");
    assert_eq!(tx.count_secrets(row.id).await.expect("counted"), 2);
    assert!(tx.secret_by_digest(b"two", AT).await.expect("asked") == Some(secret(2)));
    assert!(tx.remove_secret(secret(1).id, AT).await.expect("asked"));
    assert!(!tx.remove_secret(secret(1).id, AT).await.expect("asked"), "once");
    assert!(tx.secret(secret(1).id, AT).await.expect("asked").is_none());
    assert!(tx.add_secret(other.id, &secret(3), b"one").await.expect("asked"), "it is free again");
    tx.commit().await.expect("committed");
    assert!(store.secrets("shop", AT).await.expect("listed") == [secret(2)]);
    assert!(store.secret(secret(2).id, AT).await.expect("asked") == Some(secret(2)));
    assert!(store.secrets("nobody", AT).await.expect("listed").is_empty());

    let (mut tx, row) = locked(&store, "shop").await;
    let end = AT.plus_days(1);
    assert!(tx.end_secret_at(secret(2).id, end).await.expect("asked"));
    assert!(!tx.end_secret_at(secret(1).id, end).await.expect("asked"), "it is removed");
    let ending = SecretRow { ends_at: Some(end), ..secret(2) };
    assert!(tx.secret(secret(2).id, end.plus_seconds(-1)).await.expect("asked") == Some(ending));
    assert!(tx.secret(secret(2).id, end).await.expect("asked").is_none(), "its time has come");
    tx.remove_ended_secrets(end.plus_seconds(-1)).await.expect("asked");
    assert_eq!(tx.count_secrets(row.id).await.expect("counted"), 1);
    tx.remove_ended_secrets(end).await.expect("asked");
    assert_eq!(tx.count_secrets(row.id).await.expect("counted"), 0);
    tx.commit().await.expect("committed");
}

on_both!(a_key_is_found_by_its_hash_and_revoked_once);
async fn a_key_is_found_by_its_hash_and_revoked_once(store: Store) {
    let full = ApiKey {
        id: KeyId::new(AT, [1; 10]),
        name: "checkout".to_owned(),
        scopes: Scope::ALL.to_vec(),
        account: Some("shop".to_owned()),
        created_at: AT,
        expires_at: Some(AT.plus_days(1)),
        revoked_at: None,
    };
    let bare = ApiKey { id: KeyId::new(AT, [2; 10]), scopes: vec![], account: None, expires_at: None, ..full.clone() };
    let mut tx = store.write().await.expect("begins");
    tx.add_key(&bare, b"bare").await.expect("written");
    tx.add_key(&full, b"full").await.expect("written");
    tx.commit().await.expect("committed");
    let mut tx = store.write().await.expect("begins");
    let revoked = ApiKey { revoked_at: Some(AT), ..bare.clone() };
    assert_eq!(tx.revoke_key(bare.id, AT).await.expect("asked"), Some(revoked));
    assert_eq!(tx.revoke_key(bare.id, AT).await.expect("asked"), None, "it is revoked already");
    tx.commit().await.expect("committed");
    assert_eq!(store.key_by_hash(b"full").await.expect("asked").as_ref(), Some(&full));
    assert_eq!(store.key_by_hash(b"other").await.expect("asked"), None);
    let revoked = ApiKey { revoked_at: Some(AT), ..bare };
    assert_eq!(store.keys().await.expect("listed"), [full, revoked], "the oldest first");
    let mut tx = store.write().await.expect("begins");
    assert!(
        tx.add_key(&ApiKey { id: KeyId::new(AT, [3; 10]), ..store.keys().await.expect("listed")[0].clone() }, b"full")
            .await
            .is_err()
    );
}

on_both!(the_first_answer_to_a_request_is_the_one_that_is_kept);
async fn the_first_answer_to_a_request_is_the_one_that_is_kept(store: Store) {
    let request = Request {
        account: "shop".to_owned(),
        method: "CreateReferral",
        id: "once".to_owned(),
        fingerprint: vec![0, 1, 255],
    };
    let mut tx = store.write().await.expect("begins");
    assert_eq!(tx.answered(&request).await.expect("asked"), None);
    assert!(tx.keep_answer(&request, "ref_1", AT).await.expect("asked"));
    assert!(!tx.keep_answer(&request, "ref_2", AT).await.expect("asked"));
    assert_eq!(tx.answered(&request).await.expect("asked"), Some((vec![0, 1, 255], "ref_1".to_owned())));
    let elsewhere = Request { account: "other".to_owned(), ..request.clone() };
    assert_eq!(tx.answered(&elsewhere).await.expect("asked"), None);
    let otherwise = Request { method: "CreateCampaign", ..request };
    assert!(tx.keep_answer(&otherwise, "cmp_1", AT).await.expect("asked"));
}
