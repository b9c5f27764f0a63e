//! Members whose account is going to be erased: from the day they ask they look
//! on and hold nothing; when the time has come they are nobody any more.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::invitations::{withdraw_invitations_of, withdraw_invitations_to};
use super::joining::{NEUTRAL_ALIAS, default_alias};
use super::members::has_another_coordinator;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::auth::{Account, require_user};
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{self, Access, Column, MemberState};
use crate::features::participation::{self, Released};
use crate::problem::Problem;

/// Every circle that an account is or was a member of.
pub async fn circles_of(
    connection: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<CircleId>, Problem> {
    Ok(Account::of(user)
        .find::<membership::Entity>()
        .select_only()
        .column(Column::CircleId)
        .order_by_asc(Column::CircleId)
        .into_tuple::<CircleId>()
        .all(connection)
        .await?)
}

/// Lets a member only look on from now, and answers what they held and is released.
/// None where others would be without a coordinator then.
pub async fn begin_leaving(
    write: &mut CircleWrite,
    user: UserId,
) -> Result<Option<Vec<Released>>, Problem> {
    let member = member_of(write, user).await?;
    let Some(before) = member.filter(|member| member.state == MemberState::Active) else {
        return Ok(Some(Vec::new()));
    };
    let coordinates = before.access == Access::Coordinator;
    if coordinates
        && !has_another_coordinator(write, before.id).await?
        && has_others(write, before.id).await?
    {
        return Ok(None);
    }
    write.act_as(before.id);
    if coordinates {
        withdraw_invitations_of(write, before.id).await?;
    }
    withdraw_invitations_to(write, user).await?;
    // What a grant that ended a moment ago has left is nothing for the answer.
    participation::release_out_of_reach(write, &before).await?;
    let released = participation::release(write, before.id, None).await?;
    set_state(write, &before, MemberState::Leaving, "leaving").await?;
    Ok(Some(released))
}

/// Lets a member who looked on take part again. What was released stays released.
pub async fn stay(write: &mut CircleWrite, user: UserId) -> Result<(), Problem> {
    let member = member_of(write, user).await?;
    if let Some(before) = member.filter(|member| member.state == MemberState::Leaving) {
        write.act_as(before.id);
        set_state(write, &before, MemberState::Active, "stayed").await?;
    }
    Ok(())
}

/// What a circle is to somebody whose account is erased.
#[derive(Clone, Debug)]
pub enum Left {
    /// They were the only one there: it ends with them.
    Alone,
    /// They are one of its former members now.
    Others(membership::Model),
    /// It has not heard of them.
    Nobody,
}

/// Makes somebody a former member. Answers how they stood there.
pub async fn leave_for_good(write: &mut CircleWrite, user: UserId) -> Result<Left, Problem> {
    let Some(member) = member_of(write, user).await? else {
        return Ok(Left::Nobody);
    };
    if !has_others(write, member.id).await? {
        return Ok(Left::Alone);
    }
    participation::release(write, member.id, None).await?;
    let state = match member.state {
        MemberState::Removed => MemberState::Removed,
        _ => MemberState::Left,
    };
    set_state(write, &member, state, "erased").await?;
    forget_alias(write, &member, user).await?;
    Ok(Left::Others(member))
}

/// A circle that is called after its founder in mails is not any more.
async fn forget_alias(
    write: &CircleWrite,
    member: &membership::Model,
    user: UserId,
) -> Result<(), Problem> {
    let circle = write.circle().await?;
    let account = require_user(write.tx(), user).await?;
    let after_them = |name: &str| circle.alias == default_alias(name);
    if circle.created_by_user == user && (after_them(&member.name) || after_them(&account.name)) {
        let mut row = circle.clone().into_active_model();
        row.alias = Set(NEUTRAL_ALIAS.into());
        write.update_circle(&circle, row).await?;
    }
    Ok(())
}

async fn member_of(
    write: &CircleWrite,
    user: UserId,
) -> Result<Option<membership::Model>, Problem> {
    let mine = write.find::<membership::Entity>();
    let mine = mine.filter(Column::UserId.eq(user));
    Ok(mine.one(write.tx()).await?)
}

/// Whether the circle is anybody else's too, or was a moment ago.
async fn has_others(write: &CircleWrite, except: MemberId) -> Result<bool, Problem> {
    let here = [
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ];
    let others = write
        .find::<membership::Entity>()
        .filter(Column::State.is_in(here))
        .filter(Column::Id.ne(except))
        .count(write.tx())
        .await?;
    Ok(others > 0)
}

async fn set_state(
    write: &mut CircleWrite,
    before: &membership::Model,
    state: MemberState,
    verb: &'static str,
) -> Result<(), Problem> {
    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    if matches!(state, MemberState::Left | MemberState::Removed) {
        row.is_patient = Set(false);
    }
    let after = write.update::<membership::Entity>(before, row).await?;
    write
        .log(Change::to::<membership::Entity>(verb, &after))
        .await
}
