//! Reminders of needs, which begin at a time of their own, and of one person,
//! who took something on after the others were reminded.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::columns::{circle_table, id_null, instant, int, name, text, within_circle};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [(&str, &str); 2] = [("need_id", "needs"), ("member_id", "memberships")];

/// One reminder for each item, person or none, version and offset. Null is equal to
/// nothing: the circle's id stands where there is no person.
const UNIQUE: &str = "CREATE UNIQUE INDEX reminders_item_key ON reminders (circle_id, \
     COALESCE(task_id, appointment_id, need_id), COALESCE(member_id, circle_id), \
     schedule_version, offset_minutes)";

/// What is looked up, and what rows that go are looked for by.
const LOOKED_UP: [&str; 4] = ["task_id", "appointment_id", "need_id", "member_id"];

/// What the unique indexes were about.
const BEFORE: [&str; 2] = ["task_id", "appointment_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for item in BEFORE {
            manager.drop_index(index_before(item)).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            for (column, parent) in COLUMNS {
                let add = Table::alter()
                    .table(name("reminders"))
                    .add_column(id_null(column))
                    .take();
                manager.alter_table(add).await?;
                manager
                    .create_foreign_key(within_circle("reminders", column, parent))
                    .await?;
            }
        } else {
            rebuild(manager, true).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared(UNIQUE).await?;
        for column in LOOKED_UP {
            let sql = format!(
                "CREATE INDEX reminders_circle_id_{column}_idx ON reminders (circle_id, {column})"
            );
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let looked_up = LOOKED_UP.map(|column| format!("reminders_circle_id_{column}_idx"));
        for index in looked_up.into_iter().chain(["reminders_item_key".into()]) {
            let mut drop = Index::drop();
            drop.name(index).table(name("reminders"));
            manager.drop_index(drop).await?;
        }
        // What only the newer schema can say goes.
        let personal = "DELETE FROM reminders WHERE need_id IS NOT NULL OR member_id IS NOT NULL";
        manager
            .get_connection()
            .execute_unprepared(personal)
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for (column, _) in COLUMNS {
                let drop = Table::alter()
                    .table(name("reminders"))
                    .drop_column(name(column))
                    .take();
                manager.alter_table(drop).await?;
            }
        } else {
            rebuild(manager, false).await?;
        }
        for item in BEFORE {
            let columns = [
                "circle_id",
                item,
                "kind",
                "schedule_version",
                "offset_minutes",
            ];
            manager
                .create_index(crate::columns::unique("reminders", &columns))
                .await?;
        }
        Ok(())
    }
}

fn index_before(item: &str) -> IndexDropStatement {
    let columns = [
        "circle_id",
        item,
        "kind",
        "schedule_version",
        "offset_minutes",
    ];
    let mut drop = Index::drop();
    drop.name(format!("reminders_{}_key", columns.join("_")))
        .table(name("reminders"));
    drop
}

/// SQLite adds no reference to a table that is there: the table is made anew, with
/// the indexes it had.
async fn rebuild(manager: &SchemaManager<'_>, with_columns: bool) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let indexes = connection
        .query_all_raw(Statement::from_string(
            DbBackend::Sqlite,
            "SELECT sql FROM sqlite_master \
             WHERE type = 'index' AND tbl_name = 'reminders' AND sql IS NOT NULL",
        ))
        .await?;
    let mut table = circle_table("reminders_new");
    table
        .col(text("kind"))
        .col(id_null("task_id"))
        .col(id_null("appointment_id"))
        .col(int("schedule_version"))
        .col(int("offset_minutes"))
        .col(instant("fire_at"))
        .col(instant("not_after"))
        .col(text("state"))
        .foreign_key(&mut within_circle("reminders", "task_id", "tasks"))
        .foreign_key(&mut within_circle(
            "reminders",
            "appointment_id",
            "appointments",
        ));
    if with_columns {
        for (column, parent) in COLUMNS {
            table
                .col(id_null(column))
                .foreign_key(&mut within_circle("reminders", column, parent));
        }
    }
    manager.create_table(table).await?;
    let columns = "circle_id, id, version, created_at, created_by, updated_at, kind, task_id, \
         appointment_id, schedule_version, offset_minutes, fire_at, not_after, state";
    for sql in [
        format!("INSERT INTO reminders_new ({columns}) SELECT {columns} FROM reminders"),
        "DROP TABLE reminders".into(),
        "ALTER TABLE reminders_new RENAME TO reminders".into(),
    ] {
        connection.execute_unprepared(&sql).await?;
    }
    for index in indexes {
        let sql: String = index.try_get("", "sql")?;
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}
