//! Makes what was erased unreadable in the files of SQLite.
//!
//! The writer overwrites what is deleted (`secure_delete`). Two places are left: the log
//! beside the file, and what SQLite copied from one page to another when it made room,
//! of which only a rewritten file is free. Rewriting a large file would stop all writes for
//! seconds, so it waits for the next start.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use super::Db;
use super::writer::read_user_version;

/// A file of so many bytes is rewritten in a fraction of a second.
pub const REWRITTEN_AT_ONCE: u64 = 32 * 1024 * 1024;
/// Without a limit: nobody is served yet.
pub const HOWEVER_LARGE: u64 = u64::MAX;

/// What became of the erased bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shredding {
    /// They are nowhere.
    Done,
    /// A reader is in the way of emptying the log: it is still owed.
    Kept,
    /// The file is too large to be rewritten now: that is owed to the next start.
    AtTheNextStart,
}

impl Db {
    /// Empties the log and rewrites the SQLite file, if that is owed and the file is no
    /// larger than so many bytes. PostgreSQL reuses what was deleted by itself in time.
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

/// Notes in the transaction that deletes that shredding is owed, in the head of the
/// SQLite file, which nothing else uses: a crash in between does not lose the note.
pub async fn owe_shredding(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        let owed = Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version = 1");
        tx.execute_raw(owed).await?;
    }
    Ok(())
}
