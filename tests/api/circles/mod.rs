//! Circles: created, changed, read back in their log, deleted.

mod create;
mod delete;
mod read_log;
mod update;
