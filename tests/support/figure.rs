//! How a figure is printed; `scripts/prove-trust` gathers these lines. `api` includes this
//! file, too.

use std::fmt::Display;

/// Prints a figure; a missed bound ends the test.
#[track_caller]
pub fn report(requirement: &str, what: &str, found: impl Display, bound: &str, met: bool) {
    let judgement = if met { "met" } else { "MISSED" };
    println!("\nfigure: {requirement} | {what} | {found} | {bound} | {judgement}");
    assert!(met, "{requirement}: {what}: {found}, not {bound}");
}
