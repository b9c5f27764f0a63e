//! Which releases of the time zone database the stored instants have followed.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_tables, instant, name, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(name("zone_rules"))
            .col(text("version").primary_key().take())
            .col(instant("followed_at"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["zone_rules"]).await
    }
}
