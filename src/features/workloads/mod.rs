//! Workloads: who carries what in a circle, for the people who share the work out fairly.
//!
//! It ranks nobody: members come by name, there are no points, and what a member declined or gave
//! back is not counted. The patient does not see it: nobody should have to read how much they ask of
//! others.
//!
//! `room.rs` says who could take something on. Only people who plan read it: a reminder that something
//! needs somebody goes to everybody who may claim it, whatever room they have.

mod list;
mod room;
mod rows;
mod work;

pub use list::*;
pub use room::Room;
