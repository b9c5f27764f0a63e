//! Tells a restored database from the database that it was copied from. After a restore, versions
//! of rows and numbers of changes are used a second time for other contents, so that entity tags
//! and cursors of clients would be wrong.
//!
//! The database stores its place. On SQLite that is the number of its file; on PostgreSQL it is the
//! numbers of a table and of the database, and the timeline. A copy has another place, and `kith
//! backup` writes copies without a place. A server that finds another place begins another
//! generation.
//!
//! A PostgreSQL can be replaced while the server runs, by a standby that takes over or by a
//! restore. So each new connection checks the place before it is used.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use sea_orm::sea_query::Expr;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::{self, PgConnection, Postgres};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Db;
use super::writer::MaxWait;
use crate::config::DatabaseUrl;
use crate::entity::database_state::{Column, Entity};
use crate::platform::crypto::keys::random_bytes;

/// The generation of the database, as this server knows it. All clones share it.
#[derive(Clone, Debug, Default)]
pub struct Generation(Arc<RwLock<Life>>);

#[derive(Clone, Debug, Default)]
struct Life {
    /// The place of the database. Empty until it is known.
    place: String,
    name: String,
}

impl Generation {
    /// Eight hexadecimal digits. Empty before the first migration.
    pub fn name(&self) -> String {
        self.life().name
    }

    /// The place of the database, as this server knows it.
    pub(super) fn place(&self) -> String {
        self.life().place
    }

    /// Whether the database still has this place.
    pub(super) fn is_of(&self, place: &str) -> bool {
        let life = self.0.read().unwrap_or_else(PoisonError::into_inner);
        life.place == place
    }

    fn life(&self) -> Life {
        let life = self.0.read().unwrap_or_else(PoisonError::into_inner);
        life.clone()
    }

    fn set(&self, life: Life) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = life;
    }
}

/// Reads the generation. If the database has another place than before, a new generation begins.
pub(super) async fn settle(db: &Db, url: &DatabaseUrl) -> anyhow::Result<()> {
    let life = match url {
        DatabaseUrl::Sqlite(path) => settle_sqlite(db, path).await?,
        DatabaseUrl::Postgres(_) => {
            let mut connection = db
                .reader()
                .orm()
                .get_postgres_connection_pool()
                .acquire()
                .await?;
            settle_postgres(&mut connection).await?
        }
    };
    db.generation.set(life);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the database's own row")]
async fn settle_sqlite(db: &Db, path: &Path) -> anyhow::Result<Life> {
    let place = std::fs::metadata(path)?.ino().to_string();
    let state = Entity::find().one(db.reader()).await?;
    let state = state.context("the row of database_state is missing")?;
    if state.place == place {
        let name = state.generation;
        return Ok(Life { place, name });
    }
    let fresh = fresh_name()?;
    let write = db.writer.begin(MaxWait::Unlimited).await?;
    // The filter makes sure that only one of several servers begins it.
    Entity::update_many()
        .col_expr(Column::Generation, Expr::value(fresh))
        .col_expr(Column::Place, Expr::value(place.clone()))
        .filter(Column::Place.ne(place.clone()))
        .exec(write.tx())
        .await?;
    let state = Entity::find().one(write.tx()).await?;
    write.commit().await?;
    let name = state
        .context("the row of database_state is missing")?
        .generation;
    Ok(Life { place, name })
}

/// Makes each new connection check that it leads to the same database as those before.
pub(super) fn guard(
    options: PoolOptions<Postgres>,
    generation: &Generation,
) -> PoolOptions<Postgres> {
    let generation = generation.clone();
    options.after_connect(move |connection, _| {
        let generation = generation.clone();
        Box::pin(async move { check_place(connection, &generation).await })
    })
}

/// Checks that a new connection leads to the same database as those before. If it leads to another
/// one, a new generation begins.
pub(super) async fn check_place(
    connection: &mut PgConnection,
    generation: &Generation,
) -> Result<(), sqlx::Error> {
    let known = generation.life().place;
    if !known.is_empty() && postgres_place(connection).await? != known {
        generation.set(settle_postgres(connection).await?);
    }
    Ok(())
}

async fn settle_postgres(connection: &mut PgConnection) -> Result<Life, sqlx::Error> {
    let place = postgres_place(connection).await?;
    let fresh = fresh_name().map_err(|error| sqlx::Error::Configuration(error.into()))?;
    // The condition makes sure that only one of several servers begins it.
    sqlx::query("UPDATE database_state SET generation = $1, place = $2 WHERE place <> $2")
        .bind(fresh)
        .bind(&place)
        .execute(&mut *connection)
        .await?;
    let name = sqlx::query_scalar("SELECT generation FROM database_state")
        .fetch_one(connection)
        .await?;
    Ok(Life { place, name })
}

async fn postgres_place(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let table: String = sqlx::query_scalar(
        "SELECT 'database_state'::regclass::oid::text || '.' || \
         (SELECT oid::text FROM pg_database WHERE datname = current_database())",
    )
    .fetch_one(&mut *connection)
    .await?;
    // A recovery to a point in time begins another timeline, and so does a standby that takes over.
    let timeline = "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)";
    let timeline: Result<String, _> = sqlx::query_scalar(timeline).fetch_one(connection).await;
    match timeline {
        Err(error) if is_kept_secret(&error) => Ok(format!("{table}.")),
        timeline => Ok(format!("{table}.{}", timeline?)),
    }
}

/// Not every server tells its timeline: some have no such function or forbid it.
fn is_kept_secret(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("42883" | "42501" | "0A000"))
}

fn fresh_name() -> anyhow::Result<String> {
    Ok(format!("{:08x}", u32::from_be_bytes(random_bytes()?)))
}
