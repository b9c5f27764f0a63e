//! Messages: written, replied to, edited for a while, deleted, logged.

mod delete;
mod lifecycle;
mod list;
mod update;
mod write;
