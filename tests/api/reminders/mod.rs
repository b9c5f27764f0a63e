//! Reminders: planned, moved, sent once, late, switched off.

mod late;
mod outage;
mod planned;
