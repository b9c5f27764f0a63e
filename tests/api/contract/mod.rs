//! What the OpenAPI document promises, tried on every operation.

mod answers;
mod bodies;
mod bounds;
mod breaking;
mod classes;
mod compared_fields;
pub mod differential;
mod document;
mod faults;
mod generators;
mod input;
mod lenient_input;
pub mod matrix;
mod published;
mod refusals;
mod round_trips;
mod unset;
mod wording;
