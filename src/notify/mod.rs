//! What people are told: reminders of what comes, notifications of what changed.

pub mod notifications;
pub mod reminders;
