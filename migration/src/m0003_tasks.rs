//! Tasks, the lists that group them, and who took them on.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, date_null, drop_tables, id, id_null, index, instant, instant_null, int, int_null,
    local_null, text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                circle_table("task_lists")
                    .col(text("title"))
                    .col(int("position"))
                    .take(),
            )
            .await?;

        manager
            .create_table(
                circle_table("tasks")
                    .col(id_null("list_id"))
                    .col(text("title"))
                    .col(text_null("notes"))
                    .col(text("category"))
                    .col(text("topic"))
                    .col(date_null("due_on"))
                    .col(local_null("due_local"))
                    .col(local_null("from_local"))
                    .col(text_null("time_zone"))
                    .col(instant_null("due_at"))
                    .col(instant("sort_at"))
                    .col(int_null("effort_minutes"))
                    .col(int("helpers_needed"))
                    .col(int("helpers_accepted"))
                    .col(text("reminder_minutes"))
                    .col(text("state"))
                    .col(int("schedule_version"))
                    .col(instant_null("done_at"))
                    .col(id_null("done_by"))
                    .foreign_key(&mut within_circle("tasks", "list_id", "task_lists"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("tasks", &["circle_id", "sort_at", "id"]))
            .await?;
        manager
            .create_index(index("tasks", &["circle_id", "list_id"]))
            .await?;

        manager
            .create_table(
                circle_table("task_assignments")
                    .col(id("task_id"))
                    .col(id("member_id"))
                    .col(text("state"))
                    .foreign_key(&mut within_circle("task_assignments", "task_id", "tasks"))
                    .foreign_key(&mut within_circle(
                        "task_assignments",
                        "member_id",
                        "memberships",
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique(
                "task_assignments",
                &["circle_id", "task_id", "member_id"],
            ))
            .await?;
        manager
            .create_index(index("task_assignments", &["circle_id", "member_id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["task_assignments", "tasks", "task_lists"]).await
    }
}
