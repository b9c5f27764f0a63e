//! Kith from outside: the real program, a real mail conversation, a real
//! database. What only time, signals and broken connections can show.
//!
//! ```text
//! cargo test --test e2e
//! scripts/with-postgres cargo test --test e2e
//! ```

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

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
