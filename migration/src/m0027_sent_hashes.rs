//! What was sent when a thing was made whose client chose its id: a repeated
//! create is told from another one under the same id.

use sea_orm_migration::prelude::*;

use crate::columns::{bytes_null, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 9] = [
    "circles",
    "invitations",
    "roles",
    "task_lists",
    "tasks",
    "appointments",
    "needs",
    "threads",
    "messages",
];
const COLUMN: &str = "sent_hash";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let add = Table::alter()
                .table(name(table))
                .add_column(bytes_null(COLUMN))
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let drop = Table::alter()
                .table(name(table))
                .drop_column(name(COLUMN))
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
