//! Accounts, the links and codes in mails, and the security events of an account.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, create, drop_tables, id, id_null, index, instant, instant_null, int, reference, table,
    text, text_null, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            users(),
            vec![
                unique("users", &["email"]),
                unique("users", &["avatar_file_id"]),
                index("users", &["quiet_check_at"]),
            ],
        )
        .await?;
        create(
            manager,
            registrations(),
            vec![
                index("registrations", &["email"]),
                index("registrations", &["expires_at"]),
            ],
        )
        .await?;
        create(
            manager,
            password_resets(),
            vec![
                unique("password_resets", &["email"]),
                index("password_resets", &["asked_at"]),
            ],
        )
        .await?;
        create(
            manager,
            email_changes(),
            vec![
                index("email_changes", &["user_id"]),
                index("email_changes", &["asked_at"]),
            ],
        )
        .await?;
        create(
            manager,
            mail_tokens(),
            vec![
                unique("mail_tokens", &["token_hash"]),
                index("mail_tokens", &["subject_id", "kind"]),
                index("mail_tokens", &["member_id"]),
                index("mail_tokens", &["expires_at"]),
            ],
        )
        .await?;
        create(
            manager,
            security_events(),
            vec![
                index("security_events", &["user_id", "occurred_at"]),
                index("security_events", &["occurred_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "security_events",
                "mail_tokens",
                "email_changes",
                "password_resets",
                "registrations",
                "users",
            ],
        )
        .await
    }
}

fn users() -> TableCreateStatement {
    table("users")
        .col(text("email"))
        .col(text("name"))
        .col(text_null("password_hash"))
        .col(text("time_zone"))
        .col(text_null("locale"))
        .col(text("state"))
        .col(text_null("quiet_from"))
        .col(text_null("quiet_until"))
        .col(instant_null("quiet_check_at"))
        .col(text("digest_time"))
        .col(text_null("digest_weekday"))
        .col(id_null("avatar_file_id"))
        .col(instant_null("deletion_scheduled_for"))
        .col(instant_null("bouncing_since"))
        .col(int("bounces"))
        .col(int("version"))
        .col(instant("created_at"))
        .col(instant("updated_at"))
        .take()
}

fn registrations() -> TableCreateStatement {
    table("registrations")
        .col(text("email"))
        .col(text("name"))
        .col(text("password_hash"))
        .col(text("time_zone"))
        .col(text_null("locale"))
        .col(bytes("code_hash"))
        .col(int("code_number"))
        .col(int("tries_left"))
        .col(instant("code_expires_at"))
        .col(instant("expires_at"))
        .col(instant_null("confirmed_at"))
        .col(instant("created_at"))
        .take()
}

fn password_resets() -> TableCreateStatement {
    table("password_resets")
        .col(text("email"))
        .col(instant("asked_at"))
        .take()
}

fn email_changes() -> TableCreateStatement {
    table("email_changes")
        .col(id("user_id"))
        .col(text("old_email"))
        .col(text("new_email"))
        .col(instant("asked_at"))
        .col(instant_null("confirmed_at"))
        .col(instant_null("undone_at"))
        .foreign_key(&mut reference("email_changes", "user_id", "users"))
        .take()
}

/// The links in mails. They have no foreign key, because they refer to rows of several tables.
fn mail_tokens() -> TableCreateStatement {
    table("mail_tokens")
        .col(text("kind"))
        .col(bytes("token_hash"))
        .col(id_null("circle_id"))
        .col(id("subject_id"))
        .col(text_null("subject_type"))
        .col(id_null("member_id"))
        .col(instant("created_at"))
        .col(instant_null("expires_at"))
        .col(instant_null("used_at"))
        .col(instant_null("voided_at"))
        .take()
}

fn security_events() -> TableCreateStatement {
    table("security_events")
        .col(id_null("user_id"))
        .col(instant("occurred_at"))
        .col(text("kind"))
        .col(text("actor_kind"))
        .col(id_null("session_id"))
        .col(text_null("device_label"))
        .col(text_null("request_id"))
        .col(text_null("address_prefix"))
        .foreign_key(&mut reference("security_events", "user_id", "users"))
        .take()
}
