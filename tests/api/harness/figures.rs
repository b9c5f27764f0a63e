//! The figures of proofs inside one process. `scripts/prove-trust` collects them together with
//! those of the real program.

use std::fmt::Display;

#[path = "../../support/figure.rs"]
mod figure;

/// Prints a figure with its bound. A missed bound fails the test.
#[track_caller]
pub fn report(requirement: &str, what: &str, found: impl Display, bound: &str, met: bool) {
    let database = match std::env::var_os("TEST_DATABASE_URL") {
        Some(_) => "PostgreSQL",
        None => "SQLite",
    };
    let what = format!("{what} (in process, {database})");
    figure::report(requirement, &what, found, bound, met);
}
