//! How long guesses are remembered, and the indexes that deleting needs: without
//! them each row that goes is looked for in all rows that may point at it.

use sea_orm_migration::prelude::*;

use crate::columns::{index, instant_null, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables and the columns that point at rows which go.
const POINTERS: [(&str, &[&str]); 11] = [
    ("deliveries", &["circle_id", "member_id"]),
    ("messages", &["circle_id", "reply_to"]),
    ("notices", &["circle_id", "role_id"]),
    ("notices", &["circle_id", "need_id"]),
    ("notices", &["circle_id", "appointment_id"]),
    ("notices", &["circle_id", "task_id"]),
    ("read_cursors", &["circle_id", "thread_id"]),
    ("role_assignments", &["circle_id", "offered_by"]),
    ("role_assignments", &["circle_id", "patient_part_task_id"]),
    ("role_assignments", &["circle_id", "previous_assignment_id"]),
    ("sign_in_tickets", &["user_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let remember = Table::alter()
            .table(name("throttles"))
            .add_column(instant_null("forget_at"))
            .take();
        manager.alter_table(remember).await?;
        for (table, columns) in POINTERS {
            manager.create_index(index(table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in POINTERS {
            let index = format!("{table}_{}_idx", columns.join("_"));
            manager
                .drop_index(Index::drop().name(index).table(name(table)).to_owned())
                .await?;
        }
        let forget = Table::alter()
            .table(name("throttles"))
            .drop_column(name("forget_at"))
            .take();
        manager.alter_table(forget).await
    }
}
