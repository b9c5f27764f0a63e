//! When to remind, what to tell because it changed, and what became of each mail.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, date_null, drop_tables, id, id_null, index, instant, instant_null, int, text,
    text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                circle_table("reminders")
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
                    ))
                    .take(),
            )
            .await?;
        // One for each kind of item: a column that is null is never equal to another.
        for item in ["task_id", "appointment_id"] {
            let columns = [
                "circle_id",
                item,
                "kind",
                "schedule_version",
                "offset_minutes",
            ];
            manager.create_index(unique("reminders", &columns)).await?;
        }
        manager
            .create_index(index("reminders", &["state", "fire_at", "id"]))
            .await?;

        manager
            .create_table(
                circle_table("deliveries")
                    .col(id("reminder_id"))
                    .col(id("member_id"))
                    .col(text("channel"))
                    .col(text("state"))
                    .col(text_null("reason"))
                    .col(int("attempts"))
                    .col(instant_null("sent_at"))
                    .foreign_key(&mut within_circle("deliveries", "reminder_id", "reminders"))
                    .foreign_key(&mut within_circle("deliveries", "member_id", "memberships"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique(
                "deliveries",
                &["circle_id", "reminder_id", "member_id", "channel"],
            ))
            .await?;

        manager
            .create_table(
                circle_table("notices")
                    .col(id("member_id"))
                    .col(text("category"))
                    .col(text("kind"))
                    .col(id_null("task_id"))
                    .col(id_null("appointment_id"))
                    .col(id_null("need_id"))
                    .col(id_null("role_id"))
                    .col(instant_null("was_at"))
                    .col(date_null("was_on"))
                    .col(text("state"))
                    .col(text_null("reason"))
                    .col(id_null("job_id"))
                    .col(int("attempts"))
                    .col(instant_null("sent_at"))
                    .foreign_key(&mut within_circle("notices", "member_id", "memberships"))
                    .foreign_key(&mut within_circle("notices", "task_id", "tasks"))
                    .foreign_key(&mut within_circle(
                        "notices",
                        "appointment_id",
                        "appointments",
                    ))
                    .foreign_key(&mut within_circle("notices", "need_id", "needs"))
                    .foreign_key(&mut within_circle("notices", "role_id", "roles"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("notices", &["circle_id", "member_id", "state"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["notices", "deliveries", "reminders"]).await
    }
}
