//! Tests of Kith through its router, on SQLite or on the PostgreSQL server of
//! `TEST_DATABASE_URL`. All tests are one binary, and each test has its own database.
//!
//! The tests of an operation are in `<tag>/<operation>.rs`: those of `PATCH /tasks/{id}` are in
//! `tasks/update.rs`. Tests of several operations of one tag have a file beside them that is
//! named after their subject. Tests of several tags have a folder.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and looks behind the fence"
)]

mod harness;

// One folder for each tag of the API document.
mod absences;
mod accounts;
mod appointment_series;
mod appointments;
mod calendar;
mod circles;
mod handovers;
mod invitations;
mod me;
mod members;
mod messages;
mod needs;
mod notifications;
mod pictures;
mod questions;
mod roles;
mod search;
mod series;
mod server;
mod tasks;
mod threads;

// One folder for each subject that concerns several tags.
mod admin;
mod auth;
mod contract;
mod histories;
mod http;
mod participation;
mod platform;
mod privacy;
mod reminders;
mod stories;
mod structure;
mod time;
mod web;
