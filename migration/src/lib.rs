//! The schema of Kith, step by step. Each migration is one change, numbered in
//! the order it was released; a released migration never changes.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod columns;
mod m0001_accounts;
mod m0002_circles;
mod m0003_tasks;
mod m0004_jobs;
mod m0006_roles;
mod m0007_appointments;
mod m0008_messages;
mod m0009_reminders;
mod m0010_sign_in;
mod m0011_account_log;
mod m0012_signing_keys;
mod m0013_personal_tokens;
mod m0014_erasure;
mod m0015_rate_windows;
mod m0016_second_factors;
mod m0017_passkeys;
mod m0018_bounds;
mod m0019_generation;
mod m0020_sweeps;
mod m0021_grant_ends;
mod m0022_own_parts;
mod m0023_reinstated;
mod m0024_personal_reminders;
mod m0025_spans;
mod m0026_zone_rules;
mod m0027_sent_hashes;
mod m0028_titles_and_counts;
mod m0030_off_by_link;

/// The ordered list of migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_circles::Migration),
            Box::new(m0003_tasks::Migration),
            Box::new(m0004_jobs::Migration),
            Box::new(m0006_roles::Migration),
            Box::new(m0007_appointments::Migration),
            Box::new(m0008_messages::Migration),
            Box::new(m0009_reminders::Migration),
            Box::new(m0010_sign_in::Migration),
            Box::new(m0011_account_log::Migration),
            Box::new(m0012_signing_keys::Migration),
            Box::new(m0013_personal_tokens::Migration),
            Box::new(m0014_erasure::Migration),
            Box::new(m0015_rate_windows::Migration),
            Box::new(m0016_second_factors::Migration),
            Box::new(m0017_passkeys::Migration),
            Box::new(m0018_bounds::Migration),
            Box::new(m0019_generation::Migration),
            Box::new(m0020_sweeps::Migration),
            Box::new(m0021_grant_ends::Migration),
            Box::new(m0022_own_parts::Migration),
            Box::new(m0023_reinstated::Migration),
            Box::new(m0024_personal_reminders::Migration),
            Box::new(m0025_spans::Migration),
            Box::new(m0026_zone_rules::Migration),
            Box::new(m0027_sent_hashes::Migration),
            Box::new(m0028_titles_and_counts::Migration),
            Box::new(m0030_off_by_link::Migration),
        ]
    }
}
