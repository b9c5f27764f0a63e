//! Absences of members.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, create, date_null, drop_tables, id, index, name, text, text_null, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            absences(),
            vec![
                index("absences", &["circle_id", "member_id"]),
                index("absences", &["circle_id", "from_on", "id"]),
                index("absences", &["circle_id", "state"]),
                index("absences", &["state", "until_on"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["absences"]).await
    }
}

fn absences() -> TableCreateStatement {
    circle_table("absences")
        .col(id("member_id"))
        .col(ColumnDef::new(name("from_on")).date().not_null())
        .col(date_null("until_on"))
        .col(text_null("note"))
        .col(text("state"))
        .foreign_key(&mut within_circle("absences", "member_id", "memberships"))
        .take()
}
