//! Questions for the care team, and the agenda of family meetings.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, date_null, drop_tables, flag, id, id_null, index, int, text,
    text_null, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            questions(),
            vec![
                index("questions", &["circle_id", "created_at", "id"]),
                index("questions", &["circle_id", "state", "topic", "created_at"]),
                index("questions", &["circle_id", "appointment_id", "state"]),
                index("questions", &["circle_id", "heard_by_member_id"]),
            ],
        )
        .await?;
        create(
            manager,
            agenda_items(),
            vec![index("agenda_items", &["circle_id", "appointment_id"])],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["agenda_items", "questions"]).await
    }
}

fn questions() -> TableCreateStatement {
    circle_table("questions")
        .col(text("text"))
        .col(text("topic"))
        .col(text("state"))
        .col(id_null("appointment_id"))
        .col(flag("carried_over"))
        .col(text_null("answer"))
        .col(id_null("heard_by_member_id"))
        .col(date_null("answered_on"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "questions",
            "appointment_id",
            "appointments",
        ))
        .foreign_key(&mut within_circle(
            "questions",
            "heard_by_member_id",
            "memberships",
        ))
        .take()
}

fn agenda_items() -> TableCreateStatement {
    circle_table("agenda_items")
        .col(id("appointment_id"))
        .col(text("title"))
        .col(int("position"))
        .col(text_null("notes"))
        .col(text_null("outcome"))
        .col(text("state"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle(
            "agenda_items",
            "appointment_id",
            "appointments",
        ))
        .take()
}
