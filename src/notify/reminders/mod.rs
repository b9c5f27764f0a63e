//! Reminders: emails before something that has a time.
//!
//! # What it guarantees
//!
//! - Members who take part in something that is to come are reminded of it, to the minute.
//!   A member who joins too late for that gets a reminder of their own.
//! - Nobody is reminded of something that was moved, completed, canceled or released meanwhile, or
//!   that they do not see any more.
//! - Nobody gets two reminders of one thing in one second, not even after an outage.
//! - No reminder is lost unnoticed: members who see a thing see what became of its reminders.
//!
//! # How
//!
//! 1. **Plan** (`plan.rs`). A change of an item plans its reminders in the same transaction. They
//!    are rows, one for each offset, for everybody who takes part when it fires. A member who
//!    joins late has rows of their own. Planning again without a change changes nothing.
//! 2. **Fire** (`fire.rs`). Every five seconds the server fires what is due. One transaction claims
//!    many rows, reads their items again, and makes a delivery and a job for each member whom they
//!    concern now (`facts.rs`), unless another reminder tells them the same (`same_day.rs`).
//!    What would come too late after the quiet hours of a member fires for them before these begin
//!    (`fire/early.rs`).
//! 3. **Send** (`mail.rs`). The jobs read everything once more, write the emails from what is true
//!    by then, send them, and record the outcomes, many at a time. The circle is not locked while
//!    the mail server is called.
//!
//! At nine o'clock the reminders of thousands of families are due. So nothing here takes a statement
//! for each reminder or member, and one transaction goes through several circles
//! ([`in_circles`](crate::access::in_circles)). It goes on for ten milliseconds: the other writes
//! come in between.
//!
//! `overview.rs` shows the rows and deliveries. This module knows no feature: the features call it,
//! and say what is different about their own ([`Reminded`](crate::notify::subject::Reminded)).
//!
//! # An operation that moves a task
//!
//! ```ignore
//! task.save_later(TaskVerb::Update, row, fields.names()).await?;
//! task.plan_reminders(&[]).await?;
//! ```
//!
//! An operation by which a member says yes calls [`plan_for_takers`]. An operation that asks a
//! member calls [`plan_for_asked`]. An operation that ends a member's part calls
//! [`cancel_for_members`].
//!
//! # What goes wrong without it
//!
//! A timer that was set when a task was created fires after the task was completed, or names the
//! old time. A member who claims a ride an hour before it gets no reminder. And if the server
//! restarts at eight o'clock, the email of eight o'clock is never sent.

mod facts;
mod fire;
mod item;
mod mail;
mod offsets;
mod overview;
mod parts;
mod plan;
mod same_day;

pub use fire::{Fired, fire_due_reminders, keep_firing, send_before_quiet_hours};
pub use item::{Item, fires_at};
pub use mail::MailReminder;
pub use offsets::{changed_offsets, new_offsets, offsets_of};
pub use overview::*;
pub use parts::{PartKey, PartStatus};
pub(super) use plan::move_days;
pub use plan::{
    Newcomer, cancel_all_for_member_later, cancel_all_later, cancel_for_members,
    cancel_for_members_later, cancel_held_later, cancel_in_all, cancel_items_later, cancel_later,
    follow_zone, newcomers, plan, plan_all_ahead, plan_all_for_takers, plan_all_new,
    plan_all_with_parts, plan_for_asked, plan_for_takers, plan_new, plan_new_for, plan_with_parts,
    replan_all_ahead,
};
