//! Notifications: what the app shows and the emails say of changes, and which emails each member
//! wants. Reminders obey the same settings.
//!
//! **What it guarantees.** A member who relied on something is told once that it has changed.
//! Nobody is told of their own change, or of something that they do not see any more. A member who
//! has turned a category off gets no email of it, and finds it in the app. Two changes in a row are
//! one line of an email, and a change that is undone is none: an email says what is true when it is
//! sent. It names the thing only to a member who chose that ([`details`](crate::notify::details)),
//! because other people may read the email. The app does. In quiet hours, and for a digest, an email
//! waits ([`may_send`](crate::notify::may_send)).
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
//! The email about an appointment carries it as a calendar invitation, in as neutral words
//! (`calendar.rs`).
//!
//! The feature names the members whom it concerns, and decides nothing else. The table in `who.rs`
//! says who is told. Each of them gets a row in `notifications`, with what becomes of its email. The
//! app lists these rows (`list.rs`), each as its reader sees the subject then; `shown.rs` says which
//! of them. A job that runs a little later writes one email from all rows that wait for a member
//! (`mail.rs`): `state.rs` reads each subject as it is then, and `line.rs` finds the sentence, or the
//! reason why there is none any more. The reason is kept in the row.
//!
//! **A new kind** needs a value of [`NotificationKind`], a line in the table of `who.rs` and a
//! sentence in `line.rs`. For a new subject see [`crate::notify::subject`].
//!
//! **What goes wrong without it.** Each feature writes its own emails: a member who takes part in
//! three ways gets three of them. A member who has left the circle is told of its appointments.
//! And when a ride is canceled and reinstated, somebody still believes that it is canceled.
//!
//! [`NotificationKind`]: crate::entity::notification::NotificationKind

mod addressee;
mod calendar;
mod get_settings;
mod line;
mod list;
mod mail;
mod mark_all_read;
mod mark_read;
mod notification;
mod notify;
mod people;
mod respond;
mod sentence;
mod settings;
mod shown;
mod stand_ins;
mod state;
mod unsubscribe;
mod update_settings;
mod waits;
mod who;

pub use addressee::account_of;
pub use get_settings::*;
pub use list::*;
pub use mail::{MailNotifications, MailWaiting};
pub use mark_all_read::*;
pub use mark_read::*;
pub use notification::Notification;
pub use notify::{notify, notify_people};
pub use people::People;
pub use respond::{Answerable, RespondLinks};
pub use settings::*;
pub use shown::{unread_notifications, unread_reminders};
pub(super) use stand_ins::standing_in_for;
pub(super) use state::SubjectState;
pub use unsubscribe::{
    Unsubscription, describe_unsubscription, link_of, make_unsubscribe_tokens, resubscribe,
    unsubscribe, unsubscribe_link, unsubscribe_tokens, void_unsubscribe_tokens,
};
pub use update_settings::*;
