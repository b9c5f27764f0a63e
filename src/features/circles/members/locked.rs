//! A member whom a request changes, under the circle's lock.

use super::rules::{MemberFacts, MemberVerb};
use super::store::describe_member;
use super::types::Member;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::{membership, topic_grant};
use crate::features::participation::ReleasedItem;
use crate::http::response::Resource;
use crate::problem::Problem;

/// A member, under the circle's lock.
pub(super) type LockedMember = Locked<membership::Entity>;

impl Lockable for membership::Entity {
    type Related = ();
    type Verb = MemberVerb;
    type Answer = Member;

    async fn related(_: &CircleWrite, _: &membership::Model) -> Result<(), Problem> {
        Ok(())
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        member: &'a membership::Model,
        (): &'a (),
    ) -> MemberFacts<'a> {
        MemberFacts { scope, member }
    }

    fn shown(change: Change, _: &membership::Model, (): &()) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: membership::Model,
        (): &(),
    ) -> Result<Member, Problem> {
        describe_member(write.tx(), write.scope(), row).await
    }
}

impl LockedMember {
    /// Whether there is something to do. Here another version is refused even where the
    /// verb is in effect already, because the caller decides about the member as they
    /// know them.
    pub fn check_version_and_verb(&self, verb: MemberVerb) -> Result<bool, Problem> {
        self.write.check_version(self.row.version)?;
        self.check_unless_in_effect(verb)
    }

    /// Writes the row. The change log comes after what the change releases.
    pub async fn write_row(&mut self, row: membership::ActiveModel) -> Result<(), Problem> {
        self.row = self
            .write
            .update::<membership::Entity>(&self.row, row)
            .await?;
        Ok(())
    }

    /// If callers changed their own access or topics, the answer shows what they see from
    /// now on.
    pub fn see_own_rights(&mut self, grants: &[topic_grant::Model]) {
        if self.write.scope().is_member(self.row.id) {
            self.write.see_as(&self.row, grants);
        }
    }

    /// Commits, and answers with the member and what was released.
    pub async fn respond_with(
        self,
        released: Vec<ReleasedItem>,
    ) -> Result<Resource<Member>, Problem> {
        let mut member = describe_member(self.write.tx(), self.write.scope(), self.row).await?;
        member.released = Some(released);
        self.write.commit(Resource::new(member)).await
    }
}
