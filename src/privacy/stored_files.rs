//! The sweep of the store: it deletes the files that no row names. They are left when an account or
//! a circle is erased, and when the server stops between writing a file and the row that names it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, UnionType};

use super::data_map::DATA_MAP;
use crate::app::App;
use crate::entity::ids::FileId;
use crate::platform::crypto::keys::random_bytes;
use crate::platform::db::{Reads, in_list};
use crate::platform::storage::StoredFile;
use crate::problem::Problem;

/// How old a file is before a sweep deletes it. The transaction that names it begins within a
/// minute after it was written.
const AGE: TimeDelta = TimeDelta::hours(1);
/// How many files are looked for with one statement.
const AT_ONCE: usize = 256;
/// How long a sweep may take. Each begins with another folder, so every folder gets its turn.
const AT_MOST: Duration = Duration::from_mins(5);

/// The end of the name of each column that names a file. The sweep finds the columns by it.
const NAMES_A_FILE: &str = "file_id";

/// Deletes the files that no row names. Returns how many. It goes through the folders once, beginning
/// with one by chance: if there is no time for all of them, it is not always the same ones that wait.
pub async fn sweep_files(app: &App) -> Result<usize, Problem> {
    let (started, before) = (Instant::now(), app.clock().now() - AGE);
    let [first] = random_bytes()?;
    let (mut old, mut deleted) = (Vec::new(), 0);
    for folder in (0..=u8::MAX).map(|folder| first.wrapping_add(folder)) {
        let mut files = app.files().list_folder(folder);
        while let Some(file) = files.try_next().await? {
            if is_before(file.id, before) {
                old.push(file);
            }
            if old.len() == AT_ONCE {
                deleted += delete_unnamed(app, &old).await?;
                old.clear();
                if started.elapsed() > AT_MOST || app.stopping().is_cancelled() {
                    return Ok(deleted);
                }
            }
        }
    }
    Ok(deleted + delete_unnamed(app, &old).await?)
}

/// Deletes those of the files that no row names. Returns how many.
async fn delete_unnamed(app: &App, files: &[StoredFile]) -> Result<usize, Problem> {
    if files.is_empty() {
        return Ok(0);
    }
    let named = named(app, files).await?;
    let mut deleted = 0;
    for file in files.iter().filter(|file| !named.contains(&file.id)) {
        app.files().delete(file).await?;
        deleted += 1;
    }
    Ok(deleted)
}

/// Whether a file was written before: its id holds the time.
fn is_before(id: FileId, instant: DateTime<Utc>) -> bool {
    let written = id.0.get_timestamp().map(|written| written.to_unix());
    let written = written.and_then(|(seconds, _)| i64::try_from(seconds).ok());
    written.is_some_and(|seconds| seconds < instant.timestamp())
}

/// Which of these files rows name: one statement.
async fn named(app: &App, files: &[StoredFile]) -> Result<HashSet<FileId>, Problem> {
    let ids = in_list(files.iter().map(|file| file.id));
    let of_column = |(table, column): (&'static str, &'static str)| {
        let names = Expr::col(Alias::new(column));
        Query::select()
            .expr(names.clone())
            .from(Alias::new(table))
            .and_where(names.is_in(ids.iter().copied()))
            .take()
    };
    let all = file_columns().map(of_column).reduce(|mut all, more| {
        all.union(UnionType::All, more);
        all
    });
    let Some(all) = all else {
        return Ok(HashSet::new());
    };
    let reader = app.reader();
    let statement = reader.get_database_backend().build(&all);
    let named = reader.rows::<FileId>(statement).await?;
    Ok(named.into_iter().collect())
}

/// The tables and columns that name files.
pub fn file_columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    DATA_MAP.iter().flat_map(|table| {
        let columns = table.classed().map(|(column, _)| column);
        let of_files = columns.filter(|column| column.ends_with(NAMES_A_FILE));
        of_files.map(|column| (table.name, column))
    })
}
