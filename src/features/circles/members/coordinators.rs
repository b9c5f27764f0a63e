//! A circle always needs a coordinator.

use sea_orm::sea_query::{Expr, ExprTrait, Query as Select};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait,
};

use super::topic_grants::follow_access;
use crate::access::change_log::Change;
use crate::access::{CircleWrite, active_members};
use crate::auth::require_user;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::user::{self, UserState};
use crate::features::circles::leadership_mail::{LeadershipNews, tell_news};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// Whether another member is a coordinator; the circle's lock keeps the answer true. A
/// member who cannot sign in, or whose account is scheduled for deletion, does not count.
pub(crate) async fn has_another_coordinator(
    write: &CircleWrite,
    except: MemberId,
) -> Result<bool, Problem> {
    let others = write
        .find::<membership::Entity>()
        .filter(membership::Column::Access.eq(AccessLevel::Coordinator))
        .filter(membership::Column::State.eq(MemberState::Active))
        .filter(membership::Column::Id.ne(except))
        .filter(account_is_in_use())
        .count(write.tx())
        .await?;
    Ok(others > 0)
}

/// The active coordinators and another active member, each with the state of their account: one
/// statement.
pub(in crate::features::circles) async fn coordinators_and(
    write: &CircleWrite,
    other: MemberId,
) -> Result<Vec<(membership::Model, Option<UserState>)>, Problem> {
    use membership::Column;
    let coordinates = Column::Access.eq(AccessLevel::Coordinator);
    let asked = Condition::any().add(coordinates).add(Column::Id.eq(other));
    let member = (membership::Entity, Column::UserId);
    let account = Expr::col((user::Entity, user::Column::Id)).equals(member);
    let mut rows = write
        .find::<membership::Entity>()
        .filter(Column::State.eq(MemberState::Active))
        .filter(asked)
        .expr_as(
            Expr::col((user::Entity, user::Column::State)),
            "account_state",
        );
    QueryTrait::query(&mut rows).left_join(user::Entity, account);
    let rows = rows.by_position::<(membership::Model, Option<UserState>)>();
    Ok(rows.read(write.tx()).await?)
}

/// Makes a member coordinator, with the topic levels that go with it.
pub(in crate::features::circles) async fn make_coordinator(
    write: &mut CircleWrite,
    before: &membership::Model,
) -> Result<(), Problem> {
    follow_access(write, before, AccessLevel::Coordinator).await?;
    let mut row = before.clone().into_active_model();
    row.access = Set(AccessLevel::Coordinator);
    let after = write.update::<membership::Entity>(before, row).await?;
    let change = Change::to::<membership::Entity>("updated", &after).fields(vec!["access"]);
    write.log(change).await
}

/// Makes the deputy coordinator in the place of the last one, who goes. False if there is no deputy
/// who can be: an active member whose account is in use. The members are told.
pub(crate) async fn promote_deputy(
    write: &mut CircleWrite,
    departing: MemberId,
) -> Result<bool, Problem> {
    let deputy = write.scope().deputy().filter(|id| *id != departing);
    let deputy = active_members(write, deputy.as_slice()).await?.pop();
    let Some(deputy) = deputy else {
        return Ok(false);
    };
    if account_state(write, &deputy).await? != Some(UserState::Active) {
        return Ok(false);
    }
    make_coordinator(write, &deputy).await?;
    clear_deputy(write).await?;
    tell_news(write, LeadershipNews::NewCoordinator).await?;
    Ok(true)
}

/// A member who goes is not the deputy any more.
pub(crate) async fn end_deputy(
    write: &mut CircleWrite,
    departing: MemberId,
) -> Result<(), Problem> {
    if write.scope().deputy() == Some(departing) {
        clear_deputy(write).await?;
    }
    Ok(())
}

async fn clear_deputy(write: &mut CircleWrite) -> Result<(), Problem> {
    let before = write.circle().await?;
    let mut row = before.clone().into_active_model();
    row.deputy_member_id = Set(None);
    write.update_circle_later(&before, row)?;
    let change = Change::of("updated", "circle", before.id.0);
    write.log(change.fields(vec!["deputy_member_id"])).await
}

/// Refuses a change that would leave the circle without a coordinator.
pub(super) async fn check_another_coordinates(
    write: &CircleWrite,
    except: MemberId,
) -> Result<(), Problem> {
    if has_another_coordinator(write, except).await? {
        Ok(())
    } else {
        Err(last_coordinator())
    }
}

/// Whether the circle has other members with an account, suspended and leaving ones included.
pub(crate) async fn has_others(write: &CircleWrite, except: MemberId) -> Result<bool, Problem> {
    let states = [
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ];
    let others = Condition::all()
        .add(membership::Column::State.is_in(states))
        .add(membership::Column::UserId.is_not_null())
        .add(membership::Column::Id.ne(except));
    let others = write.find::<membership::Entity>().filter(others);
    Ok(others.count(write.tx()).await? > 0)
}

/// Whether the account of a member is in use. It asks for the one account: a list of all accounts
/// in use would be as long as the table.
pub(crate) fn account_is_in_use() -> Expr {
    let account = Expr::col((user::Entity, user::Column::Id));
    let in_use = Select::select()
        .expr(Expr::value(1))
        .from(user::Entity)
        .and_where(account.equals((membership::Entity, membership::Column::UserId)))
        .and_where(user::Column::State.eq(UserState::Active))
        .to_owned();
    Expr::exists(in_use)
}

/// Refuses a member who has no account, or whose account is not in use. Such a member cannot
/// coordinate, nor decide for the patient.
pub(in crate::features::circles) async fn check_account(
    write: &CircleWrite,
    pointer: &'static str,
    member: &membership::Model,
) -> Result<(), Problem> {
    refuse_without_account(pointer, member, account_state(write, member).await?)
}

/// Like [`check_account`], if the state of the account is known.
pub(in crate::features::circles) fn refuse_without_account(
    pointer: &'static str,
    member: &membership::Model,
    account: Option<UserState>,
) -> Result<(), Problem> {
    if account == Some(UserState::Active) {
        return Ok(());
    }
    let (code, detail) = if member.is_managed() {
        let detail = "This member has no account. Name another member, or invite this one first.";
        (FieldErrorCode::NeedsAccount, detail)
    } else {
        let detail = "The account of this member is not in use. Name another member.";
        (FieldErrorCode::AccountInactive, detail)
    };
    Err(Problem::field(pointer, code, detail))
}

/// The state of a member's account; `None` for a member without an account.
pub(in crate::features::circles) async fn account_state(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Option<UserState>, Problem> {
    match member.user_id {
        Some(id) => Ok(Some(require_user(write.tx(), id).await?.state)),
        None => Ok(None),
    }
}

pub(super) fn last_coordinator() -> Problem {
    let detail = "The circle would be left without a coordinator. Make another member a \
        coordinator first. If the last coordinator leaves, name the new one in \
        `successor_member_id`, or a deputy in advance.";
    Conflict::of(ProblemCode::LastCoordinator, detail).into()
}

pub(super) fn is_the_patient() -> Problem {
    Conflict::of(
        ProblemCode::PatientProtected,
        "The patient cannot be removed or suspended. Only the patient can lower their own access.",
    )
    .into()
}
