//! The reading door: every statement that changes nothing goes through it.
//!
//! # What it guarantees
//!
//! - On both databases a query is read the same way: `select.read(from)` gives all rows,
//!   `select.read_one(from)` the first, with [`Row`]s by position.
//! - A function that is called with the door and in a transaction takes `&impl Reads`.
//! - Every statement is counted and timed. Its text, without values, is traced at the level TRACE.
//! - A read whose connection PostgreSQL has ended is repeated on another one.
//!
//! # How
//!
//! The connections are not those of the ORM's pools. On SQLite they are read on the thread that asks
//! (`inline.rs`), because the ORM's driver passes every row from another thread. On PostgreSQL they
//! need no second round trip after each statement (`postgres.rs`).
//!
//! ```ignore
//! let rows = circle.find::<task::Entity>().read(circle.db()).await?;
//! let names = query.by_position::<(MemberId, String)>().read(circle.db()).await?;
//! ```
//!
//! A [`Reader`] is also a [`ConnectionTrait`], for what needs the ORM's own connection. Such reads
//! give the same rows, but on SQLite they pay for the thread of the driver. No list, view or proof
//! reads that way.

use std::marker::PhantomData;

use sea_orm::entity::prelude::async_trait;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    ExecResult, QueryResult, QueryTrait, Select, Statement,
};

use super::inline::InlinePool;
use super::postgres::PostgresPool;
use super::problem::needs_another_connection;
use crate::row::{Cells, Row};

/// The connections for statements that change nothing.
#[derive(Clone, Debug)]
pub struct Reader {
    orm: DatabaseConnection,
    pool: ReadPool,
    is_long: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ReadPool {
    Sqlite(InlinePool),
    Postgres {
        pool: PostgresPool,
        /// How many connections it may hold.
        connections: u32,
    },
}

impl Reader {
    /// Reads on this pool. What can only read through the ORM gets its connections.
    pub(super) fn new(orm: DatabaseConnection, pool: ReadPool) -> Self {
        Self {
            orm,
            pool,
            is_long: false,
        }
    }

    /// The same door for statements that may take long: on SQLite they run on another thread, so
    /// that no other request waits for them.
    #[must_use]
    pub fn for_long_statements(&self) -> Self {
        Self {
            is_long: true,
            ..self.clone()
        }
    }

    /// The connections of the ORM.
    pub(super) fn orm(&self) -> &DatabaseConnection {
        &self.orm
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        match self.pool {
            ReadPool::Sqlite(pool) => pool.close(),
            ReadPool::Postgres { pool, .. } => pool.close().await,
        }
        self.orm.close().await
    }

    async fn some<R: Row>(&self, statement: Statement, most: usize) -> Result<Vec<R>, DbErr> {
        match &self.pool {
            ReadPool::Sqlite(pool) if self.is_long => pool.read_long(statement, most).await,
            ReadPool::Sqlite(pool) => pool.read(statement, most).await,
            ReadPool::Postgres { pool, connections } => {
                let rows = read_postgres(pool, *connections, &statement, most).await?;
                rows.iter().map(read_row).collect()
            }
        }
    }

    /// Rows as the ORM reads them.
    async fn some_by_name(
        &self,
        statement: Statement,
        most: usize,
    ) -> Result<Vec<QueryResult>, DbErr> {
        match &self.pool {
            ReadPool::Sqlite(_) if most == 1 => {
                let row = self.orm.query_one_raw(statement).await?;
                Ok(row.into_iter().collect())
            }
            ReadPool::Sqlite(_) => self.orm.query_all_raw(statement).await,
            ReadPool::Postgres { pool, connections } => {
                read_postgres(pool, *connections, &statement, most).await
            }
        }
    }
}

/// Asks again while the connection turns out to be broken: PostgreSQL may have ended all
/// connections of the pool at once. The failure closes the connection, and a read can be
/// repeated.
async fn read_postgres(
    pool: &PostgresPool,
    connections: u32,
    statement: &Statement,
    most: usize,
) -> Result<Vec<QueryResult>, DbErr> {
    let mut found = pool.read(statement, most).await;
    for _ in 0..connections {
        if !found.as_ref().is_err_and(needs_another_connection) {
            break;
        }
        found = pool.read(statement, most).await;
    }
    found
}

/// Where rows are read: the door, or a transaction.
pub trait Reads: ConnectionTrait {
    /// All rows that a statement finds.
    fn rows<R: Row>(
        &self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<R>, DbErr>> + Send;

    /// The first row that a statement finds.
    fn row<R: Row>(
        &self,
        statement: Statement,
    ) -> impl Future<Output = Result<Option<R>, DbErr>> + Send;
}

impl Reads for Reader {
    async fn rows<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
        self.some(statement, usize::MAX).await
    }

    async fn row<R: Row>(&self, statement: Statement) -> Result<Option<R>, DbErr> {
        Ok(self.some(statement, 1).await?.pop())
    }
}

macro_rules! reads_by_orm {
    ($($connection:ty)+) => {$(
        impl Reads for $connection {
            async fn rows<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbErr> {
                read(self, statement).await
            }

            async fn row<R: Row>(&self, statement: Statement) -> Result<Option<R>, DbErr> {
                read_one(self, statement).await
            }
        }
    )+};
}

reads_by_orm!(DatabaseTransaction DatabaseConnection);

async fn read<R: Row>(orm: &impl ConnectionTrait, statement: Statement) -> Result<Vec<R>, DbErr> {
    let rows = orm.query_all_raw(statement).await?;
    rows.iter().map(read_row).collect()
}

async fn read_one<R: Row>(
    orm: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Option<R>, DbErr> {
    let row = orm.query_one_raw(statement).await?;
    row.as_ref().map(read_row).transpose()
}

fn read_row<R: Row>(row: &QueryResult) -> Result<R, DbErr> {
    R::read(&mut Cells::of_orm(row))
}

/// A query whose rows can be read.
pub trait ReadRows: Sized + Send {
    type Row: Row;

    #[doc(hidden)]
    fn selected(self) -> SelectStatement;

    /// All rows.
    fn read(self, from: &impl Reads) -> impl Future<Output = Result<Vec<Self::Row>, DbErr>> + Send {
        let statement = from.get_database_backend().build(&self.selected());
        from.rows(statement)
    }

    /// The first row.
    fn read_one(
        self,
        from: &impl Reads,
    ) -> impl Future<Output = Result<Option<Self::Row>, DbErr>> + Send {
        let query = self.selected().limit(1).take();
        from.row(from.get_database_backend().build(&query))
    }
}

impl<E: EntityTrait<Model: Row>> ReadRows for Select<E> {
    type Row = E::Model;

    fn selected(self) -> SelectStatement {
        QueryTrait::into_query(self)
    }
}

/// A query whose columns are read as another row than that of its entity.
#[derive(Clone, Debug)]
pub struct ByPosition<R> {
    query: SelectStatement,
    row: PhantomData<fn() -> R>,
}

impl<R: Row> ReadRows for ByPosition<R> {
    type Row = R;

    fn selected(self) -> SelectStatement {
        self.query
    }
}

/// Reads the columns of a query as a row of any kind.
pub trait SelectByPosition {
    fn by_position<R: Row>(self) -> ByPosition<R>;
}

impl<E: EntityTrait> SelectByPosition for Select<E> {
    fn by_position<R: Row>(self) -> ByPosition<R> {
        ByPosition {
            query: QueryTrait::into_query(self),
            row: PhantomData,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.orm.get_database_backend()
    }

    /// Nothing is written through the reading door.
    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(only_reads())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(only_reads())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.some_by_name(statement, 1).await?.pop())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.some_by_name(statement, usize::MAX).await
    }
}

fn only_reads() -> DbErr {
    DbErr::Custom("a statement that writes was sent through the reading door".into())
}
