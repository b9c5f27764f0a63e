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

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement,
};

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

    /// Overwrites what was deleted in the SQLite file and empties the log beside it,
    /// if that is owed; PostgreSQL does that by itself in time. False while a reader
    /// is in the way: then it is still owed.
    pub async fn shred_deleted(&self) -> Result<bool, DbErr> {
        if self.backend() != DbBackend::Sqlite || !self.owes_shredding().await? {
            return Ok(true);
        }
        self.writer.execute_unprepared("VACUUM").await?;
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let checkpoint = Statement::from_string(DbBackend::Sqlite, checkpoint);
        let result = self.writer.query_one_raw(checkpoint).await?;
        let busy: Option<i32> = result.map(|row| row.try_get("", "busy")).transpose()?;
        let done = busy == Some(0);
        if done {
            let settled = "PRAGMA user_version = 0";
            self.writer.execute_unprepared(settled).await?;
        }
        Ok(done)
    }

    async fn owes_shredding(&self) -> Result<bool, DbErr> {
        let mark = Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version");
        let mark = self.writer.query_one_raw(mark).await?;
        let mark: Option<i32> = mark
            .map(|row| row.try_get("", "user_version"))
            .transpose()?;
        Ok(mark == Some(1))
    }

    /// Closes every connection; on SQLite this also checkpoints the log.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// Notes in the transaction that deletes that shredding is owed, in the head of the
/// SQLite file, which nothing else uses: a crash in between forgets it not.
pub async fn owe_shredding(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        tx.execute_unprepared("PRAGMA user_version = 1").await?;
    }
    Ok(())
}
