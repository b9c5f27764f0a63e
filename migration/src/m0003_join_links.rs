//! Links by which several people ask to join a circle, and their requests.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, create, drop_tables, flag, id, index, instant, instant_null, int, reference,
    text, text_null, unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            join_links(),
            vec![index("join_links", &["expires_at"])],
        )
        .await?;
        create(
            manager,
            join_requests(),
            vec![
                unique("join_requests", &["circle_id", "join_link_id", "user_id"]),
                index("join_requests", &["user_id"]),
                index("join_requests", &["updated_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["join_requests", "join_links"]).await
    }
}

fn join_links() -> TableCreateStatement {
    circle_table("join_links")
        .col(text("access"))
        .col(int("max_uses"))
        .col(int("uses"))
        .col(flag("needs_approval"))
        .col(instant("expires_at"))
        .col(instant_null("revoked_at"))
        .take()
}

fn join_requests() -> TableCreateStatement {
    circle_table("join_requests")
        .col(id("join_link_id"))
        .col(id("user_id"))
        .col(text("name"))
        .col(text_null("note"))
        .col(text("state"))
        .foreign_key(&mut within_circle(
            "join_requests",
            "join_link_id",
            "join_links",
        ))
        .foreign_key(&mut reference("join_requests", "user_id", "users"))
        .take()
}
