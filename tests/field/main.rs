//! Problems that families and operators reported about other software, tried on the real
//! program. Each test stands for public reports, some with their repository and number, and its name
//! says what holds in Kith.
//!
//! ```text
//! scripts/field-trials
//! cargo test --test field late
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first unexpected value"
)]

#[path = "../support/mod.rs"]
mod support;

mod family;

mod answers;
mod calendars;
mod days;
mod devices;
mod operation;
mod series;
mod told;
mod words;
