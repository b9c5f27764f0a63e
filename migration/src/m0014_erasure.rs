//! When an account or a circle is going to be erased, and who asked for it; and
//! the log by its age.

use sea_orm_migration::prelude::*;

use crate::columns::{id_null, index, instant_null, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, mut column) in columns() {
            let add = Table::alter()
                .table(name(table))
                .add_column(&mut column)
                .take();
            manager.alter_table(add).await?;
        }
        manager.create_index(index("changes", &["at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut drop = Index::drop();
        drop.name("changes_at_idx").table(name("changes"));
        manager.drop_index(drop).await?;
        for (table, column) in columns() {
            let drop = Table::alter()
                .table(name(table))
                .drop_column(Alias::new(column.get_column_name()))
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// SQLite adds and drops one column a statement.
fn columns() -> [(&'static str, ColumnDef); 3] {
    [
        ("users", instant_null("erase_at")),
        ("circles", instant_null("erase_at")),
        ("circles", id_null("erase_asked_by")),
    ]
}
