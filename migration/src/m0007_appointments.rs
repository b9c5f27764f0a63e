//! Appointments, who comes, what they need of others, and who takes that on.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, date_null, drop_tables, id, index, instant, instant_null, int, local_null, text,
    text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                circle_table("appointments")
                    .col(text("kind"))
                    .col(text("title"))
                    .col(text("topic"))
                    .col(date_null("starts_on"))
                    .col(local_null("starts_local"))
                    .col(local_null("ends_local"))
                    .col(text_null("time_zone"))
                    .col(instant_null("starts_at"))
                    .col(instant_null("ends_at"))
                    .col(instant("sort_at"))
                    .col(text_null("location"))
                    .col(text_null("video_link"))
                    .col(text_null("preparation"))
                    .col(text_null("outcome"))
                    .col(text("reminder_minutes"))
                    .col(text("state"))
                    .col(int("schedule_version"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("appointments", &["circle_id", "sort_at", "id"]))
            .await?;

        create_personal(manager, "attendances", "appointment_id", "appointments").await?;

        manager
            .create_table(
                circle_table("needs")
                    .col(id("appointment_id"))
                    .col(text("kind"))
                    .col(int("people_needed"))
                    .col(int("people_accepted"))
                    .col(text_null("pick_up"))
                    .col(text_null("drop_off"))
                    .col(text_null("notes"))
                    .col(date_null("starts_on"))
                    .col(local_null("starts_local"))
                    .col(local_null("ends_local"))
                    .col(text_null("time_zone"))
                    .col(instant_null("starts_at"))
                    .col(instant_null("ends_at"))
                    .col(instant("sort_at"))
                    .col(text("state"))
                    .foreign_key(&mut within_circle(
                        "needs",
                        "appointment_id",
                        "appointments",
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("needs", &["circle_id", "appointment_id"]))
            .await?;
        manager
            .create_index(index("needs", &["circle_id", "sort_at", "id"]))
            .await?;

        create_personal(manager, "need_commitments", "need_id", "needs").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["need_commitments", "needs", "attendances", "appointments"],
        )
        .await
    }
}

/// A table with one row for each member who has to do with a parent.
async fn create_personal(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
    parent: &'static str,
) -> Result<(), DbErr> {
    let stands = if table == "attendances" {
        "answer"
    } else {
        "state"
    };
    manager
        .create_table(
            circle_table(table)
                .col(id(column))
                .col(id("member_id"))
                .col(text(stands))
                .foreign_key(&mut within_circle(table, column, parent))
                .foreign_key(&mut within_circle(table, "member_id", "memberships"))
                .take(),
        )
        .await?;
    manager
        .create_index(unique(table, &["circle_id", column, "member_id"]))
        .await?;
    manager
        .create_index(index(table, &["circle_id", "member_id"]))
        .await
}
