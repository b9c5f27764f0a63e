//! Tells a restored database from the one it was copied of: versions of rows and numbers
//! of changes are used a second time after a restore, for other contents.
//!
//! The database notes where it lies: the number of its file on SQLite, that of its table,
//! its database and its timeline on PostgreSQL. A copy lies elsewhere, and what
//! `kith backup` writes lies nowhere. Who opens it there begins another generation.

use std::os::unix::fs::MetadataExt;

use anyhow::Context;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

use super::Db;
use super::writer::Patience;
use crate::config::DatabaseUrl;
use crate::entity::database_state::{Column, Entity};
use crate::keys::random_bytes;

/// The generation of the database, begun now if it lies elsewhere than before.
#[expect(clippy::disallowed_methods, reason = "the database's own row")]
pub(super) async fn settle(db: &Db, url: &DatabaseUrl) -> anyhow::Result<String> {
    let place = place(db, url).await?;
    let state = Entity::find().one(db.reader()).await?;
    let state = state.context("the database has lost its generation")?;
    if state.place == place {
        return Ok(state.generation);
    }
    let fresh = format!("{:08x}", u32::from_be_bytes(random_bytes()?));
    let write = db.writer.begin(Patience::Endless).await?;
    // Of several servers that start at once, one begins it.
    Entity::update_many()
        .col_expr(Column::Generation, Expr::value(fresh))
        .col_expr(Column::Place, Expr::value(place.clone()))
        .filter(Column::Place.ne(place))
        .exec(write.tx())
        .await?;
    let state = Entity::find().one(write.tx()).await?;
    write.commit().await?;
    Ok(state
        .context("the database has lost its generation")?
        .generation)
}

async fn place(db: &Db, url: &DatabaseUrl) -> anyhow::Result<String> {
    let DatabaseUrl::Sqlite(path) = url else {
        return postgres_place(db).await;
    };
    Ok(std::fs::metadata(path)?.ino().to_string())
}

async fn postgres_place(db: &Db) -> anyhow::Result<String> {
    let ask = async |sql: &str| {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = db.reader().query_one_raw(statement).await?;
        row.map(|row| row.try_get_by_index::<String>(0)).transpose()
    };
    let table = "SELECT 'database_state'::regclass::oid::text || '.' || \
        (SELECT oid::text FROM pg_database WHERE datname = current_database())";
    let table = ask(table).await?.unwrap_or_default();
    // A recovery to a point in time begins another timeline. Not every server tells.
    let timeline = ask("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)").await;
    let timeline = timeline.ok().flatten().unwrap_or_default();
    Ok(format!("{table}.{timeline}"))
}
