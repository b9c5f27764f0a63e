//! More ways in, and more it takes: mailed codes, one-time passwords, recovery
//! codes; and moving an account to another address.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint_null, bytes, drop_tables, id, id_null, index, instant, instant_null, int, reference,
    table, text, text_null, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("email_changes")
                    .col(id("user_id"))
                    .col(text("old_email"))
                    .col(text("new_email"))
                    .col(instant("asked_at"))
                    .col(instant_null("confirmed_at"))
                    .col(instant_null("undone_at"))
                    .foreign_key(&mut reference("email_changes", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("email_changes", &["user_id"]))
            .await?;

        manager
            .create_table(
                table("sign_in_codes")
                    .col(text("email"))
                    .col(text_null("device_label"))
                    .col(bytes("code_hash"))
                    .col(int("tries_left"))
                    .col(instant("created_at"))
                    .col(instant("expires_at"))
                    .col(instant_null("used_at"))
                    .take(),
            )
            .await?;

        manager
            .create_table(
                table("totp_factors")
                    .col(id("user_id"))
                    .col(bytes("seed"))
                    .col(bigint_null("last_step"))
                    .col(instant("created_at"))
                    .col(instant_null("confirmed_at"))
                    .foreign_key(&mut reference("totp_factors", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("totp_factors", &["user_id"]))
            .await?;

        manager
            .create_table(
                table("recovery_codes")
                    .col(id("user_id"))
                    .col(int("number"))
                    .col(text("code_hash"))
                    .col(instant("created_at"))
                    .col(instant_null("used_at"))
                    .foreign_key(&mut reference("recovery_codes", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("recovery_codes", &["user_id", "number"]))
            .await?;

        manager
            .create_table(
                table("sign_in_tickets")
                    .col(id("user_id"))
                    .col(bytes("token_hash"))
                    .col(id_null("known_device_id"))
                    .col(text_null("device_label"))
                    .col(id("account_event_id"))
                    .col(int("failures"))
                    .col(instant("created_at"))
                    .col(instant("expires_at"))
                    .col(instant_null("used_at"))
                    .foreign_key(&mut reference("sign_in_tickets", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("sign_in_tickets", &["token_hash"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "sign_in_tickets",
                "recovery_codes",
                "totp_factors",
                "sign_in_codes",
                "email_changes",
            ],
        )
        .await
    }
}
