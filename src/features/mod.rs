//! One folder for each area of the API. Some folders hold several tags: `circles` also
//! has members and invitations, `tasks` has task lists, `threads` has messages.
//!
//! All folders have the same shape. An operation is in the file of its verb: `claim_task`
//! is in `tasks/claim.rs`, with the bodies that only it uses. `types.rs` has the bodies
//! that several operations share, `rules.rs` says who may do what in which state,
//! `locked.rs` has the row that a request changes, `store.rs` reads and describes rows,
//! and `subject.rs` says what people are notified about and reminded of. `waiting.rs`,
//! `uncovered.rs` and `unread.rs` are what the lists and `me` ask of a feature.
//!
//! Two modules are not tags, but shared by the others: `participation` is how members
//! claim things, and `zone_rules.rs` corrects stored moments when governments change the
//! rules of their time zones. `calendar`, `gaps` and `workloads` only read: they show what the
//! other folders hold.

pub mod absences;
pub mod accounts;
pub mod appointments;
pub mod calendar;
pub mod circles;
pub mod gaps;
pub mod handovers;
pub mod me;
pub mod needs;
pub mod participation;
pub mod personal;
pub mod pictures;
pub mod questions;
pub mod responses;
pub mod roles;
pub mod search;
pub mod series;
pub mod server;
pub mod tasks;
pub mod threads;
pub mod workloads;
pub mod zone_rules;
