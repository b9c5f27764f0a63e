//! What the OpenAPI document promises, tried on every operation.

mod answers;
mod bodies;
mod bounds;
pub mod differential;
mod document;
mod faults;
mod input;
mod lenient_input;
pub mod matrix;
