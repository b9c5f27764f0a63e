//! Kith through its router: on SQLite, or on the PostgreSQL of
//! `TEST_DATABASE_URL`. One binary, a database for each test.
//!
//! The tests of an operation lie in `<tag>/<operation>.rs`: those of `PATCH /tasks/{id}` in
//! `tasks/update.rs`. What crosses the operations of a tag has a file beside them that says
//! so, and what crosses the tags has a folder.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and looks behind the fence"
)]

mod harness;

// The tags of the API document.
mod accounts;
mod appointments;
mod circles;
mod invitations;
mod me;
mod members;
mod messages;
mod needs;
mod notifications;
mod roles;
mod server;
mod tasks;
mod threads;

// What crosses the tags.
mod admin;
mod auth;
mod contract;
mod http;
mod participation;
mod platform;
mod privacy;
mod reminders;
mod structure;
mod time;
mod web;
