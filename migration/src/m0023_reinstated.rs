//! What an appointment was before it was cancelled: reinstated, it is that again.

use sea_orm_migration::prelude::*;

use crate::columns::{name, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table(name("appointments"))
            .add_column(text_null("cancelled_from"))
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(name("appointments"))
            .drop_column(name("cancelled_from"))
            .take();
        manager.alter_table(drop).await
    }
}
