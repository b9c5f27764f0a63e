//! What is stored of people, and how it goes.

mod data_map;
pub mod erasing;
mod forgetting;
mod sweeps;
