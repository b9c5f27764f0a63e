//! Work to be done after a transaction, asked for inside it.
//!
//! A request must not wait for a mail server, and a mail must not go out for a change that
//! was rolled back. So a change that needs work afterwards puts a job into a table, in its
//! own transaction: the job is there exactly if the change is.
//!
//! # What it guarantees
//!
//! - A job runs if and only if the transaction that asked for it has committed. The commit
//!   wakes the queue.
//! - It runs at least once. Two nodes do not run it at the same time: each leases it first,
//!   under a fencing number, and only the result of the newest lease counts.
//! - Two equal jobs that both wait are one job. A job that is enqueued while an equal one
//!   runs is another job.
//! - A job that fails is tried again, ever later; after [`MAX_ATTEMPTS`] it is dead and stays
//!   in the table, where the operator sees it. [`Failure`] says which failures count: that
//!   the mail server is away says nothing about the job.
//! - Jobs run beside each other. When the server stops they have some seconds to end; the
//!   rest is given back.
//!
//! # How
//!
//! A job is a struct of ids beside what it does. It says what to do in [`Run`], for the
//! context of its choice: the queue itself knows neither the jobs nor what they work on.
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
//! Its name stands in the list of `background.rs`: `"mail_welcome" => MailWelcome`. Without
//! that line it is no [`Job`], and this does not compile:
//!
//! ```ignore
//! write.enqueue(&MailWelcome { user_id }).await?;
//! write.commit(answer).await
//! ```
//!
//! # What goes wrong without it
//!
//! A mail that is sent before the commit tells of what never happened; one that is sent after
//! it is lost if the process ends in between. And a `run` that does not expect to run twice,
//! or that holds the lock of a circle while it talks to a mail server, breaks the guarantees
//! above from the inside: read, release, send, then write down how it ended.
//!
//! It is an own small queue because a job must be enqueued in the transaction of the change
//! on both databases, and no library does that on this version of the ORM.

mod handler;
mod job;
mod leases;
mod runner;

pub use handler::Handler;
pub use handler::jobs;
pub use job::{Failure, Job, MAX_ATTEMPTS, Run};
pub use leases::Leased;
pub use runner::{run_due_jobs, work_off};
