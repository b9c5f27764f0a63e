//! The one door to the database.
//!
//! On SQLite there are two pools: readers that cannot write, and a single
//! writer. On PostgreSQL both are the same pool. `Db` hands out the reading
//! side to the proof extractors and the writing side to the transaction.

mod backup;
mod connect;
mod constraint;
mod generation;
mod idempotency;
mod migrate;
mod problem;
mod sealed_sample;
mod shredding;
mod transaction;
mod writer;

pub use backup::back_up;
pub use connect::connect;
pub use constraint::{Constraint, OnConstraint};
pub use idempotency::{IDEMPOTENCY_REPLAYED, KeyedRequest, Replayable, StoredAnswer};
pub use migrate::{check_schema, is_current, migrate};
pub use sealed_sample::find_sealed_sample;
pub use shredding::{HOWEVER_LARGE, REWRITTEN_AT_ONCE, Shredding, owe_shredding};
pub use transaction::{BeginWrite, Transaction};

use sea_orm::{DatabaseConnection, DbBackend, DbErr};
use tokio::sync::Notify;

pub use self::generation::Generation;
use self::writer::Writer;

/// The connections of this server.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: Writer,
    generation: Generation,
}

impl Db {
    /// For statements that change nothing.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Which life of the database this is: another one after a restore.
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// Rung after a commit that leaves work to be done at once, so that the queue need not
    /// wait for its next round.
    pub fn bell(&self) -> &Notify {
        self.writer.bell()
    }

    /// Whether a write can be kept. That is known without asking, unless something failed.
    pub async fn check_writer(&self) -> Result<(), DbErr> {
        self.writer.check().await
    }

    /// Closes every connection; on SQLite this also checkpoints the log.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}
