//! A succession that a request changes, under the circle's lock.

use super::rules::{SuccessionFacts, SuccessionVerb};
use super::store::show_succession;
use super::types::Succession;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::succession;
use crate::problem::Problem;

/// A succession, under the circle's lock.
pub(super) type LockedSuccession = Locked<succession::Entity>;

impl Lockable for succession::Entity {
    type Related = ();
    type Verb = SuccessionVerb;
    type Answer = Succession;

    async fn related(_: &CircleWrite, _: &succession::Model) -> Result<(), Problem> {
        Ok(())
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        succession: &'a succession::Model,
        (): &'a (),
    ) -> SuccessionFacts<'a> {
        SuccessionFacts { scope, succession }
    }

    fn shown(change: Change, _: &succession::Model, (): &()) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: succession::Model,
        (): &(),
    ) -> Result<Succession, Problem> {
        Ok(show_succession(write.scope(), &row))
    }
}
