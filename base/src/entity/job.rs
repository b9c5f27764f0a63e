//! A piece of work to be done after the transaction that asked for it.

use sea_orm::entity::prelude::*;

use super::ids::JobId;

wire_enum! {
    /// Where a job stands; a finished one is deleted.
    JobState {
        /// Waits for its time, or is being worked on under a lease.
        Queued = "queued",
        /// Given up; kept so that an operator can see why.
        Dead = "dead",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// What to do, as JSON; ids only, no content and no secret.
    pub payload: String,
    /// Two jobs of one key are one job.
    pub dedupe_key: Option<String>,
    pub state: JobState,
    pub run_at: DateTimeUtc,
    /// How often it failed in a way that counts.
    pub attempts: i32,
    /// Counts the leases; a result counts only under the fence it was leased with.
    pub fence: i32,
    pub leased_until: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
