//! Tasks, task lists, and the assignments of tasks.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, date_null, drop_tables, flag, id, id_null, index, instant,
    instant_null, int, int_null, local_null, text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// An item without a time is never over.
const NEVER: &str = "9999-12-31T23:59:59+00:00";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, task_lists(), vec![]).await?;
        create(
            manager,
            tasks(),
            vec![
                index("tasks", &["circle_id", "sort_at", "id", "over_at"]),
                index("tasks", &["circle_id", "task_list_id"]),
                index("tasks", &["circle_id", "state"]),
            ],
        )
        .await?;
        create(
            manager,
            task_assignments(),
            vec![
                unique("task_assignments", &["circle_id", "task_id", "member_id"]),
                index("task_assignments", &["circle_id", "member_id"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["task_assignments", "tasks", "task_lists"]).await
    }
}

fn task_lists() -> TableCreateStatement {
    circle_table("task_lists")
        .col(text("title"))
        .col(int("position"))
        .col(bytes_null("sent_hash"))
        .take()
}

fn tasks() -> TableCreateStatement {
    circle_table("tasks")
        .col(id_null("task_list_id"))
        .col(text("title"))
        .col(text_null("notes"))
        .col(text("category"))
        .col(text("topic"))
        .col(date_null("due_on"))
        .col(local_null("due_local"))
        .col(local_null("starts_local"))
        .col(text_null("time_zone"))
        .col(instant_null("due_at"))
        .col(instant("begins_at").default(NEVER).take())
        .col(instant("over_at").default(NEVER).take())
        .col(instant("sort_at"))
        .col(int_null("effort_minutes"))
        .col(int("people_needed"))
        .col(int("people_accepted"))
        .col(text("reminder_minutes"))
        .col(text("state"))
        .col(int("schedule_version"))
        .col(instant_null("completed_at"))
        .col(instant_null("completion_recorded_at"))
        .col(id_null("completed_by_member_id"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle("tasks", "task_list_id", "task_lists"))
        .take()
}

fn task_assignments() -> TableCreateStatement {
    circle_table("task_assignments")
        .col(id("task_id"))
        .col(id("member_id"))
        .col(text("state"))
        .col(flag("own_part_done").default(false).take())
        .foreign_key(&mut within_circle("task_assignments", "task_id", "tasks"))
        .foreign_key(&mut within_circle(
            "task_assignments",
            "member_id",
            "memberships",
        ))
        .take()
}
