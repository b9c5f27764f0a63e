//! Getting back in after the password is forgotten, and slowing down who guesses.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, drop_tables, id, index, instant, int, name, reference, table, text, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("password_resets")
                    .col(text("email"))
                    .col(instant("asked_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("password_resets", &["email"]))
            .await?;

        manager
            .create_table(
                table("known_devices")
                    .col(id("user_id"))
                    .col(bytes("token_hash"))
                    .col(instant("created_at"))
                    .col(instant("last_used_at"))
                    .foreign_key(&mut reference("known_devices", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("known_devices", &["token_hash"]))
            .await?;
        manager
            .create_index(index("known_devices", &["user_id"]))
            .await?;

        manager
            .create_table(
                Table::create()
                    .table(name("throttles"))
                    .col(bytes("subject_hash").primary_key().take())
                    .col(int("tries"))
                    .col(instant("until"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["throttles", "known_devices", "password_resets"]).await
    }
}
