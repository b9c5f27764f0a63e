//! Notifications: the mails about changes, and which of them each member wants. Reminders ask
//! the same preferences.
//!
//! **What it guarantees.** A member who relied on something is told once that it changed. No
//! member is told who changed it themselves, does not see it any more, or does not want to be
//! told. Two changes in a row are one line, and a change back again is none: a mail says what
//! is true when it is sent. It never names the thing, because others may read the mail.
//!
//! **How.** A feature makes a [`Notification`] of what happened and hands it to
//! [`notify()`], in the transaction of the change:
//!
//! ```text
//! let was = task::Entity::moment(&before);
//! let notification = Notification::of(NotificationKind::Moved, &task, zone).was(was);
//! notifications::notify(&write, vec![notification.to(holders)]).await?;
//! ```
//!
//! It names the members whom that concerns, and decides nothing else. The table in `who.rs`
//! says who is told; each gets a row in `notifications`, and a job that runs a little later
//! writes one mail of all rows that wait for them (`mail.rs`). `state.rs` reads each subject
//! as it is then, and `line.rs` finds the sentence, or why there is none any more; that
//! reason is kept in the row.
//!
//! **A new kind** is a value of [`NotificationKind`], a line in the table of `who.rs` and a
//! sentence in `line.rs`. A new subject is in [`crate::notify::subject`].
//!
//! **What goes wrong without it.** Each feature writes its own mails: a person who takes
//! part in three ways gets three, one who has left the circle is told of its appointments,
//! and a drive that was called off and is on again stays called off for somebody.
//!
//! [`NotificationKind`]: crate::entity::notification::NotificationKind

mod line;
mod mail;
mod notification;
mod notify;
mod preferences;
mod read_preferences;
mod state;
mod unsubscribe;
mod update_preferences;
mod who;

pub use mail::{MailNotifications, account_of};
pub use notification::Notification;
pub use notify::notify;
pub use preferences::*;
pub use read_preferences::*;
pub(super) use state::SubjectState;
pub use unsubscribe::{
    Unsubscription, describe_unsubscription, make_unsubscribe_tokens, resubscribe, unsubscribe,
    unsubscribe_link,
};
pub use update_preferences::*;
pub use who::members_to_tell;
