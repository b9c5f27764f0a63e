//! The checklists of tasks.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, drop_tables, id, id_null, index, instant_null, int, text,
    within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            task_checklist_items(),
            vec![index("task_checklist_items", &["circle_id", "task_id"])],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["task_checklist_items"]).await
    }
}

fn task_checklist_items() -> TableCreateStatement {
    circle_table("task_checklist_items")
        .col(id("task_id"))
        .col(text("title"))
        .col(int("position"))
        .col(instant_null("checked_at"))
        .col(id_null("checked_by_member_id"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "task_checklist_items",
            "task_id",
            "tasks",
        ))
        .take()
}
