//! Prints figures as lines that `scripts/prove-trust` collects. The test `api` includes this
//! file too.

use std::fmt::Display;

/// Prints a figure. A missed bound fails the test.
#[track_caller]
pub fn report(requirement: &str, what: &str, found: impl Display, bound: &str, met: bool) {
    let judgement = if met { "met" } else { "MISSED" };
    println!("\nfigure: {requirement} | {what} | {found} | {bound} | {judgement}");
    assert!(met, "{requirement}: {what}: {found}, not {bound}");
}
