//! Opens and commits write transactions. A transaction ends in a commit that the database itself
//! has confirmed, or nothing of it is stored.
//!
//! SQLite rolls back by itself when the disk is full or fails, or memory runs out. The ROLLBACK of
//! the driver then fails, and the driver still counts an open transaction. The next "transaction"
//! would be a savepoint inside a transaction that nobody commits: its writes would be answered with
//! success and lost. Therefore
//!
//! - a connection on which a statement, a COMMIT or a ROLLBACK has failed is not used again: it is
//!   closed, and the next transaction opens another one;
//! - before each use, a connection must prove that it is in no transaction: by the count of the
//!   driver, and by the BEGIN itself, which SQLite refuses inside a transaction. Then the
//!   connection is closed, and another one begins instead;
//! - a commit counts only if it called the commit hook of SQLite, which the RELEASE of a savepoint
//!   does not do;
//! - a transaction in which a statement has failed cannot commit, even if the caller ignored the
//!   error: SQLite may have undone its first half, and PostgreSQL answers its COMMIT with a
//!   ROLLBACK that looks like success.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::{Connection, Sqlite, SqliteConnection};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    QueryResult, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::connect::{ACQUIRE, measure};
use super::problem::needs_another_connection;

/// Opens transactions, on SQLite one at a time.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pool: DatabaseConnection,
    /// How many connections the pool may hold. PostgreSQL may have ended all of them at once, so as
    /// many are given up for one transaction.
    connections: u32,
    state: Arc<WriterState>,
    /// On SQLite, the right to write. Only its holder uses the connection that writes, so a failure
    /// belongs to the holder.
    turn: Option<Arc<Semaphore>>,
    /// Notified after a commit that leaves work to be done at once.
    bell: Arc<Notify>,
}

/// The state of the connections that write.
#[derive(Debug, Default)]
pub(super) struct WriterState {
    /// On SQLite: a statement failed on the open connection, so it must be closed.
    spoilt: AtomicBool,
    /// On SQLite: how often the commit hook was called.
    commits: AtomicU64,
    /// On SQLite: the last transaction called the commit hook, so no ROLLBACK is on its way, unless
    /// the commit failed afterwards.
    committed: AtomicBool,
    /// A statement or a commit failed, and no write has succeeded since. Only a real write clears
    /// it: an empty commit succeeds even on a full disk.
    in_doubt: AtomicBool,
}

/// How long a writer waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxWait {
    /// As long as a request can wait. After that the database counts as busy.
    OfARequest,
    /// Without a limit.
    Unlimited,
}

impl Writer {
    /// Opens transactions on a pool of so many connections.
    pub(super) fn new(pool: DatabaseConnection, connections: u32, state: Arc<WriterState>) -> Self {
        let one_at_a_time = pool.get_database_backend() == DbBackend::Sqlite;
        Self {
            pool,
            connections,
            state,
            turn: one_at_a_time.then(|| Arc::new(Semaphore::new(1))),
            bell: Arc::default(),
        }
    }

    /// Notified after a commit that leaves work to be done at once.
    pub(super) fn bell(&self) -> &Notify {
        &self.bell
    }

    /// Opens a transaction. On SQLite it holds the write lock at once.
    ///
    /// It runs as a task of its own: a BEGIN that is canceled half-way would leave a connection of
    /// the pool inside a transaction.
    pub(super) async fn begin(&self, max_wait: MaxWait) -> Result<WriteTransaction, DbErr> {
        let writer = self.clone();
        let begin = tokio::spawn(async move { writer.begin_here(max_wait).await });
        begin.await.map_err(|error| broken(&error.to_string()))?
    }

    async fn begin_here(&self, max_wait: MaxWait) -> Result<WriteTransaction, DbErr> {
        let turn = self.take_turn(max_wait).await?;
        let watch = Arc::new(Watch {
            failed: AtomicBool::new(false),
            state: self.state.clone(),
        });
        let mut pool = self.pool.clone();
        let watching = watch.clone();
        pool.set_metric_callback(move |statement| {
            measure(statement.statement, statement.elapsed, statement.failed);
            if statement.failed {
                watching.note_failure();
            }
        });
        let backend = pool.get_database_backend();
        let open = async || {
            let since = Instant::now();
            let opened = pool
                .begin_with_options(TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                })
                .await;
            let begin = Statement::from_string(backend, "BEGIN");
            measure(&begin, since.elapsed(), opened.is_err());
            opened.inspect_err(|_| watch.note_failure())
        };
        let mut begun = open().await;
        for _ in 0..self.connections {
            if !begun.as_ref().is_err_and(needs_another_connection) {
                break;
            }
            // The failure has closed the connection, and nothing has happened on it.
            watch.failed.store(false, Ordering::Release);
            begun = open().await;
        }
        let tx = begun?;
        self.state.committed.store(false, Ordering::Release);
        Ok(WriteTransaction {
            tx,
            watch,
            turn,
            bell: self.bell.clone(),
            rings: AtomicBool::new(false),
        })
    }

    async fn take_turn(&self, max_wait: MaxWait) -> Result<Option<OwnedSemaphorePermit>, DbErr> {
        let Some(turn) = self.turn.clone() else {
            return Ok(None);
        };
        let busy = || DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let permit = match max_wait {
            MaxWait::Unlimited => turn.acquire_owned().await,
            MaxWait::OfARequest => tokio::time::timeout(ACQUIRE, turn.acquire_owned())
                .await
                .map_err(|_late| busy())?,
        };
        permit.map(Some).map_err(|_closed| busy())
    }

    /// Runs a statement outside of a transaction. SQLite demands that for some statements.
    pub(super) async fn alone(&self, sql: &str) -> Result<Option<QueryResult>, DbErr> {
        let _turn = self.take_turn(MaxWait::OfARequest).await?;
        let statement = Statement::from_string(self.pool.get_database_backend(), sql);
        self.pool.query_one_raw(statement).await.inspect_err(|_| {
            self.state.spoilt.store(true, Ordering::Release);
        })
    }

    /// Whether a commit succeeds. Only after a failure the database is asked, with a real write.
    pub(super) async fn check(&self) -> Result<(), DbErr> {
        if !self.state.in_doubt.load(Ordering::Acquire) {
            return Ok(());
        }
        let write = self.begin(MaxWait::OfARequest).await?;
        // Neither changes anything, but both make the commit write: SQLite a page of the file,
        // PostgreSQL a commit record in its log.
        let probe = match write.tx.get_database_backend() {
            DbBackend::Sqlite => {
                let mark = read_user_version(&write.tx).await?;
                format!("PRAGMA user_version = {mark}")
            }
            _ => "SELECT pg_current_xact_id()".into(),
        };
        let probe = Statement::from_string(write.tx.get_database_backend(), probe);
        write.tx.query_one_raw(probe).await?;
        write.commit().await?;
        self.state.in_doubt.store(false, Ordering::Release);
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        self.pool.close().await
    }
}

/// The number in the header of the SQLite file that a program can use as it likes.
pub(super) async fn read_user_version(connection: &impl ConnectionTrait) -> Result<i32, DbErr> {
    let mark = Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version");
    let row = connection.query_one_raw(mark).await?;
    row.map_or(Ok(0), |row| row.try_get("", "user_version"))
}

/// An open transaction. If it is dropped without `commit`, nothing has happened.
#[derive(Debug)]
pub(super) struct WriteTransaction {
    // The fields are dropped in this order, so the turn ends last.
    tx: DatabaseTransaction,
    watch: Arc<Watch>,
    turn: Option<OwnedSemaphorePermit>,
    bell: Arc<Notify>,
    rings: AtomicBool,
}

impl WriteTransaction {
    pub(super) fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Makes the commit notify the bell. The task that commits does it, so that it happens even if
    /// nobody waits for the commit any more.
    pub(super) fn ring_after_commit(&self) {
        self.rings.store(true, Ordering::Release);
    }

    /// Commits, in a task of its own like BEGIN. Success means that the database has confirmed it.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let commit = tokio::spawn(self.commit_here());
        commit.await.map_err(|error| broken(&error.to_string()))?
    }

    async fn commit_here(self) -> Result<(), DbErr> {
        let Self {
            tx,
            watch,
            turn,
            bell,
            rings,
        } = self;
        let state = watch.state.clone();
        if watch.failed.load(Ordering::Acquire) {
            drop(tx);
            return Err(broken("a statement of this transaction has failed"));
        }
        let before = state.commits.load(Ordering::Acquire);
        let is_sqlite = tx.get_database_backend() == DbBackend::Sqlite;
        let since = Instant::now();
        let backend = tx.get_database_backend();
        let committed = tx.commit().await;
        let commit = Statement::from_string(backend, "COMMIT");
        measure(&commit, since.elapsed(), committed.is_err());
        let committed = committed.and_then(|()| {
            let confirmed = !is_sqlite || state.commits.load(Ordering::Acquire) != before;
            confirmed
                .then_some(())
                .ok_or_else(|| broken("a commit did not end a transaction"))
        });
        if committed.is_err() {
            watch.note_failure();
        }
        drop(turn);
        if committed.is_ok() && rings.load(Ordering::Acquire) {
            bell.notify_one();
        }
        committed
    }
}

/// Notes whether a transaction has failed.
#[derive(Debug)]
struct Watch {
    failed: AtomicBool,
    state: Arc<WriterState>,
}

impl Watch {
    fn note_failure(&self) {
        self.failed.store(true, Ordering::Release);
        self.state.spoilt.store(true, Ordering::Release);
        self.state.in_doubt.store(true, Ordering::Release);
    }
}

fn broken(why: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}

/// Makes the pool of the SQLite writer hand out only connections that are in no transaction and on
/// which nothing has failed.
pub(super) fn guard(options: PoolOptions<Sqlite>, state: &Arc<WriterState>) -> PoolOptions<Sqlite> {
    let (new, released, idle) = (state.clone(), state.clone(), state.clone());
    options
        // The driver has asked the connection when it was given back, after all that was sent to
        // it. It is a thread of this process: it does not go away meanwhile.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let state = new.clone();
            Box::pin(async move {
                let counting = state.clone();
                connection.lock_handle().await?.set_commit_hook(move || {
                    counting.commits.fetch_add(1, Ordering::Release);
                    counting.committed.store(true, Ordering::Release);
                    true
                });
                state.spoilt.store(false, Ordering::Release);
                Ok(())
            })
        })
        // A spoilt connection is closed at once: it could keep the file locked until the next
        // write.
        .after_release(move |connection, _| {
            let state = released.clone();
            Box::pin(async move {
                // The ping waits for a ROLLBACK that may still be on its way to the thread of the
                // connection.
                if !state.committed.load(Ordering::Acquire) {
                    connection.ping().await?;
                }
                Ok(is_unspoilt(connection, &state))
            })
        })
        // The check is repeated, because the last failure may be noted after the release.
        .before_acquire(move |connection, _| {
            let state = idle.clone();
            Box::pin(async move { Ok(is_unspoilt(connection, &state)) })
        })
}

fn is_unspoilt(connection: &SqliteConnection, state: &WriterState) -> bool {
    !connection.is_in_transaction() && !state.spoilt.load(Ordering::Acquire)
}
