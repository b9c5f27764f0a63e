//! Authentication: tokens and their keys, failed attempts, recently confirmed identities.

mod challenges;
mod recent_proof;
mod signing;
mod throttle;
mod token_attacks;
mod verified_tokens;
