//! A join request that a coordinator decides, under the circle's lock.

use super::rules::{JoinRequestFacts, JoinRequestVerb};
use super::store::show_request;
use super::types::JoinRequest;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::join_request;
use crate::problem::Problem;

/// A join request, under the circle's lock.
pub(super) type LockedJoinRequest = Locked<join_request::Entity>;

impl Lockable for join_request::Entity {
    type Related = ();
    type Verb = JoinRequestVerb;
    type Answer = JoinRequest;

    async fn related(_: &CircleWrite, _: &join_request::Model) -> Result<(), Problem> {
        Ok(())
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        request: &'a join_request::Model,
        (): &'a (),
    ) -> JoinRequestFacts<'a> {
        JoinRequestFacts { scope, request }
    }

    fn shown(change: Change, _: &join_request::Model, (): &()) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: join_request::Model,
        (): &(),
    ) -> Result<JoinRequest, Problem> {
        Ok(show_request(write.scope(), row))
    }
}
