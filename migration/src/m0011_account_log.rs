//! What happened to an account, for its owner to see; and when a session last
//! proved who holds it.

use sea_orm_migration::prelude::*;

use crate::columns::{
    drop_tables, id_null, index, instant, instant_null, name, reference, table, text, text_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table("account_events")
                    .col(id_null("user_id"))
                    .col(instant("at"))
                    .col(text("kind"))
                    .col(text("way"))
                    .col(id_null("session_id"))
                    .col(text_null("device_label"))
                    .col(text_null("request_id"))
                    .col(text_null("address_prefix"))
                    .foreign_key(&mut reference("account_events", "user_id", "users"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("account_events", &["user_id", "at"]))
            .await?;
        manager
            .create_index(index("account_events", &["at"]))
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table(name("sessions"))
                    .add_column(instant_null("authenticated_at"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table(name("sessions"))
                    .drop_column(name("authenticated_at"))
                    .take(),
            )
            .await?;
        drop_tables(manager, &["account_events"]).await
    }
}
