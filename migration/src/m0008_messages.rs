//! Threads and their members, messages and their revisions, and how far each member has read.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, drop_tables, id, id_null, index, instant, instant_null, int,
    text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            threads(),
            vec![
                index("threads", &["circle_id", "last_activity_at", "id"]),
                unique("threads", &["circle_id", "task_id"]),
                unique("threads", &["circle_id", "appointment_id"]),
            ],
        )
        .await?;
        create(
            manager,
            thread_members(),
            vec![
                unique("thread_members", &["circle_id", "thread_id", "member_id"]),
                index("thread_members", &["circle_id", "member_id"]),
            ],
        )
        .await?;
        create(
            manager,
            messages(),
            vec![
                unique("messages", &["circle_id", "thread_id", "number"]),
                index("messages", &["circle_id", "reply_to_message_id"]),
            ],
        )
        .await?;
        create(
            manager,
            message_edits(),
            vec![unique(
                "message_edits",
                &["circle_id", "message_id", "message_version"],
            )],
        )
        .await?;
        create(
            manager,
            read_cursors(),
            vec![
                unique("read_cursors", &["circle_id", "member_id", "thread_id"]),
                index("read_cursors", &["circle_id", "thread_id"]),
            ],
        )
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

fn threads() -> TableCreateStatement {
    circle_table("threads")
        .col(text("kind"))
        .col(text_null("topic"))
        .col(id_null("task_id"))
        .col(id_null("appointment_id"))
        .col(text_null("title"))
        .col(id_null("titled_by"))
        .col(text("state"))
        .col(int("last_number"))
        .col(instant("last_activity_at"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle("threads", "task_id", "tasks"))
        .foreign_key(&mut within_circle(
            "threads",
            "appointment_id",
            "appointments",
        ))
        .take()
}

fn thread_members() -> TableCreateStatement {
    circle_table("thread_members")
        .col(id("thread_id"))
        .col(id("member_id"))
        .foreign_key(&mut within_circle("thread_members", "thread_id", "threads"))
        .foreign_key(&mut within_circle(
            "thread_members",
            "member_id",
            "memberships",
        ))
        .take()
}

fn messages() -> TableCreateStatement {
    circle_table("messages")
        .col(id("thread_id"))
        .col(int("number"))
        .col(text_null("body"))
        .col(id_null("reply_to_message_id"))
        .col(text("mentioned_member_ids"))
        .col(instant_null("edited_at"))
        .col(instant_null("deleted_at"))
        .col(bytes_null("sent_hash"))
        .foreign_key(&mut within_circle("messages", "thread_id", "threads"))
        .foreign_key(&mut within_circle(
            "messages",
            "reply_to_message_id",
            "messages",
        ))
        .take()
}

fn message_edits() -> TableCreateStatement {
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
        .take()
}

fn read_cursors() -> TableCreateStatement {
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
        .take()
}
