//! Which life of the database this is: after a restore another one begins.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_tables, int, name, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(name("database_state"))
                    .col(int("id").primary_key().take())
                    .col(text("generation"))
                    .col(text("place"))
                    .take(),
            )
            .await?;
        let only = Query::insert()
            .into_table(name("database_state"))
            .columns([name("id"), name("generation"), name("place")])
            .values_panic([1.into(), "".into(), "".into()])
            .take();
        manager.execute(only).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["database_state"]).await
    }
}
