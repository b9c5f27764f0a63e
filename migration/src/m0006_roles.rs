//! Roles, and their current and former assignments.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, circle_table, create, date_null, drop_tables, flag, id, id_null, index, int_null,
    text, text_null, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, roles(), vec![]).await?;
        create(
            manager,
            role_assignments(),
            vec![
                index("role_assignments", &["circle_id", "role_id"]),
                index("role_assignments", &["circle_id", "state"]),
                index("role_assignments", &["circle_id", "member_id"]),
                index("role_assignments", &["circle_id", "previous_assignment_id"]),
                index("role_assignments", &["circle_id", "offered_by_member_id"]),
                index("role_assignments", &["circle_id", "patient_part_task_id"]),
                index("role_assignments", &["state", "ends_on"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["role_assignments", "roles"]).await
    }
}

fn roles() -> TableCreateStatement {
    circle_table("roles")
        .col(text("kind"))
        .col(text_null("title"))
        .col(text_null("description"))
        .col(int_null("effort_minutes_per_week"))
        .col(flag("shared"))
        .col(flag("previously_carried_by_patient"))
        .col(text("state"))
        .col(bytes_null("sent_hash"))
        .take()
}

fn role_assignments() -> TableCreateStatement {
    circle_table("role_assignments")
        .col(id("role_id"))
        .col(id("member_id"))
        .col(text("state"))
        .col(date_null("starts_on"))
        .col(date_null("ends_on"))
        .col(date_null("ended_on"))
        .col(id_null("previous_assignment_id"))
        .col(id_null("offered_by_member_id"))
        .col(text_null("patient_part"))
        .col(text_null("patient_part_text"))
        .col(id_null("patient_part_task_id"))
        .col(flag("is_handing_over").default(false).take())
        .foreign_key(&mut within_circle("role_assignments", "role_id", "roles"))
        .foreign_key(&mut within_circle(
            "role_assignments",
            "member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle(
            "role_assignments",
            "previous_assignment_id",
            "role_assignments",
        ))
        .foreign_key(&mut within_circle(
            "role_assignments",
            "offered_by_member_id",
            "memberships",
        ))
        .foreign_key(&mut within_circle(
            "role_assignments",
            "patient_part_task_id",
            "tasks",
        ))
        .take()
}
