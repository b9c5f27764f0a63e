//! People's accounts, the devices they are signed in on, and what mails prove.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, drop_tables, id, id_null, index, instant, instant_null, int, reference, table, text,
    text_null, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("users")
                    .col(text("email"))
                    .col(text("name"))
                    .col(text_null("password_hash"))
                    .col(text("time_zone"))
                    .col(text("state"))
                    .col(int("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("users", &["email"])).await?;

        manager
            .create_table(
                table("registrations")
                    .col(text("email"))
                    .col(text("name"))
                    .col(text("password_hash"))
                    .col(text("time_zone"))
                    .col(bytes("code_hash"))
                    .col(int("code_number"))
                    .col(int("tries_left"))
                    .col(instant("code_expires_at"))
                    .col(instant("expires_at"))
                    .col(instant_null("confirmed_at"))
                    .col(instant("created_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("registrations", &["email"]))
            .await?;

        manager
            .create_table(
                table("sessions")
                    .col(id("user_id"))
                    .col(text_null("device_label"))
                    .col(instant("created_at"))
                    .col(instant("last_used_at"))
                    .col(instant("expires_at"))
                    .col(instant_null("ended_at"))
                    .foreign_key(&mut reference("sessions", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("sessions", &["user_id"]))
            .await?;

        manager
            .create_table(
                table("refresh_tokens")
                    .col(id("session_id"))
                    .col(bytes("token_hash"))
                    .col(instant("created_at"))
                    .col(instant_null("used_at"))
                    .col(id_null("successor_id"))
                    .col(instant_null("access_used_at"))
                    .foreign_key(&mut reference("refresh_tokens", "session_id", "sessions"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("refresh_tokens", &["token_hash"]))
            .await?;
        manager
            .create_index(index("refresh_tokens", &["session_id"]))
            .await?;

        manager
            .create_table(
                table("mail_tokens")
                    .col(text("kind"))
                    .col(bytes("token_hash"))
                    .col(id_null("circle_id"))
                    .col(id("subject_id"))
                    .col(instant("created_at"))
                    .col(instant_null("expires_at"))
                    .col(instant_null("used_at"))
                    .col(instant_null("voided_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("mail_tokens", &["token_hash"]))
            .await?;
        manager
            .create_index(index("mail_tokens", &["subject_id", "kind"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "mail_tokens",
                "refresh_tokens",
                "sessions",
                "registrations",
                "users",
            ],
        )
        .await
    }
}
