//! What members are told: reminders of what is to come, notifications of what changed, and the
//! sending of every mail.
//!
//! Reminders and notifications are planned in the transaction of the change, so that nothing
//! is changed without the people who rely on it hearing of it, and nobody hears of a change
//! that was rolled back. Their mails are written when they are sent, from what is true then: a
//! member who has left, does not see the thing any more, or has declined meanwhile gets none.
//!
//! What people are notified about and reminded of is a [`subject`]. Nothing here names a
//! feature: a feature implements the traits there for its own.

pub mod notifications;
pub mod posting;
pub mod reminders;
pub mod subject;
