//! What people are told: reminders of what comes, notifications of what changed, and the
//! posting of every mail.
//!
//! Reminders and notifications are planned in the transaction of the change, so that nothing
//! is changed without the people who rely on it hearing of it, and nobody hears of a change
//! that was rolled back. Both are written when they are sent, from what is true then: who
//! has left, sees it no more, or has declined meanwhile gets no mail.
//!
//! What people are notified about and reminded of is a [`subject`]. Nothing here names a
//! feature: a feature implements the traits there for its own.

pub mod notifications;
pub mod posting;
pub mod reminders;
pub mod subject;
