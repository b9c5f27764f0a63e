//! The queue: work that is done after a transaction and is asked for inside it.
//!
//! A request must not wait for a mail server, and no email must be sent for a change that was
//! rolled back. So a change that needs work afterwards puts a job into a table, in the transaction
//! of the change. Either both are committed or neither is.
//!
//! # What it guarantees
//!
//! - A job runs only if the transaction that asked for it has committed. The commit wakes the
//!   queue.
//! - A job runs at least once. Two nodes do not run it at the same time: a node leases it first,
//!   under a fencing number, and only the result of the newest lease counts.
//! - Two equal jobs that wait are stored as a single job. A job that is enqueued while an equal job
//!   runs is a new job.
//! - Circles take turns: thousands of due jobs of one circle do not delay two of another.
//! - A job that fails is tried again after longer and longer pauses. After [`MAX_ATTEMPTS`] it is
//!   dead and stays in the table, where the operator sees it. [`Failure`] says which failures
//!   count: if the mail server is away, that says nothing about the job.
//! - Several jobs run at the same time. Jobs of a type of which very many can be due in one minute
//!   run together ([`RunMany`]). The ends of many jobs are recorded in one transaction. If it fails,
//!   it is tried again. When the server stops, the jobs have some seconds to end. The leases of the
//!   rest are returned.
//!
//! # How
//!
//! A job is a struct of ids. Its implementation of [`Run`] does the work, with a context of its
//! choice: the queue knows neither the jobs nor the context.
//!
//! ```ignore
//! #[derive(Debug, Serialize, Deserialize)]
//! pub struct MailWelcome {
//!     pub user_id: UserId,
//! }
//!
//! impl Run<App> for MailWelcome {
//!     async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
//!         let user = require_user(app.reader(), self.user_id).await?;
//!         post(app, lease, &user.email, &Welcome { name: user.name }).await
//!     }
//! }
//! ```
//!
//! Its name is in the list of `background.rs`: `"mail_welcome" => MailWelcome`. Without that line
//! it is not a [`Job`], and this does not compile:
//!
//! ```ignore
//! write.enqueue(&MailWelcome { user_id }).await?;
//! write.commit(answer).await
//! ```
//!
//! # What goes wrong without it
//!
//! An email that is sent before the commit may tell of something that never happened. An email that
//! is sent after the commit is lost if the process ends in between.
//!
//! A `run` can break the guarantees itself. It must expect to run twice. It must not hold the lock
//! of a circle while it talks to a mail server: read, release the lock, send, then record how it
//! ended.
//!
//! Kith has its own small queue, because a job must be enqueued in the transaction of the change on
//! both databases. No library does that with this version of the ORM.

mod ends;
mod handler;
mod job;
mod leases;
mod runner;

pub use ends::Ends;
pub use handler::Handler;
pub use handler::jobs;
pub use job::{Failure, Job, MAX_ATTEMPTS, Run, RunMany};
pub use leases::{Leased, still_held};
pub use runner::{run_due_jobs, work_off};
