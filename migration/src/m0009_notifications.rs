//! Reminders, notifications, the deliveries of mails, and the notification settings.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, create, date_null, drop_tables, flag, id, id_null, index, instant, instant_null,
    int, name, text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// At most one reminder for each item, person, version and offset. The person can be null, and
/// null never equals null in an index: the index uses the circle's id instead. This is written
/// in SQL, because the builder has no such index.
const ONE_REMINDER: &str = "CREATE UNIQUE INDEX reminders_item_key ON reminders (circle_id, \
     COALESCE(task_id, appointment_id, need_id), COALESCE(member_id, circle_id), \
     schedule_version, offset_minutes, (kind = 'uncovered'))";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, notification_settings(), vec![]).await?;
        create(
            manager,
            reminders(),
            vec![
                index("reminders", &["state", "fire_at", "id"]),
                index("reminders", &["circle_id", "state", "fire_at"]),
                index("reminders", &["circle_id", "task_id"]),
                index("reminders", &["circle_id", "appointment_id"]),
                index("reminders", &["circle_id", "need_id"]),
                index("reminders", &["circle_id", "member_id"]),
            ],
        )
        .await?;
        manager
            .get_connection()
            .execute_unprepared(ONE_REMINDER)
            .await?;
        create(
            manager,
            deliveries(),
            vec![
                unique(
                    "deliveries",
                    &["circle_id", "reminder_id", "member_id", "channel"],
                ),
                index(
                    "deliveries",
                    &["circle_id", "member_id", "read_at", "created_at"],
                ),
                index("deliveries", &["updated_at"]),
            ],
        )
        .await?;
        create(
            manager,
            notifications(),
            vec![
                index("notifications", &["circle_id", "member_id", "state"]),
                index(
                    "notifications",
                    &["circle_id", "member_id", "read_at", "created_at"],
                ),
                index("notifications", &["circle_id", "task_id"]),
                index("notifications", &["circle_id", "appointment_id"]),
                index("notifications", &["circle_id", "need_id"]),
                index("notifications", &["circle_id", "role_id"]),
                index("notifications", &["circle_id", "invitation_id"]),
                index("notifications", &["circle_id", "subject_member_id"]),
                index("notifications", &["circle_id", "join_request_id"]),
                index("notifications", &["circle_id", "task_series_id"]),
                index("notifications", &["circle_id", "appointment_series_id"]),
                index("notifications", &["updated_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "notifications",
                "deliveries",
                "reminders",
                "notification_settings",
            ],
        )
        .await
    }
}

fn notification_settings() -> TableCreateStatement {
    Table::create()
        .table(name("notification_settings"))
        .col(id("circle_id"))
        .col(id("member_id"))
        .col(text("category"))
        .col(text("delivery"))
        .col(instant_null("unsubscribed_at"))
        .primary_key(
            Index::create()
                .col(name("circle_id"))
                .col(name("member_id"))
                .col(name("category")),
        )
        .foreign_key(&mut within_circle(
            "notification_settings",
            "member_id",
            "memberships",
        ))
        .take()
}

fn reminders() -> TableCreateStatement {
    circle_table("reminders")
        .col(text("kind"))
        .col(id_null("task_id"))
        .col(id_null("appointment_id"))
        .col(id_null("need_id"))
        .col(id_null("member_id"))
        .col(int("schedule_version"))
        .col(int("offset_minutes"))
        .col(instant("fire_at"))
        .col(instant("not_after"))
        .col(text("state"))
        .col(flag("sent_early"))
        .foreign_key(&mut within_circle("reminders", "task_id", "tasks"))
        .foreign_key(&mut within_circle(
            "reminders",
            "appointment_id",
            "appointments",
        ))
        .foreign_key(&mut within_circle("reminders", "need_id", "needs"))
        .foreign_key(&mut within_circle("reminders", "member_id", "memberships"))
        .take()
}

fn deliveries() -> TableCreateStatement {
    circle_table("deliveries")
        .col(id("reminder_id"))
        .col(id("member_id"))
        .col(text("channel"))
        .col(text("state"))
        .col(text_null("reason"))
        .col(int("attempts"))
        .col(instant_null("sent_at"))
        .col(instant_null("read_at"))
        .foreign_key(&mut within_circle("deliveries", "reminder_id", "reminders"))
        .foreign_key(&mut within_circle("deliveries", "member_id", "memberships"))
        .take()
}

fn notifications() -> TableCreateStatement {
    circle_table("notifications")
        .col(id("member_id"))
        .col(text("category"))
        .col(text("kind"))
        .col(id_null("task_id"))
        .col(id_null("appointment_id"))
        .col(id_null("need_id"))
        .col(id_null("role_id"))
        .col(id_null("invitation_id"))
        .col(id_null("subject_member_id"))
        .col(id_null("join_request_id"))
        .col(id_null("task_series_id"))
        .col(id_null("appointment_series_id"))
        .col(instant_null("was_at"))
        .col(date_null("was_on"))
        .col(text("state"))
        .col(text_null("reason"))
        .col(id_null("job_id"))
        .col(int("attempts"))
        .col(instant_null("sent_at"))
        .col(instant_null("read_at"))
        .foreign_key(&mut within_circle(
            "notifications",
            "member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle("notifications", "task_id", "tasks"))
        .foreign_key(&mut within_circle(
            "notifications",
            "appointment_id",
            "appointments",
        ))
        .foreign_key(&mut within_circle("notifications", "need_id", "needs"))
        .foreign_key(&mut within_circle("notifications", "role_id", "roles"))
        .foreign_key(&mut within_circle(
            "notifications",
            "invitation_id",
            "invitations",
        ))
        .foreign_key(&mut within_circle(
            "notifications",
            "subject_member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle(
            "notifications",
            "join_request_id",
            "join_requests",
        ))
        .foreign_key(&mut within_circle(
            "notifications",
            "task_series_id",
            "task_series",
        ))
        .foreign_key(&mut within_circle(
            "notifications",
            "appointment_series_id",
            "appointment_series",
        ))
        .take()
}
