//! Notifications: the emails about changes, and which of them each member wants. Reminders obey
//! the same settings.
//!
//! **What it guarantees.** A member who relied on something is told once that it has changed.
//! Nobody is told of their own change, of something that they do not see any more, or of a
//! category that they have turned off. Two changes in a row are one line, and a change that is
//! undone is none: an email says what is true when it is sent. It never names the thing, because
//! other people may read the email.
//!
//! **How.** A feature makes a [`Notification`] of what happened and gives it to
//! [`notify()`], in the transaction of the change:
//!
//! ```text
//! let was = task::Entity::moment(&before);
//! let notification = Notification::of(NotificationKind::Rescheduled, &task, zone).was(was);
//! notifications::notify(&write, vec![notification.to(holders)]).await?;
//! ```
//!
//! The feature names the members whom it concerns, and decides nothing else. The table in `who.rs`
//! says who is told. Each of them gets a row in `notifications`. A job that runs a little later
//! writes one email from all rows that wait for a member (`mail.rs`): `state.rs` reads each subject
//! as it is then, and `line.rs` finds the sentence, or the reason why there is none any more. The
//! reason is kept in the row.
//!
//! **A new kind** needs a value of [`NotificationKind`], a line in the table of `who.rs` and a
//! sentence in `line.rs`. For a new subject see [`crate::notify::subject`].
//!
//! **What goes wrong without it.** Each feature writes its own emails: a member who takes part in
//! three ways gets three of them. A member who has left the circle is told of its appointments.
//! And when a ride is canceled and reinstated, somebody still believes that it is canceled.
//!
//! [`NotificationKind`]: crate::entity::notification::NotificationKind

mod get_settings;
mod line;
mod mail;
mod notification;
mod notify;
mod people;
mod settings;
mod state;
mod unsubscribe;
mod update_settings;
mod who;

pub use get_settings::*;
pub use mail::{MailNotifications, account_of};
pub use notification::Notification;
pub use notify::{notify, notify_people};
pub use people::People;
pub use settings::*;
pub(super) use state::SubjectState;
pub use unsubscribe::{
    Unsubscription, describe_unsubscription, link_of, make_unsubscribe_tokens, resubscribe,
    unsubscribe, unsubscribe_link, unsubscribe_tokens,
};
pub use update_settings::*;
