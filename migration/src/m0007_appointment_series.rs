//! Series of appointments, and who is asked to come to them.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, date, date_null, drop_tables, id, id_null, index, local_null,
    text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            appointment_series(),
            vec![
                index("appointment_series", &["circle_id", "previous_series_id"]),
                index("appointment_series", &["state", "made_until"]),
                index("appointment_series", &["state", "last_on"]),
            ],
        )
        .await?;
        create(
            manager,
            appointment_series_attendees(),
            vec![
                unique(
                    "appointment_series_attendees",
                    &["circle_id", "series_id", "member_id"],
                ),
                index("appointment_series_attendees", &["circle_id", "member_id"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["appointment_series_attendees", "appointment_series"],
        )
        .await
    }
}

fn appointment_series() -> TableCreateStatement {
    circle_table("appointment_series")
        .col(text("kind"))
        .col(text("title"))
        .col(text("topic"))
        .col(date_null("starts_on"))
        .col(date_null("ends_on"))
        .col(local_null("starts_local"))
        .col(local_null("ends_local"))
        .col(text_null("time_zone"))
        .col(text("recurrence"))
        .col(date_null("last_on"))
        .col(text_null("location"))
        .col(text_null("video_link"))
        .col(text_null("care_contact_name"))
        .col(text_null("care_contact_phone"))
        .col(text_null("preparation"))
        .col(text("reminder_minutes"))
        .col(text("needs"))
        .col(text("state"))
        .col(date("made_until"))
        .col(id_null("previous_series_id"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "appointment_series",
            "previous_series_id",
            "appointment_series",
        ))
        .take()
}

fn appointment_series_attendees() -> TableCreateStatement {
    circle_table("appointment_series_attendees")
        .col(id("series_id"))
        .col(id("member_id"))
        .col(text("response"))
        .foreign_key(&mut within_circle(
            "appointment_series_attendees",
            "series_id",
            "appointment_series",
        ))
        .foreign_key(&mut within_circle(
            "appointment_series_attendees",
            "member_id",
            "memberships",
        ))
        .take()
}
