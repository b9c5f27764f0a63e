//! Brings the schema up to date. It takes a lock, which the library does not do, so that several
//! servers can start at the same time.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use secrecy::ExposeSecret;

use super::Db;
use super::connect::make_file;
use crate::config::DatabaseUrl;

/// The number of the lock that all Kith servers of a database share: "kith" in ASCII.
const LOCK: i64 = 0x6b69_7468;

/// The database may be newer than the program, or older than the first migration that it has.
const OTHER_VERSION: &str = "another version of Kith made this database, with migrations that \
     this version does not know: run that version, or begin with an empty database";

/// Applies the missing migrations, either all or none, and returns their names.
pub async fn migrate(url: &DatabaseUrl) -> anyhow::Result<Vec<String>> {
    let connection = connect_alone(url).await?;
    let result = migrate_on(&connection).await;
    let closed = connection.close().await;
    let applied = result.context("the database could not be brought up to date")?;
    closed.context("the database could not be closed after the migration")?;
    Ok(applied)
}

/// Whether exactly the migrations of this program are applied. It only reads.
pub async fn is_current(db: &Db) -> Result<bool, DbErr> {
    match Migrator::get_pending_migrations_read_only(db.reader().orm()).await {
        Ok(pending) => Ok(pending.is_empty()),
        // The error of the library for a migration that only another version knows.
        Err(DbErr::Custom(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Fails if the schema is not the schema of this program. The error says what to do.
pub async fn check_schema(db: &Db) -> anyhow::Result<()> {
    let pending = known(Migrator::get_pending_migrations_read_only(db.reader().orm()).await)?;
    ensure!(
        pending.is_empty(),
        "the database is not up to date: run `kith migrate` first"
    );
    Ok(())
}

/// The only custom error of the library is about migrations that it does not know.
fn known<T>(answer: Result<T, DbErr>) -> anyhow::Result<T> {
    match answer {
        Err(DbErr::Custom(_)) => bail!(OTHER_VERSION),
        answer => answer.context("the schema cannot be read"),
    }
}

/// Opens a single connection. On SQLite its foreign keys are off: a migration that rebuilds a table
/// must not delete the rows that refer to it.
async fn connect_alone(url: &DatabaseUrl) -> anyhow::Result<DatabaseConnection> {
    let mut options = match url {
        DatabaseUrl::Postgres(url) => ConnectOptions::new(url.expose_secret().to_owned()),
        DatabaseUrl::Sqlite(path) => {
            make_file(path)?;
            let path = path.clone();
            let mut options = ConnectOptions::new("sqlite::memory:");
            options.map_sqlx_sqlite_opts(move |_| {
                SqliteConnectOptions::new()
                    .filename(&path)
                    .foreign_keys(false)
                    .busy_timeout(Duration::from_mins(1))
            });
            options
        }
    };
    options
        .max_connections(1)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    Database::connect(options)
        .await
        .context("cannot reach the database")
}

async fn migrate_on(connection: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let tx = connection
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await?;
    if connection.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})"))
            .await?;
    }
    let missing = known(Migrator::get_pending_migrations(&tx).await)?;
    // Checking the foreign keys reads the whole database. Only a migration can break them: every
    // other connection has them on.
    if !missing.is_empty() {
        Migrator::up(&tx, None).await?;
        check_foreign_keys(&tx).await?;
    }
    tx.commit().await?;
    Ok(missing.iter().map(|one| one.name().to_owned()).collect())
}

async fn check_foreign_keys(tx: &DatabaseTransaction) -> anyhow::Result<()> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        let statement =
            sea_orm::Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_key_check");
        let broken = tx.query_all_raw(statement).await?;
        ensure!(
            broken.is_empty(),
            "{} rows refer to rows that do not exist",
            broken.len()
        );
    }
    Ok(())
}
