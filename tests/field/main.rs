//! What bites families and operators in other people's software, tried on the
//! real program: one test for each public report, named for what holds here.
//!
//! ```text
//! scripts/field-trials
//! cargo test --test field late
//! ```

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/client.rs"]
mod client;
#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/clock.rs"]
mod clock;
#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/database.rs"]
mod database;
#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/mail.rs"]
mod mail;
#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/people.rs"]
mod people;
#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/server.rs"]
mod server;
#[allow(dead_code, reason = "shared with the end-to-end tests")]
#[path = "../e2e/smtp.rs"]
mod smtp;

mod family;

mod answers;
mod days;
mod devices;
mod operation;
mod told;
