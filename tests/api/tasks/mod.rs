//! Tasks: what a person in the circle does, alone or with others.

mod approve;
mod claim;
mod create;
mod lifecycle;
mod list;
mod offer;
mod parts;
mod read;
mod reopen;
mod suggestions;
mod update;
