//! The figures of what is proven inside one process; `scripts/prove-trust` gathers
//! them with those of the real program.

use std::fmt::Display;

/// Prints a figure with its bound; a missed bound ends the test.
#[track_caller]
pub fn report(requirement: &str, what: &str, found: impl Display, bound: &str, met: bool) {
    let database = match std::env::var_os("TEST_DATABASE_URL") {
        Some(_) => "PostgreSQL",
        None => "SQLite",
    };
    let judgement = if met { "met" } else { "MISSED" };
    println!(
        "\nfigure: {requirement} | {what} (in process, {database}) | {found} | {bound} | {judgement}"
    );
    assert!(met, "{requirement}: {what}: {found}, not {bound}");
}
