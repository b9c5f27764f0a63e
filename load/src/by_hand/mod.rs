//! What a developer would write by hand for the same work: axum and SQL without layers. Kith
//! issues and verifies the tokens. Everything else is the minimum that answers the request.

mod handlers;
mod inline;
mod sql;
mod types;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;

use self::handlers::{on_postgres, on_sqlite};

pub use sql::OUTBOX;

/// The server ends by itself after this time, even if the process that started it is gone.
const LONGEST: Duration = Duration::from_hours(1);
/// What `DATABASE_CONNECTIONS` of Kith is if nobody sets it.
const CONNECTIONS: u32 = 10;

/// Serves the handlers, with as many connections as Kith has: on PostgreSQL one half reads and the
/// other half writes, on SQLite there is one more that writes.
pub async fn serve(address: SocketAddr, url: &str) -> anyhow::Result<()> {
    let router = if url.starts_with("sqlite:") {
        sqlite(url).await?
    } else {
        postgres(url).await?
    };
    let listener = tokio::net::TcpListener::bind(address).await?;
    let serving = axum::serve(listener, router).into_future();
    tokio::time::timeout(LONGEST, serving).await??;
    Ok(())
}

async fn postgres(url: &str) -> anyhow::Result<Router> {
    use sqlx::postgres::PgPoolOptions;

    let pool = |connections| {
        PgPoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
    };
    let writers = CONNECTIONS / 2;
    let reader = pool(CONNECTIONS - writers).connect(url).await?;
    let writer = pool(writers).connect(url).await?;
    on_postgres::routes(reader, writer).await
}

async fn sqlite(url: &str) -> anyhow::Result<Router> {
    use sqlx::sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    };

    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let options = url
        .parse::<SqliteConnectOptions>()?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
    };
    let writer = pool(1).connect_with(options.clone()).await?;
    let reader = pool(CONNECTIONS).connect_with(options.pragma("query_only", "on"));
    let reader = reader.await?;
    let inline = inline::routes(path.to_owned(), on_sqlite::newest_key(&reader).await?);
    Ok(on_sqlite::routes(reader, writer).await?.merge(inline))
}
