//! Reminders: mails before something that has a time.
//!
//! # What it guarantees
//!
//! - Members who take part in something that is to come are reminded of it, to the minute.
//!   A member who takes part too late for that has a reminder of their own.
//! - What was moved, done, cancelled or given back meanwhile reminds nobody, and nobody is
//!   reminded of what they do not see any more.
//! - Nobody gets two reminders of one thing in one second, not even after an outage.
//! - No reminder is lost in silence: members who see a thing see what became of its reminders.
//!
//! # How
//!
//! 1. **Plan** (`plan.rs`). A change of an item plans its reminders in its own transaction:
//!    they are rows, one for each offset, for everybody who takes part by then. A member who
//!    comes late has rows of their own. Planning again with nothing changed changes nothing.
//! 2. **Fire** (`fire.rs`). Every five seconds what is due is fired: in one transaction the
//!    row is claimed, the item is read again, and a delivery and a job are made for each
//!    person it concerns now (`audience.rs`), unless another reminder tells them the same
//!    (`same_day.rs`, `superseded.rs`).
//! 3. **Mail** (`mail.rs`). The job reads all of it once more, writes the mail from what is
//!    true by then, sends it, and writes down how that ended. The circle is not locked
//!    while the mail server is talked to.
//!
//! `overview.rs` shows the rows and deliveries. This module knows no feature: the
//! features call it, and say what is different about their own
//! ([`Reminded`](crate::notify::subject::Reminded)).
//!
//! # An operation that moves a task
//!
//! ```ignore
//! task.save(TaskVerb::Change, row, fields.names()).await?;
//! reminders::plan(&task.write, &[item_of(&task.row)]).await?;
//! ```
//!
//! An operation by which somebody says yes calls [`plan_for_takers`]; one that asks somebody
//! calls [`plan_for_asked`]; one that ends somebody's part calls [`cancel_for_members`].
//!
//! # What goes wrong without it
//!
//! A timer that was set when a task was made fires after it was done, or names the old
//! hour; a member who takes over a ride an hour before it hears nothing; and a restart of
//! the server at eight o'clock swallows the mail of eight o'clock.

mod audience;
mod fire;
mod item;
mod mail;
mod offsets;
mod overview;
mod parts;
mod plan;
mod same_day;
mod superseded;

pub use fire::{Fired, fire_due_reminders, keep_firing};
pub use item::{Item, fires_at};
pub use mail::MailReminder;
pub use offsets::{chosen_offsets, offsets_json, offsets_of};
pub use overview::*;
pub use parts::{PartKey, PartStatus};
pub(super) use plan::move_days;
pub use plan::{
    cancel_all, cancel_all_for_member, cancel_for_members, follow_zone, plan, plan_all_ahead,
    plan_for_asked, plan_for_takers, replan_all_ahead,
};
