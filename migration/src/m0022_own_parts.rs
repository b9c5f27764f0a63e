//! Whether a helper completed their own part of a task, or somebody the whole.

use sea_orm_migration::prelude::*;

use crate::columns::{flag, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table(name("task_assignments"))
            .add_column(flag("own_part_done").default(false).take())
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(name("task_assignments"))
            .drop_column(name("own_part_done"))
            .take();
        manager.alter_table(drop).await
    }
}
