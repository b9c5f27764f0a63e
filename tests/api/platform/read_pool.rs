//! The connections that read PostgreSQL: there are never more than allowed, and none is lost when
//! somebody hangs up.

use futures_util::future::join_all;
use kith::platform::db::{Db, connect};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use crate::harness::database::{TestDatabase, server};

/// With two connections, one reads and the other writes.
const CONNECTIONS: u32 = 2;

/// On SQLite there is nothing to try here.
async fn opened() -> Option<(TestDatabase, Db, DatabaseConnection)> {
    server()?;
    let database = TestDatabase::migrated().await;
    let db = connect(&database.url, CONNECTIONS).await.unwrap();
    let beside = database.connect().await;
    Some((database, db, beside))
}

async fn number(connection: &impl ConnectionTrait, sql: &str) -> Result<i64, DbErr> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = connection.query_one_raw(statement).await?.unwrap();
    row.try_get_by_index(0)
}

/// How many connections of Kith there are whose last statement contains this text.
async fn seen(beside: &DatabaseConnection, condition: &str) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'kith' AND {condition}"
    );
    number(beside, &sql).await.unwrap()
}

const SLOW: &str = "SELECT count(*) FROM pg_sleep(0.5)";

#[tokio::test]
async fn reads_at_the_same_time_share_the_connections() {
    let Some((_database, db, beside)) = opened().await else {
        return;
    };
    let reads = (1..=30).map(|n| {
        let db = db.clone();
        async move { number(db.reader(), &format!("SELECT {n}::bigint")).await }
    });
    let found: Vec<i64> = join_all(reads)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found, (1..=30).collect::<Vec<_>>());
    assert!(seen(&beside, "true").await <= i64::from(CONNECTIONS));
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_any_more_keeps_its_connection_until_it_ends() {
    let Some((_database, db, beside)) = opened().await else {
        return;
    };
    for _ in 0..3 {
        let reader = db.reader().clone();
        let read = tokio::spawn(async move { number(&reader, SLOW).await });
        while seen(&beside, "state = 'active' AND query LIKE '%pg_sleep%'").await == 0 {}
        read.abort();
        assert!(read.await.unwrap_err().is_cancelled());
        // There is one connection for reads. It answers when the statement before has ended.
        assert_eq!(number(db.reader(), "SELECT 7::bigint").await.unwrap(), 7);
        assert_eq!(seen(&beside, "state = 'active'").await, 0);
        assert!(seen(&beside, "true").await <= i64::from(CONNECTIONS));
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_connection_on_which_a_statement_failed_is_closed_and_another_one_reads() {
    let Some((_database, db, _beside)) = opened().await else {
        return;
    };
    let backend = "SELECT pg_backend_pid()::bigint";
    let first = number(db.reader(), backend).await.unwrap();
    assert_eq!(number(db.reader(), backend).await.unwrap(), first);
    assert!(number(db.reader(), "SELECT 1 / 0").await.is_err());
    assert_ne!(number(db.reader(), backend).await.unwrap(), first);
    db.close().await.unwrap();
}

#[tokio::test]
async fn nothing_is_written_through_the_reading_door() {
    let database = TestDatabase::migrated().await;
    let db = connect(&database.url, CONNECTIONS).await.unwrap();
    let delete = "DELETE FROM zone_rules";
    assert!(db.reader().execute_unprepared(delete).await.is_err());
    let delete = Statement::from_string(db.backend(), delete);
    assert!(db.reader().execute_raw(delete).await.is_err());
    db.close().await.unwrap();
}
