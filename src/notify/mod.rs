//! What people are told: reminders of what comes, notifications of what changed,
//! and the posting of every mail.

pub mod notifications;
pub mod posting;
pub mod reminders;
