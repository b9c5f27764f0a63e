//! An invitation that a request changes, under the circle's lock.

use super::rules::{InvitationFacts, InvitationVerb};
use super::store::show_invitation;
use super::types::Invitation;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::invitation;
use crate::problem::Problem;

/// An invitation, under the circle's lock.
pub(super) type LockedInvitation = Locked<invitation::Entity>;

impl Lockable for invitation::Entity {
    type Related = ();
    type Verb = InvitationVerb;
    type Answer = Invitation;

    async fn related(_: &CircleWrite, _: &invitation::Model) -> Result<(), Problem> {
        Ok(())
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        invitation: &'a invitation::Model,
        (): &'a (),
    ) -> InvitationFacts<'a> {
        InvitationFacts { scope, invitation }
    }

    fn shown(change: Change, _: &invitation::Model, (): &()) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: invitation::Model,
        (): &(),
    ) -> Result<Invitation, Problem> {
        Ok(show_invitation(write.scope(), row))
    }
}
