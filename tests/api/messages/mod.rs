//! Tests of messages: how they are written, edited, deleted and logged.

mod comments;
mod create;
mod delete;
mod lifecycle;
mod list;
mod update;
