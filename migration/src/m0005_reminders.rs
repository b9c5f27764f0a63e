//! When to remind, and what became of each mail.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, id, index, instant, instant_null, int, name, text, text_null, unique,
    within_circle,
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
                    .col(id("task_id"))
                    .col(int("schedule_version"))
                    .col(int("offset_minutes"))
                    .col(instant("fire_at"))
                    .col(instant("not_after"))
                    .col(text("state"))
                    .foreign_key(&mut within_circle("reminders", "task_id", "tasks"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique(
                "reminders",
                &[
                    "circle_id",
                    "task_id",
                    "kind",
                    "schedule_version",
                    "offset_minutes",
                ],
            ))
            .await?;
        manager
            .create_index(index("reminders", &["state", "fire_at"]))
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
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["deliveries", "reminders"] {
            manager
                .drop_table(Table::drop().table(name(table)).take())
                .await?;
        }
        Ok(())
    }
}
