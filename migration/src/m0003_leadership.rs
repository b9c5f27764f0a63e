//! Who coordinates a circle when its coordinators are gone, and who decides for its patient.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, create, date_null, drop_tables, flag, id, id_null, index, instant_null, text,
    within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            successions(),
            vec![
                index("successions", &["circle_id", "created_at"]),
                index("successions", &["circle_id", "member_id"]),
                index("successions", &["circle_id", "supported_by_member_id"]),
            ],
        )
        .await?;
        create(
            manager,
            proxies(),
            vec![
                index("proxies", &["circle_id", "created_at"]),
                index("proxies", &["circle_id", "member_id"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["proxies", "successions"]).await
    }
}

fn successions() -> TableCreateStatement {
    circle_table("successions")
        .col(id("member_id"))
        .col(id_null("supported_by_member_id"))
        .col(text("state"))
        .col(instant_null("grant_at"))
        .foreign_key(&mut within_circle(
            "successions",
            "member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle(
            "successions",
            "supported_by_member_id",
            "memberships",
        ))
        .take()
}

fn proxies() -> TableCreateStatement {
    circle_table("proxies")
        .col(id("member_id"))
        .col(text("basis"))
        .col(date_null("said_on"))
        .col(flag("named_by_patient"))
        .col(text("state"))
        .col(instant_null("activated_at"))
        .foreign_key(&mut within_circle("proxies", "member_id", "memberships"))
        .take()
}
