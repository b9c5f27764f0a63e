//! Work to be done after a transaction, and answers kept for a repeated request.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, drop_tables, id, index, instant, instant_null, int, name, table, text, text_null, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("jobs")
                    .col(text("payload"))
                    .col(text_null("dedupe_key"))
                    .col(text("state"))
                    .col(instant("run_at"))
                    .col(int("attempts"))
                    .col(int("fence"))
                    .col(instant_null("leased_until"))
                    .col(text_null("last_error"))
                    .col(instant("created_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("jobs", &["dedupe_key"]))
            .await?;
        manager
            .create_index(index("jobs", &["state", "run_at"]))
            .await?;

        manager
            .create_table(
                Table::create()
                    .table(name("idempotency_records"))
                    .col(id("user_id"))
                    .col(text("method"))
                    .col(text("path"))
                    .col(text("key"))
                    .col(bytes("body_hash"))
                    .col(int("status"))
                    .col(text("headers"))
                    .col(text("body"))
                    .col(text_null("topics"))
                    .col(instant("created_at"))
                    .primary_key(
                        Index::create()
                            .col(name("user_id"))
                            .col(name("method"))
                            .col(name("path"))
                            .col(name("key")),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(index("idempotency_records", &["created_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["idempotency_records", "jobs"]).await
    }
}
