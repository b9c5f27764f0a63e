//! Personal access tokens, and the circles of each token.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, create, drop_tables, id, index, instant, instant_null, name, reference, table, text,
    unique, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            personal_access_tokens(),
            vec![
                unique("personal_access_tokens", &["token_hash"]),
                index("personal_access_tokens", &["user_id"]),
                index("personal_access_tokens", &["ended_at"]),
                index("personal_access_tokens", &["expires_at"]),
            ],
        )
        .await?;
        create(
            manager,
            personal_access_token_circles(),
            vec![index(
                "personal_access_token_circles",
                &["circle_id", "member_id"],
            )],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["personal_access_token_circles", "personal_access_tokens"],
        )
        .await
    }
}

fn personal_access_tokens() -> TableCreateStatement {
    table("personal_access_tokens")
        .col(id("user_id"))
        .col(text("name"))
        .col(bytes("token_hash"))
        .col(text("scopes"))
        .col(instant("created_at"))
        .col(instant("expires_at"))
        .col(instant_null("last_used_at"))
        .col(instant_null("ended_at"))
        .foreign_key(&mut reference("personal_access_tokens", "user_id", "users"))
        .take()
}

fn personal_access_token_circles() -> TableCreateStatement {
    Table::create()
        .table(name("personal_access_token_circles"))
        .col(id("personal_access_token_id"))
        .col(id("circle_id"))
        .col(id("member_id"))
        .primary_key(
            Index::create()
                .col(name("personal_access_token_id"))
                .col(name("circle_id")),
        )
        .foreign_key(&mut reference(
            "personal_access_token_circles",
            "personal_access_token_id",
            "personal_access_tokens",
        ))
        .foreign_key(&mut within_circle(
            "personal_access_token_circles",
            "member_id",
            "memberships",
        ))
        .take()
}
