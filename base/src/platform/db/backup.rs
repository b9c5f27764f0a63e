//! Copies the SQLite file as it is at one moment, even while a server writes to it.

use std::fs::{File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{ConnectOptions, Connection, SqliteConnection, query, query_scalar};

use crate::config::DatabaseUrl;
use crate::platform::files;

/// Copies the database to a new file, checks the copy, and returns its size in bytes.
///
/// The copy has another name until it is complete and checked.
pub async fn back_up(url: &DatabaseUrl, to: &Path) -> anyhow::Result<u64> {
    let DatabaseUrl::Sqlite(from) = url else {
        bail!("PostgreSQL has its own backup: pg_dump --format=custom --file=FILE DATABASE_URL");
    };
    ensure!(from.exists(), "there is no database at {}", from.display());
    // SQLite cannot read an absolute path as a URI, and it always has a folder.
    let to = &std::path::absolute(to).context("this is not a file")?;
    ensure!(
        to.symlink_metadata().is_err(),
        "{} exists already: choose another name, nothing is overwritten",
        to.display()
    );
    let part = part_of(to)?;
    let claimed = claim(&part)?;
    let done = async {
        copy(from, &part).await?;
        mark_as_copy(&part).await?;
        check(&part).await?;
        claimed.sync_all()?;
        std::fs::rename(&part, to)?;
        std::fs::File::open(to.parent().unwrap_or(to))?.sync_all()?;
        Ok(claimed.metadata()?.len())
    };
    let done: anyhow::Result<u64> = done.await;
    if done.is_err() {
        // An error here is ignored: the first error is the one that the operator needs.
        let _ = std::fs::remove_file(&part);
    }
    done.with_context(|| format!("{} could not be written", to.display()))
}

/// Creates the file of the copy, or takes over the file of a backup that was killed.
fn claim(part: &Path) -> anyhow::Result<File> {
    let cannot = || format!("cannot create {}", part.display());
    let file = files::open_or_create(part).with_context(cannot)?;
    // The lock ends with the process that holds it.
    ensure!(
        file.try_lock().is_ok(),
        "another backup is writing {}",
        part.display()
    );
    file.set_len(0).with_context(cannot)?;
    file.set_permissions(Permissions::from_mode(0o600))
        .with_context(cannot)?;
    for beside in ["-journal", "-wal", "-shm"] {
        let mut name = part.as_os_str().to_owned();
        name.push(beside);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(file)
}

/// The name of the copy while it is incomplete: in the same folder, so on the same disk.
fn part_of(to: &Path) -> anyhow::Result<PathBuf> {
    let mut name = to.file_name().context("this is not a file")?.to_owned();
    name.push(".part");
    Ok(to.with_file_name(name))
}

async fn open(path: &Path) -> anyhow::Result<SqliteConnection> {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_mins(1))
        .disable_statement_logging()
        .connect()
        .await
        .with_context(|| format!("cannot open {}", path.display()))
}

/// Copies into a file, which must be empty.
async fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let to = to.to_str().context("the path of the copy must be UTF-8")?;
    let mut connection = open(from).await?;
    query("VACUUM INTO $1")
        .bind(to)
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// Takes the place out of the copy, so that a server that opens it begins another generation.
async fn mark_as_copy(copy: &Path) -> anyhow::Result<()> {
    let mut connection = open(copy).await?;
    let state = "SELECT count(*) FROM sqlite_master WHERE name = 'database_state'";
    let has_state: i64 = query_scalar(state).fetch_one(&mut connection).await?;
    if has_state == 1 {
        query("UPDATE database_state SET place = ''")
            .execute(&mut connection)
            .await?;
    }
    connection.close().await?;
    Ok(())
}

async fn check(copy: &Path) -> anyhow::Result<()> {
    let mut connection = open(copy).await?;
    let verdict: String = query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    ensure!(verdict == "ok", "the copy is broken: {verdict}");
    Ok(())
}
