//! Rows by position: how a row of the database becomes a struct.
//!
//! A [`Row`] reads its [`Cell`]s one after the other, in the order of the columns of the query. No
//! column is looked up by its name, which costs more than to read it. `#[derive(Row)]` declares it
//! for a struct, in the order of its fields. A tuple is a row as well: of cells, or of rows that a join
//! puts side by side. Every entity is one:
//! the ORM selects its columns in the order of its fields.
//!
//! The same row can come from two drivers: from that of the ORM, and on SQLite from the inline
//! reader (`platform/db/inline.rs`). [`sqlite`] knows how SQLite stores each type.

pub mod sqlite;

pub use kith_derive::Row;
pub use rusqlite::types::ValueRef;
use std::sync::Arc;

use sea_orm::sqlx::{self, Row as _, ValueRef as _};
use sea_orm::{DbErr, QueryResult, RuntimeErr, TryGetable};

/// What is read from the cells of one row, in the order of the columns.
pub trait Row: Sized + Send + 'static {
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr>;
}

/// What is read from a single cell.
pub trait Cell: TryGetable + Send + 'static {
    /// The value of a cell of SQLite; `None` if the cell holds something else.
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self>;

    /// The value of a cell that the driver of the ORM has read.
    fn from_orm(row: &QueryResult, at: usize) -> Result<Self, DbErr> {
        row.try_get_by_index(at)
    }
}

/// The cells of one row, from the first to the last.
#[derive(Debug)]
pub struct Cells<'r> {
    row: Source<'r>,
    next: usize,
}

#[derive(Debug)]
enum Source<'r> {
    Orm(&'r QueryResult),
    Sqlite(&'r rusqlite::Row<'r>),
}

impl<'r> Cells<'r> {
    /// The cells of a row that the driver of the ORM has read.
    pub fn of_orm(row: &'r QueryResult) -> Self {
        Self {
            row: Source::Orm(row),
            next: 0,
        }
    }

    /// The cells of a row on which a statement of SQLite stands.
    pub fn of_sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self {
            row: Source::Sqlite(row),
            next: 0,
        }
    }

    fn is_next_empty(&self) -> bool {
        match self.row {
            Source::Orm(row) => is_null(row, self.next),
            Source::Sqlite(row) => row
                .get_ref(self.next)
                .is_ok_and(|cell| cell == ValueRef::Null),
        }
    }

    /// The next cell. It is an error if there is none, or if it holds another type.
    pub fn take<T: Cell>(&mut self) -> Result<T, DbErr> {
        let at = self.next;
        self.next += 1;
        match self.row {
            Source::Orm(row) => T::from_orm(row, at),
            Source::Sqlite(row) => row
                .get_ref(at)
                .ok()
                .and_then(T::from_sqlite)
                .ok_or_else(|| DbErr::Type(format!("column {at} does not hold what is read"))),
        }
    }
}

/// The row that an outer join found, if it found one. It is read last of its row, because the cells
/// of an empty one stay. The first cell of a row that was found is never empty.
#[derive(Clone, Debug)]
pub struct Joined<R>(pub Option<R>);

impl<R: Row> Row for Joined<R> {
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        if cells.is_next_empty() {
            return Ok(Self(None));
        }
        R::read(cells).map(|row| Self(Some(row)))
    }
}

impl<T: Cell> Row for T {
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        cells.take()
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => {$(
        impl<$($name: Row),+> Row for ($($name,)+) {
            fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
                Ok(($($name::read(cells)?,)+))
            }
        }
    )+};
}

tuples! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}

impl<T: Cell> Cell for Option<T> {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        match cell {
            ValueRef::Null => Some(None),
            cell => T::from_sqlite(cell).map(Some),
        }
    }

    /// The ORM makes an error with a text for each empty cell before it says `None`. So it is asked
    /// only for cells that hold something.
    fn from_orm(row: &QueryResult, at: usize) -> Result<Self, DbErr> {
        if is_null(row, at) {
            return Ok(None);
        }
        T::from_orm(row, at).map(Some)
    }
}

fn is_null(row: &QueryResult, at: usize) -> bool {
    if let Some(row) = row.try_as_pg_row() {
        return row.try_get_raw(at).is_ok_and(|cell| cell.is_null());
    }
    row.try_as_sqlite_row()
        .and_then(|row| row.try_get_raw(at).ok())
        .is_some_and(|cell| cell.is_null())
}

/// The text of a cell that the driver of the ORM has read, as long as the row lives.
pub fn text_of(row: &QueryResult, at: usize) -> Result<&str, DbErr> {
    let text = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get(at),
        (None, Some(row)) => row.try_get(at),
        (None, None) => Err(sqlx::Error::ColumnIndexOutOfBounds { index: at, len: 0 }),
    };
    text.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
}
