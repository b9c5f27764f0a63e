//! The connections that read PostgreSQL: there are never more than allowed, and none is lost when
//! somebody hangs up.

use std::future::pending;
use std::net::SocketAddr;

use futures_util::future::join_all;
use kith::config::DatabaseUrl;
use kith::platform::db::{Db, connect};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use secrecy::ExposeSecret;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::yield_now;
use url::Url;

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

const BACKEND: &str = "SELECT pg_backend_pid()::bigint";

#[tokio::test]
async fn a_connection_is_kept_after_a_refused_statement_and_replaced_when_it_was_ended() {
    let Some((_database, db, beside)) = opened().await else {
        return;
    };
    let first = number(db.reader(), BACKEND).await.unwrap();
    assert!(number(db.reader(), "SELECT 1 / 0").await.is_err());
    assert_eq!(number(db.reader(), BACKEND).await.unwrap(), first);
    let end = format!("SELECT pg_terminate_backend({first})::int::bigint");
    assert_eq!(number(&beside, &end).await.unwrap(), 1);
    assert_ne!(number(db.reader(), BACKEND).await.unwrap(), first);
    db.close().await.unwrap();
}

/// Passes connections on to a server until it falls silent: then it passes nothing on, in either
/// direction, for the connections that it has, and closes none.
struct Silenced {
    address: SocketAddr,
    silent: watch::Sender<bool>,
}

impl Silenced {
    async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (silent, _) = watch::channel(false);
        let heard = silent.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut server = TcpStream::connect(&server).await.unwrap();
                let mut heard = heard.subscribe();
                heard.mark_unchanged();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = heard.changed() => pending().await,
                    }
                });
            }
        });
        Self { address, silent }
    }
}

#[tokio::test]
async fn a_read_on_a_connection_that_fell_silent_fails_and_the_next_one_has_another_connection() {
    if server().is_none() {
        return;
    }
    let database = TestDatabase::migrated().await;
    let DatabaseUrl::Postgres(url) = &database.url else {
        return;
    };
    let mut url: Url = url.expose_secret().parse().unwrap();
    let host = url.host_str().unwrap().to_owned();
    let server = format!("{host}:{}", url.port().unwrap_or(5432));
    let proxy = Silenced::before(server).await;
    url.set_ip_host(proxy.address.ip()).unwrap();
    url.set_port(Some(proxy.address.port())).unwrap();
    let url = DatabaseUrl::Postgres(url.to_string().into());
    let db = connect(&url, CONNECTIONS).await.unwrap();
    assert_eq!(number(db.reader(), "SELECT 1::bigint").await.unwrap(), 1);
    // A client that hangs up, and one that waits: both give their place back.
    proxy.silent.send(true).unwrap();
    let reader = db.reader().clone();
    let abandoned = tokio::spawn(async move { number(&reader, "SELECT 2::bigint").await });
    yield_now().await;
    abandoned.abort();
    let _ = abandoned.await;
    while number(db.reader(), "SELECT 3::bigint").await.is_err() {}
    db.check_reader().await.unwrap();
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
