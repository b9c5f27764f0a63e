//! A member without an account takes part through other members: their contact, and the
//! coordinators, act for them. The rules then look at what that member may do, and the change log
//! names both.

use sea_orm::{ColumnTrait, Condition};

use super::CircleWrite;
use crate::access::member_levels::members_with_grants;
use crate::access::people::unknown_member;
use crate::access::scope::CircleScope;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::problem::{FieldErrorCode, Problem};

/// The field of a request that names the member for whom the caller acts.
pub const ON_BEHALF_OF: &str = "/on_behalf_of_member_id";

impl CircleScope {
    /// Whether the caller acts for a member: for one without an account, its contact and the
    /// coordinators do.
    pub fn acts_for(&self, member: &membership::Model) -> bool {
        let is_contact = self.is_author(member.contact_member_id);
        member.is_managed() && (is_contact || self.access() == Some(AccessLevel::Coordinator))
    }
}

impl CircleWrite {
    /// From now on the rules look at what this member may do. The actor of the changes stays, and
    /// each line of the change log names the member too. The member has to see `topic`. Without a
    /// member, and for the caller, nothing changes.
    pub async fn act_for(
        &mut self,
        pointer: &'static str,
        member: Option<MemberId>,
        topic: Option<Topic>,
    ) -> Result<(), Problem> {
        let Some(member) = member.filter(|member| !self.scope.is_member(*member)) else {
            return Ok(());
        };
        let this_one = Condition::all().add(membership::Column::Id.eq(member));
        let found = members_with_grants(self, this_one).await?.pop();
        let (member, grants) = found
            .filter(|(member, _)| member.state == MemberState::Active)
            .ok_or_else(|| Problem::Invalid(vec![unknown_member(pointer)]))?;
        if !member.is_managed() {
            let detail = "This member has an account and acts for themselves. Leave the field out.";
            let code = FieldErrorCode::MemberHasAccount;
            return Err(Problem::field(pointer, code, detail));
        }
        if !self.scope.acts_for(&member) {
            return Err(Problem::Forbidden(
                "Only coordinators and the contact of this member can act for them.".into(),
            ));
        }
        let own_scope = self.scope.clone();
        self.see_as(&member, &grants);
        let level = |topic| self.scope.topics().level(topic);
        if topic.is_some_and(|topic| level(topic) < TopicLevel::Read) {
            let detail = "This member does not see the topic. Name another member.";
            let code = FieldErrorCode::MemberCannotTakePart;
            return Err(Problem::field(pointer, code, detail));
        }
        self.own_scope = Some(own_scope);
        self.on_behalf_of = Some(member.id);
        Ok(())
    }

    /// From now on the rules look at the caller again.
    pub fn stop_acting_for(&mut self) {
        if let Some(own_scope) = self.own_scope.take() {
            self.scope = own_scope;
        }
    }

    /// The member for whom the caller acts.
    pub(in crate::access) fn acts_for(&self) -> Option<MemberId> {
        self.own_scope.as_ref().and(self.on_behalf_of)
    }
}
