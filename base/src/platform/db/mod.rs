//! The only way to the database.
//!
//! Every read goes through a [`Reader`]; every write goes through a [`Transaction`]. On SQLite these
//! are connections that can only read, and a single connection that writes. On PostgreSQL half
//! of the connections read, and the other half writes.

mod backup;
mod connect;
mod constraint;
mod generation;
mod idempotency;
mod in_list;
mod inline;
mod later;
mod migrate;
mod opening;
mod postgres;
mod problem;
mod reader;
mod resting;
mod sealed_sample;
mod shredding;
mod transaction;
mod writer;

pub use backup::back_up;
pub use connect::{STATEMENTS, connect};
pub use constraint::{Constraint, OnConstraint};
pub use idempotency::{IDEMPOTENCY_REPLAYED, KeyedRequest, Replayable, StoredAnswer};
pub use in_list::in_list;
pub use migrate::{check_schema, is_current, migrate};
pub use opening::{LockedRow, ProofStatement};
pub use reader::{ByPosition, ReadRows, Reader, Reads, SelectByPosition};
pub use sealed_sample::find_sealed_sample;
pub use shredding::{HOWEVER_LARGE, REWRITTEN_AT_ONCE, Shredding, owe_shredding};
pub use transaction::{BeginWrite, Transaction};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::sync::Notify;

pub use self::generation::Generation;
use self::writer::Writer;

/// The connections of this server.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Reader,
    writer: Writer,
    generation: Generation,
}

impl Db {
    /// The connections for statements that change nothing.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The generation of the database. A restore begins another generation.
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// SQLite or PostgreSQL.
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// A commit that leaves work to be done at once notifies this, so that the queue does not wait
    /// for its next round.
    pub fn bell(&self) -> &Notify {
        self.writer.bell()
    }

    /// Whether the connections that read get an answer.
    pub async fn check_reader(&self) -> Result<(), DbErr> {
        let asked = Statement::from_string(self.backend(), "SELECT 1");
        self.reader.row::<i32>(asked).await.map(drop)
    }

    /// Whether a write can be committed. The database is asked only if something failed before.
    pub async fn check_writer(&self) -> Result<(), DbErr> {
        self.writer.check().await
    }

    /// Closes every connection. On SQLite this also writes the log back into the file.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}
