//! Getting back in after the password is forgotten.

use sea_orm_migration::prelude::*;

use crate::columns::{instant, name, table, text, unique};

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
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(name("password_resets")).take())
            .await
    }
}
