//! Passkeys, and the challenges that wait to be signed with one.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, drop_tables, id, id_null, index, instant, instant_null, reference, table, text, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("passkeys")
                    .col(id("user_id"))
                    .col(text("name"))
                    .col(bytes("credential_id"))
                    .col(text("credential"))
                    .col(instant("created_at"))
                    .col(instant_null("last_used_at"))
                    .foreign_key(&mut reference("passkeys", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("passkeys", &["user_id"]))
            .await?;
        manager
            .create_index(unique("passkeys", &["credential_id"]))
            .await?;

        manager
            .create_table(
                table("passkey_challenges")
                    .col(text("purpose"))
                    .col(id_null("user_id"))
                    .col(id_null("session_id"))
                    .col(text("state"))
                    .col(instant("created_at"))
                    .col(instant("expires_at"))
                    .col(instant_null("used_at"))
                    .foreign_key(&mut reference("passkey_challenges", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("passkey_challenges", &["user_id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["passkey_challenges", "passkeys"]).await
    }
}
