//! What members are told: reminders of what is to come, notifications of what has changed, and the
//! sending of every email.
//!
//! Reminders and notifications are planned in the transaction of the change. So every change is
//! told to the members who rely on it, and nobody is told of a change that was rolled back. Their
//! emails are written when they are sent, from what is true then: a member who has left the
//! circle, has declined, or does not see the thing any more gets none.
//!
//! What members are notified about and reminded of is a [`subject`]. Nothing here names a feature:
//! each feature implements the traits there.

pub mod details;
pub mod may_send;
pub mod notifications;
pub mod posting;
pub mod reminders;
pub mod subject;
