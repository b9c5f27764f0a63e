//! The one door to the database.
//!
//! On SQLite there are two pools: readers that cannot write, and a single
//! writer. On PostgreSQL both are the same pool. `Db` hands out the reading
//! side to the proof extractors and the writing side to the unit of work.

mod backup;
mod connect;
mod migrate;
mod problem;
mod write;

pub use backup::back_up;
pub use connect::connect;
pub use migrate::{is_current, migrate};
pub use write::{BeginWrite, Unit};

use sea_orm::{DatabaseConnection, DbBackend};

/// The connections of this server.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// For statements that change nothing.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// Closes every connection; on SQLite this also checkpoints the log.
    pub async fn close(self) -> Result<(), sea_orm::DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}
