//! What people write to each other: threads and who is named in them,
//! messages and their earlier bodies, and how far each member has read.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, drop_tables, id, id_null, index, instant, instant_null, int, text, text_null,
    unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_threads(manager).await?;
        create_messages(manager).await?;

        manager
            .create_table(
                circle_table("read_cursors")
                    .col(id("thread_id"))
                    .col(id("member_id"))
                    .col(int("number"))
                    .foreign_key(&mut within_circle("read_cursors", "thread_id", "threads"))
                    .foreign_key(&mut within_circle(
                        "read_cursors",
                        "member_id",
                        "memberships",
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique(
                "read_cursors",
                &["circle_id", "member_id", "thread_id"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "read_cursors",
                "message_edits",
                "messages",
                "thread_members",
                "threads",
            ],
        )
        .await
    }
}

async fn create_threads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            circle_table("threads")
                .col(text("kind"))
                .col(text_null("topic"))
                .col(text_null("title"))
                .col(text("state"))
                .col(int("last_number"))
                .col(instant("last_activity_at"))
                .take(),
        )
        .await?;
    manager
        .create_index(index("threads", &["circle_id", "last_activity_at", "id"]))
        .await?;

    manager
        .create_table(
            circle_table("thread_members")
                .col(id("thread_id"))
                .col(id("member_id"))
                .foreign_key(&mut within_circle("thread_members", "thread_id", "threads"))
                .foreign_key(&mut within_circle(
                    "thread_members",
                    "member_id",
                    "memberships",
                ))
                .take(),
        )
        .await?;
    manager
        .create_index(unique(
            "thread_members",
            &["circle_id", "thread_id", "member_id"],
        ))
        .await?;
    manager
        .create_index(index("thread_members", &["circle_id", "member_id"]))
        .await
}

async fn create_messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            circle_table("messages")
                .col(id("thread_id"))
                .col(int("number"))
                .col(text_null("body"))
                .col(id_null("reply_to"))
                .col(text("mentions"))
                .col(instant_null("edited_at"))
                .col(instant_null("deleted_at"))
                .foreign_key(&mut within_circle("messages", "thread_id", "threads"))
                .foreign_key(&mut within_circle("messages", "reply_to", "messages"))
                .take(),
        )
        .await?;
    manager
        .create_index(unique("messages", &["circle_id", "thread_id", "number"]))
        .await?;

    manager
        .create_table(
            circle_table("message_edits")
                .col(id("message_id"))
                .col(int("message_version"))
                .col(text("body"))
                .col(instant("written_at"))
                .foreign_key(&mut within_circle(
                    "message_edits",
                    "message_id",
                    "messages",
                ))
                .take(),
        )
        .await?;
    manager
        .create_index(unique(
            "message_edits",
            &["circle_id", "message_id", "message_version"],
        ))
        .await
}
