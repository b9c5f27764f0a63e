//! Reads SQLite on the thread that asks.
//!
//! The driver of the ORM gives each connection a thread of its own, and sends every row from there
//! to the thread that asked. For the short statements of a request that costs more than SQLite
//! itself. So reads go through these connections instead: they can only read, keep their prepared
//! statements, and step through the rows where the answer is made.
//!
//! A statement waits for the disk and, in the WAL, for no writer. If another connection has the whole
//! file locked, for example to repair the log, it waits up to [`BUSY`]: nothing else runs on its
//! thread meanwhile. It ends after [`LIMIT`], as PostgreSQL ends one. A statement that may take long,
//! such as that of an export, runs on a thread for such work ([`Reader::for_long_statements`]).
//!
//! A statement is always finished before its connection goes back, so that no connection that rests
//! keeps the log from being emptied.
//!
//! [`Reader::for_long_statements`]: super::Reader::for_long_statements

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::{DbErr, RuntimeErr, Statement, Value, sqlx};
use tokio::sync::OwnedSemaphorePermit;

use super::connect::{ACQUIRE, measure};
use super::resting::Resting;
use crate::row::sqlite::Bound;
use crate::row::{Cells, Row};

/// How long a statement may run, as on PostgreSQL.
const LIMIT: Duration = Duration::from_secs(5);

/// How long a statement waits while the whole file is locked. Then the database counts as busy.
const BUSY: Duration = Duration::from_millis(100);

/// After how many steps of its virtual machine SQLite asks whether the time is over: some ten
/// microseconds.
const STEPS: i32 = 4_000;

/// How many prepared statements a connection keeps.
const PREPARED: usize = 100;

/// The connections. A clone shares them.
#[derive(Clone, Debug)]
pub(super) struct InlinePool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    resting: Resting<Reading>,
    /// How long a statement may run.
    limit: Duration,
}

/// A connection, and the moment when its statement must end.
#[derive(Debug)]
struct Reading {
    connection: Connection,
    /// Milliseconds after `opened`.
    deadline: Arc<AtomicU64>,
    opened: Instant,
}

impl InlinePool {
    /// Connections to this file, which must exist. They are opened when they are needed.
    pub fn new(path: &Path, connections: u32) -> Self {
        Self::with_times(path, connections, LIMIT, ACQUIRE)
    }

    fn with_times(path: &Path, connections: u32, limit: Duration, wait: Duration) -> Self {
        Self(Arc::new(Shared {
            path: path.to_owned(),
            resting: Resting::new(connections, wait),
            limit,
        }))
    }

    /// The first rows that the statement finds, at most so many.
    pub async fn read<R: Row>(&self, statement: Statement, most: usize) -> Result<Vec<R>, DbErr> {
        let permit = self.0.resting.permit().await?;
        self.0.read(permit, &statement, most)
    }

    /// Like [`Self::read`], on a thread for work that takes long.
    pub async fn read_long<R: Row>(
        &self,
        statement: Statement,
        most: usize,
    ) -> Result<Vec<R>, DbErr> {
        let permit = self.0.resting.permit().await?;
        let shared = self.0.clone();
        let read = move || shared.read(permit, &statement, most);
        let ended = tokio::task::spawn_blocking(read).await;
        ended.map_err(|error| DbErr::Custom(error.to_string()))?
    }

    /// Closes the connections that rest, and refuses to open others.
    pub fn close(&self) {
        drop(self.0.resting.close());
    }
}

impl Shared {
    fn read<R: Row>(
        &self,
        permit: OwnedSemaphorePermit,
        statement: &Statement,
        most: usize,
    ) -> Result<Vec<R>, DbErr> {
        let begun = Instant::now();
        let rested = self.resting.take();
        let reading = rested.map_or_else(|| Reading::open(&self.path), Ok)?;
        let rows = reading.read(statement, most, self.limit);
        // A connection on which something failed is not used again.
        if rows.is_ok() {
            self.resting.put_back(reading);
        }
        drop(permit);
        let elapsed = begun.elapsed();
        measure(statement, elapsed, rows.is_err());
        rows
    }
}

impl Reading {
    fn open(path: &Path) -> Result<Self, DbErr> {
        let deadline = Arc::new(AtomicU64::new(u64::MAX));
        let opened = Instant::now();
        let asked = deadline.clone();
        let is_over = move || elapsed(opened) >= asked.load(Ordering::Relaxed);
        let open = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(BUSY)?;
            connection.pragma_update(None, "query_only", true)?;
            // Otherwise each `LIMIT ?` makes SQLite plan the statement again whenever a value is bound.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.set_prepared_statement_cache_capacity(PREPARED);
            connection.progress_handler(STEPS, Some(is_over))?;
            Ok(connection)
        };
        Ok(Self {
            connection: open().map_err(failed)?,
            deadline,
            opened,
        })
    }

    fn read<R: Row>(
        &self,
        Statement { sql, values, .. }: &Statement,
        most: usize,
        limit: Duration,
    ) -> Result<Vec<R>, DbErr> {
        let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let deadline = elapsed(self.opened).saturating_add(limit);
        self.deadline.store(deadline, Ordering::Relaxed);
        let mut prepared = self.connection.prepare_cached(sql).map_err(failed)?;
        let values = values.as_ref().map_or(&[][..], |values| &values.0[..]);
        bind(&mut prepared, values).map_err(failed)?;
        let mut found = prepared.raw_query();
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = found.next().map_err(failed)?
        {
            rows.push(R::read(&mut Cells::of_sqlite(row))?);
        }
        Ok(rows)
    }
}

/// Binds the values by the numbers of their places: `?` is the next, `$3` the third.
fn bind(prepared: &mut rusqlite::Statement<'_>, values: &[Value]) -> rusqlite::Result<()> {
    for place in 1..=prepared.parameter_count() {
        let number = prepared
            .parameter_name(place)
            .and_then(|name| name.get(1..)?.parse().ok())
            .unwrap_or(place);
        let value = number.checked_sub(1).and_then(|index| values.get(index));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(number, values.len()))?;
        prepared.raw_bind_parameter(place, Bound(value))?;
    }
    Ok(())
}

fn elapsed(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The error in the form of the ORM's driver, so that both are told apart in one place
/// (`problem.rs`).
fn failed(error: rusqlite::Error) -> DbErr {
    let error = match error {
        rusqlite::Error::SqliteFailure(failure, text) => ReadError {
            code: failure.extended_code,
            text: text.unwrap_or_else(|| failure.to_string()),
        },
        other => return DbErr::Custom(other.to_string()),
    };
    let error = sqlx::Error::Database(Box::new(error));
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// What SQLite answered instead of rows.
#[derive(Debug)]
pub(super) struct ReadError {
    /// The extended code of SQLite.
    code: i32,
    text: String,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ReadError {}

impl DatabaseError for ReadError {
    fn message(&self) -> &str {
        &self.text
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;
    use sea_orm::DbBackend;

    use super::*;
    use crate::problem::Problem;

    /// A file of a test. It is deleted at the end of the test.
    struct File(PathBuf);

    impl File {
        fn delete(&self) {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
            }
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            self.delete();
        }
    }

    /// A file with one table, and a pool that reads it. A statement waits, and runs, for so long.
    fn pool(name: &str, connections: u32, time: Duration) -> (File, InlinePool) {
        let file = format!("kith-inline-{name}-{}.db", std::process::id());
        let path = std::env::temp_dir().join(file);
        let file = File(path.clone());
        file.delete();
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE things (n INTEGER)")
            .unwrap();
        for n in 1..=3 {
            writer
                .execute("INSERT INTO things VALUES (?)", [n])
                .unwrap();
        }
        (file, InlinePool::with_times(&path, connections, time, time))
    }

    fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
    }

    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
        SELECT count(*) FROM n";

    #[tokio::test]
    async fn values_are_bound_by_the_number_of_their_place() {
        let (_file, pool) = pool("places", 1, LIMIT);
        let sql = "SELECT $2 + 0, $1 + 0 WHERE $2 = 2";
        let asked = statement(sql, [1.into(), 2.into()]);
        let rows: Vec<(i32, i32)> = pool.read(asked, usize::MAX).await.unwrap();
        assert_eq!(rows, [(2, 1)]);
        let sql = "SELECT n FROM things WHERE n > ? AND n < ? ORDER BY n";
        let asked = statement(sql, [1.into(), 9.into()]);
        let rows: Vec<i32> = pool.read(asked.clone(), usize::MAX).await.unwrap();
        assert_eq!(rows, [2, 3]);
        let rows: Vec<i32> = pool.read(asked, 1).await.unwrap();
        assert_eq!(rows, [2]);
    }

    #[tokio::test]
    async fn a_statement_ends_when_its_time_is_over_and_counts_as_overload() {
        let (_file, pool) = pool("limit", 1, Duration::from_millis(20));
        let error = pool
            .read::<i64>(statement(ENDLESS, []), usize::MAX)
            .await
            .unwrap_err();
        assert!(matches!(Problem::from(error), Problem::Unavailable));
        // The next statement has its own time.
        let asked = statement("SELECT count(*) FROM things", []);
        assert_eq!(pool.read::<i64>(asked, 1).await.unwrap(), [3]);
    }

    #[test]
    fn a_statement_is_planned_once_whatever_is_bound_to_its_limit() {
        let (file, _pool) = pool("planned", 1, LIMIT);
        let reading = Reading::open(&file.0).unwrap();
        let sql = "SELECT n FROM things ORDER BY n LIMIT ?";
        for most in [1, 2, 3] {
            let asked = statement(sql, [most.into()]);
            let rows: Vec<i32> = reading.read(&asked, usize::MAX, LIMIT).unwrap();
            assert_eq!(rows.len(), usize::try_from(most).unwrap());
        }
        let prepared = reading.connection.prepare_cached(sql).unwrap();
        assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0);
    }

    #[tokio::test]
    async fn nothing_can_be_written() {
        let (_file, pool) = pool("query-only", 1, LIMIT);
        let asked = statement("INSERT INTO things VALUES (4) RETURNING n", []);
        assert!(pool.read::<i64>(asked, 1).await.is_err());
    }

    #[tokio::test]
    async fn a_read_that_waits_too_long_for_a_connection_counts_as_overload() {
        let (_file, pool) = pool("bound", 1, Duration::from_millis(20));
        let held = pool.0.resting.permit().await.unwrap();
        let asked = statement("SELECT 1", []);
        let error = pool.read::<i32>(asked.clone(), 1).await.unwrap_err();
        assert!(matches!(Problem::from(error), Problem::Unavailable));
        drop(held);
        assert_eq!(pool.read::<i32>(asked, 1).await.unwrap(), [1]);
    }

    #[tokio::test]
    async fn no_more_connections_are_opened_than_read_at_the_same_time() {
        let (_file, pool) = pool("reuse", 8, LIMIT);
        for _ in 0..5 {
            let asked = statement("SELECT 1", []);
            pool.read_long::<i32>(asked, 1).await.unwrap();
        }
        assert_eq!(pool.0.resting.count(), 1);
    }

    #[tokio::test]
    async fn a_connection_that_rests_does_not_keep_the_log_from_being_emptied() {
        let (file, pool) = pool("log", 2, LIMIT);
        // Only the first row is read, so that the statement is not at its end.
        let asked = statement("SELECT n FROM things", []);
        pool.read::<i32>(asked, 1).await.unwrap();
        let writer = Connection::open(&file.0).unwrap();
        writer.execute("INSERT INTO things VALUES (5)", []).unwrap();
        let busy: i32 = writer
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .unwrap();
        assert_eq!(busy, 0);
    }

    #[tokio::test]
    async fn a_closed_pool_reads_nothing() {
        let (_file, pool) = pool("closed", 1, LIMIT);
        pool.close();
        let asked = statement("SELECT 1", []);
        assert!(pool.read::<i32>(asked, 1).await.is_err());
        assert_eq!(pool.0.resting.count(), 0);
    }
}
