//! Tests of tasks.

mod approve;
mod claim;
mod create;
mod get;
mod lifecycle;
mod list;
mod offer;
mod parts;
mod reopen;
mod suggestions;
mod update;
