//! From when to when something takes place, so that lists find what overlaps a
//! window; and when a completion was written, whatever the client's clock said.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::{index, instant, instant_null, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 3] = ["tasks", "appointments", "needs"];
const BEFORE: &[&str] = &["circle_id", "sort_at", "id"];
/// What is over is passed over inside the index.
const AFTER: &[&str] = &["circle_id", "sort_at", "id", "over_at"];
/// What has no time is never over.
const NEVER: &str = "9999-12-31T23:59:59+00:00";

/// A moment lasts a microsecond; a date is over where it ends last, twelve hours
/// behind UTC. On SQLite instants are RFC 3339 texts.
const SQLITE: [&str; 3] = [
    "UPDATE tasks SET completed_at = done_at, \
     begins_at = CASE \
       WHEN from_local IS NOT NULL AND due_at IS NOT NULL THEN strftime('%Y-%m-%dT%H:%M:%S+00:00', \
         strftime('%s', due_at) - (strftime('%s', due_local) - strftime('%s', from_local)), 'unixepoch') \
       WHEN due_at IS NOT NULL THEN due_at \
       WHEN due_on IS NOT NULL THEN due_on || 'T00:00:00+00:00' \
       ELSE begins_at END, \
     over_at = CASE \
       WHEN from_local < due_local AND due_at IS NOT NULL THEN due_at \
       WHEN due_at IS NOT NULL THEN substr(due_at, 1, 19) || '.000001+00:00' \
       WHEN due_on IS NOT NULL THEN date(due_on, '+1 day') || 'T12:00:00+00:00' \
       ELSE over_at END",
    "UPDATE appointments SET over_at = CASE \
       WHEN ends_at > starts_at THEN ends_at \
       WHEN starts_on IS NOT NULL THEN date(starts_on, '+1 day') || 'T12:00:00+00:00' \
       ELSE substr(sort_at, 1, 19) || '.000001+00:00' END",
    "UPDATE needs SET over_at = CASE \
       WHEN ends_at > starts_at THEN ends_at \
       WHEN starts_on IS NOT NULL THEN date(starts_on, '+1 day') || 'T12:00:00+00:00' \
       ELSE substr(sort_at, 1, 19) || '.000001+00:00' END",
];
const POSTGRES: [&str; 3] = [
    "UPDATE tasks SET completed_at = done_at, \
     begins_at = CASE \
       WHEN from_local IS NOT NULL AND due_at IS NOT NULL THEN due_at - (due_local - from_local) \
       WHEN due_at IS NOT NULL THEN due_at \
       WHEN due_on IS NOT NULL THEN due_on::timestamp AT TIME ZONE 'UTC' \
       ELSE begins_at END, \
     over_at = CASE \
       WHEN from_local < due_local AND due_at IS NOT NULL THEN due_at \
       WHEN due_at IS NOT NULL THEN due_at + interval '1 microsecond' \
       WHEN due_on IS NOT NULL THEN (due_on::timestamp + interval '36 hours') AT TIME ZONE 'UTC' \
       ELSE over_at END",
    "UPDATE appointments SET over_at = CASE \
       WHEN ends_at > starts_at THEN ends_at \
       WHEN starts_on IS NOT NULL THEN (starts_on::timestamp + interval '36 hours') AT TIME ZONE 'UTC' \
       ELSE sort_at + interval '1 microsecond' END",
    "UPDATE needs SET over_at = CASE \
       WHEN ends_at > starts_at THEN ends_at \
       WHEN starts_on IS NOT NULL THEN (starts_on::timestamp + interval '36 hours') AT TIME ZONE 'UTC' \
       ELSE sort_at + interval '1 microsecond' END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            add(manager, table, instant("over_at").default(NEVER).take()).await?;
        }
        let begins = instant("begins_at").default(NEVER).take();
        add(manager, "tasks", begins).await?;
        add(manager, "tasks", instant_null("completed_at")).await?;
        let fill = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES,
            _ => SQLITE,
        };
        for statement in fill {
            let connection = manager.get_connection();
            connection.execute_unprepared(statement).await?;
        }
        replace_index(manager, BEFORE, AFTER).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_index(manager, AFTER, BEFORE).await?;
        for (table, column) in [
            ("tasks", "completed_at"),
            ("tasks", "begins_at"),
            ("tasks", "over_at"),
            ("appointments", "over_at"),
            ("needs", "over_at"),
        ] {
            let change = Table::alter()
                .table(name(table))
                .drop_column(name(column))
                .take();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    let change = Table::alter().table(name(table)).add_column(column).take();
    manager.alter_table(change).await
}

async fn replace_index(
    manager: &SchemaManager<'_>,
    old: &[&'static str],
    new: &[&'static str],
) -> Result<(), DbErr> {
    for table in TABLES {
        let old = format!("{table}_{}_idx", old.join("_"));
        let drop = Index::drop().name(old).table(name(table)).to_owned();
        manager.drop_index(drop).await?;
        manager.create_index(index(table, new)).await?;
    }
    Ok(())
}
