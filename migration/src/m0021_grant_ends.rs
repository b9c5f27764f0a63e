//! Grants that end by the clock are looked for every few seconds.

use sea_orm_migration::prelude::*;

use crate::columns::{index, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(index("topic_grants", &["until"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name("topic_grants_until_idx")
            .table(name("topic_grants"))
            .to_owned();
        manager.drop_index(index).await
    }
}
