//! An index under each column that a sweep asks about.

use sea_orm_migration::prelude::*;

use crate::columns::{index, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SWEPT: [(&str, &str); 17] = [
    ("registrations", "expires_at"),
    ("password_resets", "asked_at"),
    ("mail_tokens", "expires_at"),
    ("sign_in_codes", "expires_at"),
    ("sign_in_tickets", "expires_at"),
    ("passkey_challenges", "expires_at"),
    ("email_changes", "asked_at"),
    ("sessions", "ended_at"),
    ("sessions", "expires_at"),
    ("personal_tokens", "ended_at"),
    ("personal_tokens", "expires_at"),
    ("refresh_tokens", "used_at"),
    ("known_devices", "last_used_at"),
    ("invitations", "expires_at"),
    ("invitations", "updated_at"),
    ("notices", "updated_at"),
    ("deliveries", "updated_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in SWEPT {
            manager.create_index(index(table, &[column])).await?;
        }
        manager
            .create_index(index("throttles", &["forget_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let all = SWEPT.into_iter().chain([("throttles", "forget_at")]);
        for (table, column) in all {
            manager
                .drop_index(
                    Index::drop()
                        .name(format!("{table}_{column}_idx"))
                        .table(name(table))
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }
}
