//! How much of each quota the nodes have reserved.

use sea_orm_migration::prelude::*;

use crate::columns::{bigint, bytes, drop_tables, index, instant, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(name("rate_windows"))
                    .col(bytes("subject_hash"))
                    .col(instant("ends_at"))
                    .col(bigint("reserved"))
                    .primary_key(
                        Index::create()
                            .col(name("subject_hash"))
                            .col(name("ends_at")),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(index("rate_windows", &["ends_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["rate_windows"]).await
    }
}
