//! Makes erased data unreadable in the files of SQLite.
//!
//! The writer overwrites what is deleted (`secure_delete`). Old bytes can still be in two places:
//! in the log beside the file, and in pages from which SQLite moved rows to make room. Only a
//! rewritten file is free of the latter. Rewriting a large file would stop all writes for seconds,
//! so that waits for the next start.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use super::Db;
use super::writer::read_user_version;

/// A file up to this size is rewritten in a fraction of a second.
pub const REWRITTEN_AT_ONCE: u64 = 32 * 1024 * 1024;
/// No limit, for a start: no request waits yet.
pub const HOWEVER_LARGE: u64 = u64::MAX;

/// What happened to the erased bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shredding {
    /// They are gone.
    Done,
    /// A reader kept the log from being emptied. It must be done later.
    Kept,
    /// The file is too large to be rewritten now. The next start does it.
    AtTheNextStart,
}

impl Db {
    /// Empties the log and rewrites the SQLite file, if that is due and the file is not larger than
    /// `at_most` bytes. PostgreSQL reuses deleted space by itself in time.
    pub async fn shred_deleted(&self, at_most: u64) -> Result<Shredding, DbErr> {
        if self.backend() != DbBackend::Sqlite || read_user_version(self.reader()).await? != 1 {
            return Ok(Shredding::Done);
        }
        let rewrites = self.size_of_file().await? <= at_most;
        if rewrites {
            self.writer.alone("VACUUM").await?;
        }
        let checkpoint = self.writer.alone("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        let busy: Option<i32> = checkpoint.map(|row| row.try_get("", "busy")).transpose()?;
        if busy != Some(0) {
            return Ok(Shredding::Kept);
        }
        if !rewrites {
            return Ok(Shredding::AtTheNextStart);
        }
        self.writer.alone("PRAGMA user_version = 0").await?;
        Ok(Shredding::Done)
    }

    async fn size_of_file(&self) -> Result<u64, DbErr> {
        let size = "SELECT page_count * page_size AS size \
            FROM pragma_page_count(), pragma_page_size()";
        let size = Statement::from_string(DbBackend::Sqlite, size);
        let row = self.reader().query_one_raw(size).await?;
        let size: i64 = row.map_or(Ok(0), |row| row.try_get("", "size"))?;
        Ok(size.unsigned_abs())
    }
}

/// Notes that shredding is due, in the transaction that deletes. The note is a number in the header
/// of the SQLite file, which nothing else uses. So a crash in between does not lose it.
pub async fn owe_shredding(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        let owed = Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version = 1");
        tx.execute_raw(owed).await?;
    }
    Ok(())
}
