//! Opens the pools, with the settings that made a difference in measurements.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Executor};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, Statement, Value, Values};
use secrecy::ExposeSecret;

use super::Db;
use super::generation::{self, Generation};
use super::inline::InlinePool;
use super::migrate::is_current;
use super::postgres::PostgresPool;
use super::problem::is_locked;
use super::reader::{ReadPool, Reader};
use super::writer::{Writer, WriterState, guard};
use crate::config::DatabaseUrl;
use crate::platform::files;

/// How long a request waits for a connection or for its turn to write.
pub(super) const ACQUIRE: Duration = Duration::from_secs(2);

/// How long a connection to PostgreSQL may rest and is still taken without asking it anything.
pub(super) const RESTED: Duration = Duration::from_secs(1);

/// How many connections of the driver read on SQLite. They have little to do: migrations and a few
/// checks. Everything else is read by [`InlinePool`].
const RARE_READERS: u32 = 2;

/// The target of the trace events that say which statements are sent: each has the database in
/// `backend`, the text in `sql`, the types of its values in `types`, the time in `elapsed`, and whether
/// it failed in `failed`.
pub const STATEMENTS: &str = "kith::statements";

/// How often a start tries to open a SQLite file that others are opening, and the pause between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Opens the database. Creates the SQLite file if it is missing.
pub async fn connect(url: &DatabaseUrl, connections: u32) -> anyhow::Result<Db> {
    let db = open(url, connections).await?;
    if is_current(&db).await? {
        generation::settle(&db, url).await?;
    }
    Ok(db)
}

async fn open(url: &DatabaseUrl, connections: u32) -> anyhow::Result<Db> {
    match url {
        DatabaseUrl::Sqlite(path) => sqlite(path, connections).await,
        DatabaseUrl::Postgres(url) => {
            let generation = Generation::default();
            let (readers, writers) = (connections.div_ceil(2), connections / 2);
            let url = url.expose_secret();
            let reader = PostgresPool::new(settings(url.parse()?), readers, &generation);
            let writer = postgres(url, writers, &generation)
                .await
                .context("cannot reach the PostgreSQL of DATABASE_URL")?;
            let pool = ReadPool::Postgres {
                pool: reader,
                connections: readers,
            };
            Ok(Db {
                reader: Reader::new(writer.clone(), pool),
                writer: Writer::new(writer, writers, Arc::default()),
                generation,
            })
        }
    }
}

async fn sqlite(path: &Path, connections: u32) -> anyhow::Result<Db> {
    make_file(path)?;
    let open = async || -> Result<Db, DbErr> {
        // The writer comes first: it switches the file to WAL.
        let state = Arc::default();
        let writer = sqlite_pool(path, 1, Some(&state)).await?;
        let rare = connections.min(RARE_READERS);
        let reader = sqlite_pool(path, rare, None).await?;
        let pool = ReadPool::Sqlite(InlinePool::new(path, connections));
        Ok(Db {
            reader: Reader::new(reader, pool),
            writer: Writer::new(writer, 1, state),
            generation: Generation::default(),
        })
    };
    // If several servers start at the same time, they switch one after the other. SQLite does not
    // wait for that by itself.
    let mut opened = open().await;
    for _ in 0..TRIES {
        if !opened.as_ref().is_err_and(is_locked) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        opened = open().await;
    }
    opened.with_context(|| format!("cannot open the SQLite file {}", path.display()))
}

/// Creates the file if it is missing. SQLite gives the files beside it the same permissions.
pub(super) fn make_file(path: &Path) -> anyhow::Result<()> {
    files::create_folder_of(path)?;
    files::create(path).with_context(|| format!("cannot create {}", path.display()))
}

/// Opens the pool of readers, or with `writes` the pool of the single writer.
async fn sqlite_pool(
    path: &Path,
    connections: u32,
    writes: Option<&Arc<WriterState>>,
) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    let mut options = options("sqlite::memory:".to_owned(), connections);
    let read_only = writes.is_none();
    if let Some(state) = writes.cloned() {
        options.map_sqlx_sqlite_pool_opts(move |pool| guard(pool, &state));
    }
    options.map_sqlx_sqlite_opts(move |_| {
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        if read_only {
            options.pragma("query_only", "on")
        } else {
            // SQLite overwrites what is deleted.
            options.pragma("secure_delete", "on")
        }
    });
    Database::connect(options).await.map(measured)
}

/// The settings of every connection to PostgreSQL.
fn settings(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("kith").options([
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        // A transaction of Kith waits only for the database. So one that is idle belongs
        // to a server that hangs, and must not lock a circle for long.
        ("idle_in_transaction_session_timeout", "5s"),
        // PostgreSQL would translate a statement that it expects to be long into machine code first.
        // That takes seconds for one of a hundred circles, which then runs for milliseconds.
        ("jit", "off"),
        // Without it, a ROLLBACK below would log a warning.
        ("client_min_messages", "error"),
    ])
}

/// Opens the pool for transactions.
async fn postgres(
    url: &str,
    connections: u32,
    generation: &Generation,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url.to_owned(), connections);
    let generation = generation.clone();
    options
        .map_sqlx_postgres_pool_opts(move |pool| generation::guard(pool, &generation))
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(settings)
        // A connection answered when it was given back. So it is asked again only after a longer
        // rest, because the server may have ended it.
        .map_sqlx_postgres_before_acquire(move |connection, of_pool| {
            Box::pin(async move {
                // A BEGIN that was canceled half-way leaves its connection inside a transaction, in
                // which the writes of the next user would be lost: so BEGIN runs in a task that
                // nobody cancels (`writer.rs`). And if the driver counts a transaction where there
                // is none, the next BEGIN would be a SAVEPOINT.
                let rested = of_pool.idle_for >= RESTED;
                let answers = !rested || connection.execute("ROLLBACK").await.is_ok();
                Ok(answers && !connection.is_in_transaction())
            })
        });
    Database::connect(options).await.map(measured)
}

/// Counts, times and traces every statement.
fn measured(mut connection: DatabaseConnection) -> DatabaseConnection {
    connection.set_metric_callback(|statement| {
        measure(statement.statement, statement.elapsed, statement.failed);
    });
    connection
}

/// Records how long a statement took. At the level TRACE the log shows its text, in which every
/// value is a placeholder, and the types of the values.
pub(super) fn measure(statement: &Statement, elapsed: Duration, failed: bool) {
    metrics::histogram!("db_statement_duration_seconds").record(elapsed);
    tracing::trace!(
        target: STATEMENTS,
        backend = ?statement.db_backend,
        sql = statement.sql,
        types = types_of(statement.values.as_ref()),
        ?elapsed,
        failed
    );
}

/// The names that PostgreSQL has for the types of the values.
fn types_of(values: Option<&Values>) -> String {
    let name = |value: &Value| match value {
        Value::Bool(_) => "boolean",
        Value::SmallInt(_) => "smallint",
        Value::Int(_) => "integer",
        Value::BigInt(_) => "bigint",
        Value::String(_) => "text",
        Value::Bytes(_) => "bytea",
        Value::Uuid(_) => "uuid",
        Value::ChronoDate(_) => "date",
        Value::ChronoDateTime(_) => "timestamp",
        Value::ChronoDateTimeUtc(_) => "timestamptz",
        _ => "unknown",
    };
    let names = values.into_iter().flat_map(|values| &values.0).map(name);
    names.collect::<Vec<_>>().join(", ")
}

fn options(url: String, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        // Statements contain what people wrote. Logs and spans must not.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}
