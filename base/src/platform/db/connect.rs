//! Opens the pools, with the settings that were measured to matter.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Executor};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use secrecy::ExposeSecret;

use super::Db;
use super::generation::{self, Generation};
use super::migrate::is_current;
use super::problem::is_locked;
use super::writer::{Writer, WriterState, guard};
use crate::config::DatabaseUrl;
use crate::platform::files;

/// How long somebody waits for a connection, or for the turn to write.
pub(super) const ACQUIRE: Duration = Duration::from_secs(2);

/// How often a start tries to open a SQLite file that others are opening, and its pause.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Opens the database; creates the SQLite file if it is missing.
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
            let pool = postgres(url.expose_secret(), connections, &generation)
                .await
                .context("cannot reach the PostgreSQL of DATABASE_URL")?;
            Ok(Db {
                reader: pool.clone(),
                writer: Writer::new(pool, Arc::default()),
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
        let reader = sqlite_pool(path, connections, None).await?;
        Ok(Db {
            reader,
            writer: Writer::new(writer, state),
            generation: Generation::default(),
        })
    };
    // Where several start at one time, one after the other switches: SQLite does not wait.
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

/// Makes the file if it is missing. SQLite gives the files beside it its mode.
pub(super) fn make_file(path: &Path) -> anyhow::Result<()> {
    files::create_folder_of(path)?;
    files::create(path).with_context(|| format!("cannot create {}", path.display()))
}

/// Readers, or the one connection whose state is watched and which writes.
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
            // What is deleted is overwritten.
            options.pragma("secure_delete", "on")
        }
    });
    Database::connect(options).await.map(measured)
}

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
        .map_sqlx_postgres_opts(|options| {
            options.application_name("kith").options([
                ("statement_timeout", "5s"),
                ("lock_timeout", "2s"),
                // A transaction here waits for nothing but the database: that of a server
                // that stands still does not hold up a circle for long.
                ("idle_in_transaction_session_timeout", "5s"),
                // The ROLLBACK below is a warning each time, and nobody's news.
                ("client_min_messages", "error"),
            ])
        })
        // A BEGIN that was cancelled half-way leaves its connection inside a
        // transaction, which would swallow the next borrower's writes. If the driver
        // counts one where there is none, the next BEGIN would be a SAVEPOINT.
        .map_sqlx_postgres_before_acquire(|connection, _| {
            Box::pin(async move {
                let rolled_back = connection.execute("ROLLBACK").await.is_ok();
                Ok(rolled_back && !connection.is_in_transaction())
            })
        });
    Database::connect(options).await.map(measured)
}

/// Every statement is counted and timed; what it says is nobody's business.
fn measured(mut connection: DatabaseConnection) -> DatabaseConnection {
    connection.set_metric_callback(|statement| measure(statement.elapsed));
    connection
}

/// Notes how long one statement took.
pub(super) fn measure(elapsed: Duration) {
    metrics::histogram!("db_statement_duration_seconds").record(elapsed);
}

fn options(url: String, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        // Statements carry what people wrote; neither logs nor spans may.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}
