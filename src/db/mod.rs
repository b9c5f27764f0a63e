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

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

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

    /// Overwrites what was deleted in the SQLite file and empties the log beside it;
    /// PostgreSQL does that by itself in time. False while a reader is in the way.
    pub async fn shred_deleted(&self) -> Result<bool, DbErr> {
        if self.backend() != DbBackend::Sqlite {
            return Ok(true);
        }
        self.writer.execute_unprepared("VACUUM").await?;
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let checkpoint = Statement::from_string(DbBackend::Sqlite, checkpoint);
        let result = self.writer.query_one_raw(checkpoint).await?;
        let busy: Option<i32> = result.map(|row| row.try_get("", "busy")).transpose()?;
        Ok(busy == Some(0))
    }

    /// Closes every connection; on SQLite this also checkpoints the log.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}
