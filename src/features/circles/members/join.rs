//! How a membership begins, for the person who creates a circle and for those who are
//! invited.

use sea_orm::sea_query::Query as Select;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::topic_grants::grant_defaults;
use crate::access::{CircleWrite, grants_of, limits};
use crate::auth::AccountScope;
use crate::entity::ids::{MemberId, UserId};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::topic_grant;
use crate::entity::user;
use crate::problem::{Conflict, Problem, ProblemCode};

/// The person who joins, and their access.
pub(in crate::features::circles) struct NewMember<'a> {
    pub user: &'a user::Model,
    pub access: AccessLevel,
    pub is_patient: bool,
    pub relationship: Option<String>,
}

/// Makes a person a member who has never been in the circle, or whose old row is `before`: that
/// of a former member, or of a member who had no account. The rows are written when the transaction
/// commits. The new member acts, and from now on answers show what they see.
pub(in crate::features::circles) async fn add_member(
    write: &mut CircleWrite,
    new: NewMember<'_>,
    before: Option<membership::Model>,
) -> Result<membership::Model, Problem> {
    let id = before
        .as_ref()
        .map_or_else(|| write.new_id(), |before| before.id);
    write.act_as(id);
    let (member, grants) = put_member(write, new, id, before).await?;
    write.see_as(&member, &grants);
    Ok(member)
}

/// Like [`add_member`], if another member lets the person in: that member acts. `id` is that of
/// `before`, or a new one. Returns the grants of the new member, too.
pub(in crate::features::circles) async fn put_member(
    write: &CircleWrite,
    new: NewMember<'_>,
    id: MemberId,
    before: Option<membership::Model>,
) -> Result<(membership::Model, Vec<topic_grant::Model>), Problem> {
    let is_here = || {
        let states = [
            MemberState::Active,
            MemberState::Suspended,
            MemberState::Leaving,
        ];
        Condition::all().add(membership::Column::State.is_in(states))
    };
    write
        .check_limit::<membership::Entity>(limits::MEMBERS, is_here())
        .await?;
    let memberships = AccountScope::of(new.user.id).find::<membership::Entity>();
    let circles = memberships.filter(is_here()).count(write.tx()).await?;
    limits::CIRCLES_PER_PERSON.check(circles)?;
    let mut row = membership::ActiveModel {
        id: Set(id),
        user_id: Set(Some(new.user.id)),
        contact_member_id: Set(None),
        name: Set(new.user.name.clone()),
        access: Set(new.access),
        is_patient: Set(new.is_patient),
        is_proxy: Set(false),
        relationship: Set(new.relationship),
        state: Set(MemberState::Active),
        joined_at: Set(write.now()),
        // What happened before is not news to a new member.
        seen_seq: Set(write.scope().change_seq()),
        ..Default::default()
    };
    let mut grants = Vec::new();
    let member = if let Some(before) = before {
        grants = grants_of(write.tx(), write.scope(), &[before.id]).await?;
        let mut rejoined = before.clone().into_active_model();
        rejoined.user_id = row.user_id;
        rejoined.contact_member_id = row.contact_member_id;
        rejoined.name = row.name;
        rejoined.access = row.access;
        rejoined.is_patient = row.is_patient;
        if before.relationship.is_none() || !before.is_managed() {
            rejoined.relationship = row.relationship;
        }
        rejoined.state = row.state;
        rejoined.joined_at = row.joined_at;
        rejoined.seen_seq = row.seen_seq;
        write.update_later::<membership::Entity>(&before, rejoined)?
    } else {
        row.phone = Set(None);
        row.reads = Set(0);
        write.insert_later::<membership::Entity>(row)?
    };
    let grants = grant_defaults(write, member.id, new.access, &grants);
    Ok((member, grants))
}

/// The row of a former member. Refuses a person who is a member now.
pub(in crate::features::circles) async fn find_former_member(
    write: &CircleWrite,
    user: UserId,
) -> Result<Option<membership::Model>, Problem> {
    let member = write
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.eq(user))
        .one(write.tx())
        .await?;
    refuse_member(member.as_ref())?;
    Ok(member)
}

/// The member whose account has this address.
pub(in crate::features::circles) async fn find_member_with_address(
    write: &CircleWrite,
    email: &str,
) -> Result<Option<membership::Model>, Problem> {
    let account = Select::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::Email.eq(email))
        .to_owned();
    Ok(write
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.in_subquery(account))
        .one(write.tx())
        .await?)
}

/// Refuses a person who is a member now.
pub(in crate::features::circles) fn refuse_member(
    member: Option<&membership::Model>,
) -> Result<(), Problem> {
    match member.map(|member| member.state) {
        Some(MemberState::Active | MemberState::Leaving) => {
            let detail = "This person is a member of the circle already.";
            Err(Conflict::of(ProblemCode::AlreadyMember, detail).into())
        }
        Some(MemberState::Suspended) => {
            let detail = "This person is a suspended member. A coordinator can reinstate them.";
            Err(Conflict::of(ProblemCode::MemberSuspended, detail).into())
        }
        _ => Ok(()),
    }
}
