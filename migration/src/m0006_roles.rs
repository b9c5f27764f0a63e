//! Roles: who carries what, and who carried it before.

use sea_orm_migration::prelude::*;

use crate::columns::{
    circle_table, date_null, drop_tables, flag, id, id_null, index, int_null, text, text_null,
    within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                circle_table("roles")
                    .col(text("kind"))
                    .col(text_null("title"))
                    .col(text_null("description"))
                    .col(int_null("effort_minutes_per_week"))
                    .col(flag("shared"))
                    .col(flag("previously_carried_by_patient"))
                    .col(text("state"))
                    .take(),
            )
            .await?;

        let table = "role_assignments";
        manager
            .create_table(
                circle_table(table)
                    .col(id("role_id"))
                    .col(id("member_id"))
                    .col(text("state"))
                    .col(date_null("starts_on"))
                    .col(date_null("ends_on"))
                    .col(date_null("ended_on"))
                    .col(id_null("previous_assignment_id"))
                    .col(id_null("offered_by"))
                    .col(text_null("patient_part"))
                    .col(text_null("patient_part_text"))
                    .col(id_null("patient_part_task_id"))
                    .foreign_key(&mut within_circle(table, "role_id", "roles"))
                    .foreign_key(&mut within_circle(table, "member_id", "memberships"))
                    .foreign_key(&mut within_circle(table, "previous_assignment_id", table))
                    .foreign_key(&mut within_circle(table, "offered_by", "memberships"))
                    .foreign_key(&mut within_circle(table, "patient_part_task_id", "tasks"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(table, &["circle_id", "role_id"]))
            .await?;
        manager
            .create_index(index(table, &["circle_id", "member_id"]))
            .await?;
        manager
            .create_index(index(table, &["state", "ends_on"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["role_assignments", "roles"]).await
    }
}
