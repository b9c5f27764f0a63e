//! Who switched mails off: their reader in the app, or anybody who holds a mail's link.

use sea_orm_migration::prelude::*;

use crate::columns::{instant_null, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let when = Table::alter()
            .table(name("notification_preferences"))
            .add_column(instant_null("off_by_link_at"))
            .take();
        manager.alter_table(when).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let when = Table::alter()
            .table(name("notification_preferences"))
            .drop_column(name("off_by_link_at"))
            .take();
        manager.alter_table(when).await
    }
}
