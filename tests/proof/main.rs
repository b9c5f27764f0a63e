//! What Kith promises about trust, attacked and measured: the real program, on
//! PostgreSQL two of them on one database. `scripts/prove-trust` runs it all and
//! prints the figures.
//!
//! ```text
//! cargo test --test proof -- --nocapture
//! PROOF=full scripts/with-postgres cargo test --test proof -- --nocapture
//! ```

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../support/mod.rs"]
mod support;

mod figures;
mod nodes;
mod wire;

mod connections;
mod coordinators;
mod enumeration;
mod guesses;
mod logins;
mod mailed;
mod rate_limits;
mod renewals;
mod revocation;
mod rotations;
mod second_factor;
mod sign_in_codes;
