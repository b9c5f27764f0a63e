//! Tests of personal data: what is stored, and how it is erased.

mod data_map;
pub mod erasing;
mod forgetting;
mod sweeps;
