//! Circles: creating, changing and deleting them, and reading their activity.

mod create;
mod delete;
mod list_activity;
mod update;
