//! Work to be done after a transaction, asked for inside it.
//!
//! An own small queue: a job must be enqueued in the transaction of the change
//! on both databases, and no library does that on this version of the ORM.

mod job;
mod leases;
mod runner;

pub use job::{Failure, Job, MAX_ATTEMPTS};
pub use leases::Leased;
pub use runner::{run_due_jobs, work_off};
