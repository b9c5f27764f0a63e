//! Succession: nobody coordinates the circle any more, and others ask that a member becomes
//! coordinator.
//!
//! The patient asks, or two caregivers do. Every member is told. After three days without an
//! objection of a coordinator a job ([`GrantSuccession`]) makes the member coordinator. This is the
//! way for circles that named no deputy in time (`members/coordinators.rs`).

mod end;
mod get;
mod grant;
mod locked;
mod request;
mod rules;
mod store;
mod types;

pub use end::*;
pub use get::*;
pub use grant::GrantSuccession;
pub use request::*;
pub(super) use store::requested_succession;
pub use types::*;
