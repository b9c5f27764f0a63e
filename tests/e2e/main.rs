//! Tests of the real program from outside, with real mail connections and a real database.
//! They test what needs real time, signals and broken connections.
//!
//! ```text
//! cargo test --test e2e
//! scripts/with-postgres cargo test --test e2e
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first unexpected value"
)]

#[path = "../support/mod.rs"]
mod support;

mod admin;
mod backup;
mod crash;
mod deliveries;
mod faulty_disk;
mod hangups;
mod startup;
mod story;
mod together;
