//! Appointments, their attendees, their needs, and the assignments of needs. The series of
//! appointments are in `m0007_appointment_series`.

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
        create(
            manager,
            appointments(),
            vec![
                unique("appointments", &["circle_id", "series_id", "original_on"]),
                index("appointments", &["circle_id", "sort_at", "id", "over_at"]),
            ],
        )
        .await?;
        create(
            manager,
            attendances(),
            vec![
                unique("attendances", &["circle_id", "appointment_id", "member_id"]),
                index("attendances", &["circle_id", "member_id"]),
            ],
        )
        .await?;
        create(
            manager,
            needs(),
            vec![
                index("needs", &["circle_id", "appointment_id"]),
                index("needs", &["circle_id", "sort_at", "id", "over_at"]),
            ],
        )
        .await?;
        create(
            manager,
            need_assignments(),
            vec![
                unique("need_assignments", &["circle_id", "need_id", "member_id"]),
                index("need_assignments", &["circle_id", "member_id"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["need_assignments", "needs", "attendances", "appointments"],
        )
        .await
    }
}

fn appointments() -> TableCreateStatement {
    circle_table("appointments")
        .col(id_null("series_id"))
        .col(date_null("original_on"))
        .col(flag("is_exception").default(false).take())
        .col(text("kind"))
        .col(text("title"))
        .col(text("topic"))
        .col(date_null("starts_on"))
        .col(date_null("ends_on"))
        .col(local_null("starts_local"))
        .col(local_null("ends_local"))
        .col(text_null("time_zone"))
        .col(instant_null("starts_at"))
        .col(instant_null("ends_at"))
        .col(instant("sort_at"))
        .col(instant("over_at").default(NEVER).take())
        .col(text_null("location"))
        .col(text_null("video_link"))
        .col(text_null("care_contact_name"))
        .col(text_null("care_contact_phone"))
        .col(text_null("preparation"))
        .col(text_null("outcome"))
        .col(text("reminder_minutes"))
        .col(text("state"))
        .col(text_null("canceled_from"))
        .col(int("schedule_version"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "appointments",
            "series_id",
            "appointment_series",
        ))
        .take()
}

fn attendances() -> TableCreateStatement {
    circle_table("attendances")
        .col(id("appointment_id"))
        .col(id("member_id"))
        .col(text("response"))
        .foreign_key(&mut within_circle(
            "attendances",
            "appointment_id",
            "appointments",
        ))
        .foreign_key(&mut within_circle(
            "attendances",
            "member_id",
            "memberships",
        ))
        .take()
}

fn needs() -> TableCreateStatement {
    circle_table("needs")
        .col(id("appointment_id"))
        .col(int_null("series_need"))
        .col(text("kind"))
        .col(int("people_needed"))
        .col(int("people_accepted"))
        .col(int("people_uncertain").default(0).take())
        .col(text_null("pickup_location"))
        .col(text_null("dropoff_location"))
        .col(text_null("notes"))
        .col(date_null("starts_on"))
        .col(date_null("ends_on"))
        .col(local_null("starts_local"))
        .col(local_null("ends_local"))
        .col(text_null("time_zone"))
        .col(instant_null("starts_at"))
        .col(instant_null("ends_at"))
        .col(instant("sort_at"))
        .col(instant("over_at").default(NEVER).take())
        .col(text("state"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "needs",
            "appointment_id",
            "appointments",
        ))
        .take()
}

fn need_assignments() -> TableCreateStatement {
    circle_table("need_assignments")
        .col(id("need_id"))
        .col(id("member_id"))
        .col(text("state"))
        .col(flag("is_handing_over").default(false).take())
        .col(flag("is_away").default(false).take())
        .col(instant_null("taken_at"))
        .foreign_key(&mut within_circle("need_assignments", "need_id", "needs"))
        .foreign_key(&mut within_circle(
            "need_assignments",
            "member_id",
            "memberships",
        ))
        .take()
}
