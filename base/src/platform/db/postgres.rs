//! Reads PostgreSQL on connections of their own.
//!
//! The pool of the driver asks each connection that comes back whether it still answers. That is a
//! round trip after every statement, and costs as much as a short read. Here a connection on which a
//! statement has ended is put back as it is. It is asked only after a rest, because the server may
//! have ended it meanwhile, and it is closed when the connection itself failed.
//!
//! A client that hangs up leaves a statement behind that still runs. Its connection is put back when
//! PostgreSQL has ended it; until then it counts as used.
//!
//! A connection can fall silent, for example when a standby takes over: nothing arrives on it any more,
//! and nobody closes it. So nothing here waits without a limit. A connection that says nothing for
//! [`SILENT`] is closed, and its permit is given back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Executor};
use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use tokio::sync::OwnedSemaphorePermit;

use super::connect::{ACQUIRE, RESTED, measure};
use super::generation::{self, Generation};
use super::resting::Resting;

/// After how long without an answer a connection counts as dead. PostgreSQL itself ends a statement
/// after five seconds.
const SILENT: Duration = Duration::from_secs(7);

/// How long a connection is used, so that the memory that its process has gathered is given back.
const LIFETIME: Duration = Duration::from_mins(30);

/// How long a connection may rest before it is closed.
const LONGEST_REST: Duration = Duration::from_mins(10);

/// The pause before another try to open a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections. A clone shares them.
#[derive(Clone, Debug)]
pub(super) struct PostgresPool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: PgConnectOptions,
    generation: Generation,
    resting: Resting<Opened>,
}

#[derive(Debug)]
struct Opened {
    connection: PgConnection,
    /// Where it leads: see `generation.rs`.
    place: String,
    since: Instant,
    used: Instant,
}

impl Opened {
    fn is_too_old(&self) -> bool {
        self.since.elapsed() >= LIFETIME || self.used.elapsed() >= LONGEST_REST
    }
}

impl PostgresPool {
    /// So many connections to this server. They are opened when they are needed.
    pub fn new(options: PgConnectOptions, connections: u32, generation: &Generation) -> Self {
        Self(Arc::new(Shared {
            options: options.disable_statement_logging(),
            generation: generation.clone(),
            resting: Resting::new(connections, ACQUIRE),
        }))
    }

    /// The rows that the statement finds: all, or the first.
    pub async fn read(
        &self,
        statement: &Statement,
        most: usize,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut lent = self.lend().await?;
        let since = Instant::now();
        let found = lent.read(statement, most).await;
        measure(statement, since.elapsed(), found.is_err());
        let rows = found.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    /// Closes the connections that rest, and refuses to open others.
    pub async fn close(&self) {
        for opened in self.0.resting.close() {
            // The server closes its side by itself if it cannot be told.
            let _ = opened.connection.close().await;
        }
    }

    async fn lend(&self) -> Result<Lent, DbErr> {
        let permit = self.0.resting.permit().await?;
        let opened = match self.rested().await {
            Some(opened) => opened,
            None => self.open().await?,
        };
        Ok(Lent(Some((self.0.clone(), opened, permit))))
    }

    /// A connection that rests and still answers.
    async fn rested(&self) -> Option<Opened> {
        while let Some(mut opened) = self.0.resting.take() {
            // A connection may still lead to the server that another one has replaced.
            if opened.is_too_old() || !self.0.generation.is_of(&opened.place) {
                continue;
            }
            if opened.used.elapsed() < RESTED || answers(&mut opened, ACQUIRE).await {
                return Some(opened);
            }
            // What happened to this one has most likely happened to the others.
            drop(self.0.resting.take_all());
        }
        None
    }

    /// Opens another connection. A server that starts just now is asked again for a while.
    async fn open(&self) -> Result<Opened, DbErr> {
        let Shared {
            options,
            generation,
            ..
        } = &*self.0;
        let open = async || -> Result<PgConnection, sqlx::Error> {
            let mut connection = PgConnection::connect_with(options).await?;
            generation::check_place(&mut connection, generation).await?;
            Ok(connection)
        };
        let tries = async {
            loop {
                match open().await {
                    Err(error) if starts_just_now(&error) => tokio::time::sleep(PAUSE).await,
                    opened => return opened,
                }
            }
        };
        let connection = tokio::time::timeout(ACQUIRE, tries)
            .await
            .map_err(|_late| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
            .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?;
        let now = Instant::now();
        Ok(Opened {
            connection,
            place: generation.place(),
            since: now,
            used: now,
        })
    }
}

/// Whether the server answers on a connection in this time, after what it still does there.
async fn answers(opened: &mut Opened, limit: Duration) -> bool {
    let answer = tokio::time::timeout(limit, opened.connection.ping()).await;
    answer.is_ok_and(|answer| answer.is_ok())
}

/// Whether the server refuses connections because it starts, or has given all of them away.
fn starts_just_now(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("57P03" | "53300"))
        }
        _ => false,
    }
}

/// Whether an error is about the statement, so that the connection can be used again.
fn is_of_statement(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    let of_connection = |code: &str| {
        ["08", "25", "57P"]
            .iter()
            .any(|class| code.starts_with(class))
    };
    code.is_some_and(|code| !of_connection(&code))
}

/// A connection in use.
struct Lent(Option<(Arc<Shared>, Opened, OwnedSemaphorePermit)>);

impl Lent {
    /// Puts the connection back, unless it has failed itself.
    async fn read(
        &mut self,
        Statement { sql, values, .. }: &Statement,
        most: usize,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let Some((_, opened, _)) = &mut self.0 else {
            return Err(sqlx::Error::WorkerCrashed);
        };
        let values = values.clone().unwrap_or(Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(sql.as_str()), SqlxValues(values));
        let connection = &mut opened.connection;
        let found = tokio::time::timeout(SILENT, async {
            if most == 1 {
                let row = connection.fetch_optional(query).await;
                row.map(|row| row.into_iter().collect())
            } else {
                connection.fetch_all(query).await
            }
        });
        let found = found.await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        if let Some((shared, mut opened, permit)) = self.0.take() {
            if found.as_ref().err().is_none_or(is_of_statement) {
                opened.used = Instant::now();
                shared.resting.put_back(opened);
            }
            shared.resting.drop_oldest(Opened::is_too_old);
            drop(permit);
        }
        found
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Nobody waits for the statement any more. The question is answered when it has ended.
        if let Some((shared, mut opened, permit)) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                if answers(&mut opened, SILENT).await {
                    shared.resting.put_back(opened);
                }
                drop(permit);
            });
        }
    }
}
