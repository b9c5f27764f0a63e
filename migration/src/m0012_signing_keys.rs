//! The keys that sign access tokens, which come and go while servers run.

use sea_orm_migration::prelude::*;

use crate::columns::{bytes, drop_tables, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("signing_keys")
                    .col(bytes("public_key"))
                    .col(bytes("sealed_seed"))
                    .col(instant("created_at"))
                    .col(instant("active_from"))
                    .col(instant_null("ends_at"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["signing_keys"]).await
    }
}
