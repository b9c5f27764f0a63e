//! Tasks, task lists, series of tasks, and the assignments of tasks and series.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, date, date_null, drop_tables, flag, id, id_null, index,
    instant, instant_null, int, int_null, local_null, name, text, text_null, unique, within_circle,
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
            task_series(),
            vec![
                index("task_series", &["circle_id", "task_list_id"]),
                index("task_series", &["circle_id", "previous_series_id"]),
                index("task_series", &["state", "made_until"]),
                index("task_series", &["state", "last_on"]),
            ],
        )
        .await?;
        create(
            manager,
            task_series_members(),
            vec![
                unique(
                    "task_series_members",
                    &["circle_id", "series_id", "member_id"],
                ),
                index("task_series_members", &["circle_id", "member_id"]),
            ],
        )
        .await?;
        create(
            manager,
            tasks(),
            vec![
                unique("tasks", &["circle_id", "series_id", "original_on"]),
                index("tasks", &["circle_id", "sort_at", "id", "over_at"]),
                index("tasks", &["circle_id", "task_list_id"]),
                index("tasks", &["circle_id", "appointment_id"]),
                completed(),
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
        drop_tables(
            manager,
            &[
                "task_assignments",
                "tasks",
                "task_series_members",
                "task_series",
                "task_lists",
            ],
        )
        .await
    }
}

fn task_lists() -> TableCreateStatement {
    circle_table("task_lists")
        .col(text("title"))
        .col(int("position"))
        .col(bytes_null("sent_hash"))
        .take()
}

fn task_series() -> TableCreateStatement {
    circle_table("task_series")
        .col(id_null("task_list_id"))
        .col(text("title"))
        .col(text_null("notes"))
        .col(text("category"))
        .col(text("topic"))
        .col(date_null("due_on"))
        .col(local_null("due_local"))
        .col(local_null("starts_local"))
        .col(text_null("time_zone"))
        .col(text("recurrence"))
        .col(date_null("last_on"))
        .col(int_null("effort_minutes"))
        .col(int("people_needed"))
        .col(text("reminder_minutes"))
        .col(int_null("lapse_after_days"))
        .col(text("checklist"))
        .col(text("state"))
        .col(date_null("turns_from"))
        .col(date("made_until"))
        .col(id_null("previous_series_id"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "task_series",
            "task_list_id",
            "task_lists",
        ))
        .foreign_key(&mut within_circle(
            "task_series",
            "previous_series_id",
            "task_series",
        ))
        .take()
}

fn task_series_members() -> TableCreateStatement {
    circle_table("task_series_members")
        .col(id("series_id"))
        .col(id("member_id"))
        .col(text("state"))
        .col(int_null("turn"))
        .foreign_key(&mut within_circle(
            "task_series_members",
            "series_id",
            "task_series",
        ))
        .foreign_key(&mut within_circle(
            "task_series_members",
            "member_id",
            "memberships",
        ))
        .take()
}

fn tasks() -> TableCreateStatement {
    circle_table("tasks")
        .col(id_null("task_list_id"))
        .col(id_null("series_id"))
        .col(date_null("original_on"))
        .col(flag("is_exception").default(false).take())
        .col(id_null("appointment_id"))
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
        .col(int("people_uncertain").default(0).take())
        .col(text("reminder_minutes"))
        .col(text("state"))
        .col(int("schedule_version"))
        .col(instant_null("completed_at"))
        .col(instant_null("completion_recorded_at"))
        .col(id_null("completed_by_member_id"))
        .col(int_null("lapse_after_days"))
        .col(instant_null("lapses_at"))
        .col(instant_null("ended_at"))
        .col(text_null("ended_from"))
        .col(id_null("canceled_by_member_id"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle("tasks", "task_list_id", "task_lists"))
        .foreign_key(&mut within_circle("tasks", "series_id", "task_series"))
        .foreign_key(&mut within_circle(
            "tasks",
            "appointment_id",
            "appointments",
        ))
        .take()
}

/// The tasks that were completed lately: the brief of an appointment lists them.
fn completed() -> IndexCreateStatement {
    index("tasks", &["circle_id", "completed_at"])
        .and_where(Expr::col(name("completed_at")).is_not_null())
        .take()
}

fn task_assignments() -> TableCreateStatement {
    circle_table("task_assignments")
        .col(id("task_id"))
        .col(id("member_id"))
        .col(text("state"))
        .col(flag("own_part_done").default(false).take())
        .col(flag("is_handing_over").default(false).take())
        .col(flag("is_away").default(false).take())
        .col(instant_null("taken_at"))
        .foreign_key(&mut within_circle("task_assignments", "task_id", "tasks"))
        .foreign_key(&mut within_circle(
            "task_assignments",
            "member_id",
            "memberships",
        ))
        .take()
}
