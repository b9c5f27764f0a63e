//! A job of the queue: work that is done after the transaction that asked for it.

use sea_orm::entity::prelude::*;

use super::ids::JobId;
use crate::row::Row;

wire_enum! {
    /// The state of a job. A finished job is deleted.
    JobState {
        /// Waits for its time, or is running under a lease.
        Queued = "queued",
        /// Failed for good. It is kept so that the operator can see why.
        Dead = "dead",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// What to do, as JSON. It holds ids, never content or a secret.
    pub payload: String,
    /// The circle that it is about. Due jobs of all circles take turns.
    pub lane: Option<Uuid>,
    /// A second job with the same key is not stored.
    pub dedupe_key: Option<String>,
    pub state: JobState,
    pub run_at: DateTimeUtc,
    /// How often it failed. Failures that are not the job's fault do not count.
    pub attempts: i32,
    /// Counts the leases. A worker's result is accepted only if no later lease was given.
    pub fence: i32,
    pub leased_until: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
