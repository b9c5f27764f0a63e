//! Workloads: who carries what in a circle, for the people who share the work out fairly.
//!
//! It ranks nobody: members come by name, there are no points, and what a member declined or gave
//! back is not counted. The patient does not see it: nobody should have to read how much they ask of
//! others.

mod list;
mod rows;

pub use list::*;
