//! Who called a thread what it is called: the title goes with its author. And the
//! index by which the open tasks of a circle are counted.

use sea_orm_migration::prelude::*;

use crate::columns::{id_null, index, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table(name("threads"))
            .add_column(id_null("titled_by"))
            .take();
        manager.alter_table(add).await?;
        let by_author = Query::update()
            .table(name("threads"))
            .value(name("titled_by"), Expr::col(name("created_by")))
            .take();
        manager.execute(by_author).await?;
        manager
            .create_index(index("tasks", &["circle_id", "state"]))
            .await?;
        manager
            .create_index(index("circles", &["created_by_user"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, index) in [
            ("tasks", "tasks_circle_id_state_idx"),
            ("circles", "circles_created_by_user_idx"),
        ] {
            let drop = Index::drop().name(index).table(name(table)).to_owned();
            manager.drop_index(drop).await?;
        }
        let drop = Table::alter()
            .table(name("threads"))
            .drop_column(name("titled_by"))
            .take();
        manager.alter_table(drop).await
    }
}
