//! Wider indexes of tasks: what waits for a person in all circles is found without reading the tasks
//! themselves, which are on many pages.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_index, index, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

const WITH_ROOM: &str = "tasks_circle_id_state_with_room_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, WITH_ROOM).await?;
        // The columns that say whether an offer of a task is open for a member.
        let columns = [
            "circle_id",
            "state",
            "id",
            "topic",
            "starts_local",
            "due_at",
        ];
        manager.create_index(with_room(&columns)).await?;
        drop_index(manager, "tasks_circle_id_state_sort_at_id_idx").await?;
        // The suggestions that a member sees are counted.
        let columns = ["circle_id", "state", "sort_at", "id", "topic"];
        manager.create_index(index("tasks", &columns)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, "tasks_circle_id_state_sort_at_id_topic_idx").await?;
        let columns = ["circle_id", "state", "sort_at", "id"];
        manager.create_index(index("tasks", &columns)).await?;
        drop_index(manager, WITH_ROOM).await?;
        manager
            .create_index(with_room(&["circle_id", "state"]))
            .await
    }
}

/// An index of the tasks that still need people.
fn with_room(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(WITH_ROOM)
        .table(name("tasks"))
        .and_where(Expr::col(name("people_accepted")).lt(Expr::col(name("people_needed"))))
        .take();
    for column in columns {
        index.col(name(column));
    }
    index
}
