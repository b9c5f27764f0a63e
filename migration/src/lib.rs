//! The migrations of Kith's schema. The first ten create the tables, one migration for each
//! area. Each later migration is one change and has the next number.
//!
//! A released migration never changes, and neither do the functions of `columns` that it calls.
//! The schema that results from all migrations is in `migration/schema/` for each database, and
//! a test compares it.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod columns;
mod m0001_accounts;
mod m0002_sign_in;
mod m0003_circles;
mod m0003_join_links;
mod m0003_leadership;
mod m0004_access_tokens;
mod m0005_checklists;
mod m0005_tasks;
mod m0006_roles;
mod m0007_absences;
mod m0007_appointment_series;
mod m0007_appointments;
mod m0007_handovers;
mod m0007_questions;
mod m0008_messages;
mod m0009_notifications;
mod m0010_server;
mod m0011_views;
mod m0012_indexes;
mod m0013_wider_indexes;
mod m0014_calendar;
mod m0015_search;

/// The ordered list of migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_sign_in::Migration),
            Box::new(m0003_circles::Migration),
            Box::new(m0003_join_links::Migration),
            Box::new(m0003_leadership::Migration),
            Box::new(m0004_access_tokens::Migration),
            // Appointments refer to their series.
            Box::new(m0007_appointment_series::Migration),
            // Tasks refer to appointments.
            Box::new(m0007_appointments::Migration),
            Box::new(m0005_tasks::Migration),
            Box::new(m0005_checklists::Migration),
            Box::new(m0006_roles::Migration),
            Box::new(m0007_handovers::Migration),
            Box::new(m0007_absences::Migration),
            Box::new(m0007_questions::Migration),
            Box::new(m0008_messages::Migration),
            Box::new(m0009_notifications::Migration),
            Box::new(m0010_server::Migration),
            Box::new(m0011_views::Migration),
            Box::new(m0012_indexes::Migration),
            Box::new(m0013_wider_indexes::Migration),
            Box::new(m0014_calendar::Migration),
            Box::new(m0015_search::Migration),
        ]
    }
}
