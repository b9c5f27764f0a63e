//! Indexes for the views of a person: what is open for a member is found without reading what was
//! done long ago.

use sea_orm_migration::prelude::*;

use crate::columns::{index, name};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TASKS_WITH_ROOM: &str = "tasks_circle_id_state_with_room_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for new in added() {
            manager.create_index(new).await?;
        }
        for old in replaced() {
            drop_index(manager, &old).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for old in replaced() {
            manager.create_index(old).await?;
        }
        for new in added() {
            drop_index(manager, &new).await?;
        }
        Ok(())
    }
}

fn added() -> Vec<IndexCreateStatement> {
    vec![
        // The open parts of a member.
        index(
            "task_assignments",
            &["circle_id", "member_id", "state", "task_id"],
        ),
        // The open role offers of a member.
        index("role_assignments", &["circle_id", "member_id", "state"]),
        // The open tasks that still need people.
        Index::create()
            .name(TASKS_WITH_ROOM)
            .table(name("tasks"))
            .col(name("circle_id"))
            .col(name("state"))
            .and_where(Expr::col(name("people_accepted")).lt(Expr::col(name("people_needed"))))
            .take(),
        // What is not over.
        index("appointments", &["circle_id", "over_at"]),
        index("needs", &["circle_id", "over_at"]),
    ]
}

/// The new indexes of a member's parts begin with the same columns, and take their place.
fn replaced() -> [IndexCreateStatement; 2] {
    ["task_assignments", "role_assignments"].map(|table| index(table, &["circle_id", "member_id"]))
}

async fn drop_index(
    manager: &SchemaManager<'_>,
    index: &IndexCreateStatement,
) -> Result<(), DbErr> {
    let spec = index.get_index_spec();
    let name = spec.get_name().unwrap_or_default();
    manager
        .drop_index(Index::drop().name(name).to_owned())
        .await
}
