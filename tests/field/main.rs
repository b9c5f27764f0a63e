//! What bites families and operators in other people's software, tried on the
//! real program: one test for each public report, named for what holds here.
//!
//! ```text
//! scripts/field-trials
//! cargo test --test field late
//! ```

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../support/mod.rs"]
mod support;

mod family;

mod answers;
mod days;
mod devices;
mod operation;
mod told;
