//! Attacks on the security promises of Kith, with measurements. They run against the real
//! program: one node on SQLite, two nodes on one PostgreSQL database. `scripts/prove-trust`
//! runs everything and prints the figures.
//!
//! ```text
//! cargo test --test proof -- --nocapture
//! PROOF=full scripts/with-postgres cargo test --test proof -- --nocapture
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first unexpected value"
)]

#[path = "../support/mod.rs"]
mod support;

mod figures;
mod nodes;
mod wire;

mod connections;
mod coordinators;
mod enumeration;
mod guesses;
mod handovers;
mod logins;
mod mailed;
mod races;
mod rate_limits;
mod renewals;
mod revocation;
mod rotations;
mod second_factor;
mod sign_in_codes;
