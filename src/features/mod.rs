//! One folder for each area of the API. Some hold several of its tags: `circles` those of circles,
//! members and invitations, `tasks` task lists too, `threads` messages too.
//!
//! Inside they look alike. An operation is in the file that is called like it:
//! `claim_task` in `tasks/claim.rs`, with the bodies that only it takes. `types.rs` has the
//! bodies that several share, `rules.rs` who may do what in which state, `locked.rs` the row
//! that a request changes, `store.rs` what reads and describes rows, `subject.rs` what people
//! are notified about and reminded of. `waiting.rs`, `uncovered.rs` and `unread.rs` are what the
//! lists and `me` ask of a feature.
//!
//! Two are no tag, and the others share them: `participation` is how people take things on, and
//! `zone_rules.rs` corrects stored instants when governments change the rules of their zones.

pub mod accounts;
pub mod appointments;
pub mod circles;
pub mod me;
pub mod needs;
pub mod participation;
pub mod roles;
pub mod server_info;
pub mod tasks;
pub mod threads;
pub mod zone_rules;
