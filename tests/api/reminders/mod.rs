//! Tests of reminders: planned, moved, sent once, sent late, switched off.

mod gaps;
mod late;
mod many;
mod outage;
mod planned;
