//! Who is calling: tokens and their keys, guesses, recent proofs.

mod recent_proof;
mod signing;
mod throttle;
mod token_attacks;
