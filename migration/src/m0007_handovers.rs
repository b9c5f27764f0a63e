//! Handovers of tasks, needs and roles.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, create, drop_tables, id, id_null, index, instant, instant_null, text, text_null,
    within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A member has at most one open handover of the same thing. This is written in SQL, because the
/// builder has no such index.
const ONE_OPEN: &str = "CREATE UNIQUE INDEX handovers_open_key ON handovers (circle_id, \
     from_member_id, COALESCE(task_id, need_id, role_assignment_id)) WHERE state = 'open'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            handovers(),
            vec![
                index("handovers", &["circle_id", "task_id"]),
                index("handovers", &["circle_id", "need_id"]),
                index("handovers", &["circle_id", "role_assignment_id"]),
                index("handovers", &["circle_id", "from_member_id"]),
                index("handovers", &["circle_id", "to_member_id"]),
                index("handovers", &["circle_id", "taken_by_member_id"]),
                index("handovers", &["circle_id", "state"]),
                index("handovers", &["state", "expires_at"]),
            ],
        )
        .await?;
        manager
            .get_connection()
            .execute_unprepared(ONE_OPEN)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["handovers"]).await
    }
}

fn handovers() -> TableCreateStatement {
    circle_table("handovers")
        .col(id_null("task_id"))
        .col(id_null("need_id"))
        .col(id_null("role_assignment_id"))
        .col(id("from_member_id"))
        .col(id_null("to_member_id"))
        .col(id_null("taken_by_member_id"))
        .col(text("reason"))
        .col(text_null("note"))
        .col(text("state"))
        .col(instant("expires_at"))
        .col(instant_null("ended_at"))
        .foreign_key(&mut within_circle("handovers", "task_id", "tasks"))
        .foreign_key(&mut within_circle("handovers", "need_id", "needs"))
        .foreign_key(&mut within_circle(
            "handovers",
            "role_assignment_id",
            "role_assignments",
        ))
        .foreign_key(&mut within_circle(
            "handovers",
            "from_member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle(
            "handovers",
            "to_member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle(
            "handovers",
            "taken_by_member_id",
            "memberships",
        ))
        .take()
}
