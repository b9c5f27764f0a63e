//! Random histories of edits, each compared after every step with a small model that says what must
//! be true. The model is written from the documentation, and shares nothing with the program.
//!
//! `HISTORIES=10000 cargo test --test api histories` tries this many of each kind; without a number
//! it tries a sample. A history that fails prints its seed, and `SEED=… HISTORIES=1` repeats it.

mod grants;
mod handovers;
mod participation;
mod series;

use crate::contract::differential::Dice;
use crate::harness::figures::report;

/// After this many histories the next begin in a new circle, so that it does not fill up.
const IN_ONE_CIRCLE: u64 = 25;

/// Says which history failed.
struct Named {
    kind: &'static str,
    seed: u64,
}

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { kind, seed } = self;
            eprintln!(
                "the history is repeated by: SEED={seed} HISTORIES=1 cargo test --test api {kind}"
            );
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap())
}

/// Runs histories, each in a world that many of them share. A history is a test that fails with its
/// own words.
async fn run<W>(
    kind: &'static str,
    sample: u64,
    new_world: impl AsyncFn() -> W,
    history: impl AsyncFn(&W, Dice) -> usize,
) {
    let first = number("SEED").unwrap_or(1);
    let all = number("HISTORIES").unwrap_or(sample);
    let mut world = Box::pin(new_world()).await;
    let mut steps = 0;
    for nth in 0..all {
        if nth > 0 && nth % IN_ONE_CIRCLE == 0 {
            world = Box::pin(new_world()).await;
        }
        let named = Named {
            kind,
            seed: first + nth,
        };
        let dice = Dice(named.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        steps += Box::pin(history(&world, dice)).await;
    }
    report(
        "T8",
        &format!(
            "{kind}: {all} random histories of {steps} steps, those that differ from the model"
        ),
        0,
        "0",
        steps > 0,
    );
}
