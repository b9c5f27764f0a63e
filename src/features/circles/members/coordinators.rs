//! A circle always needs a coordinator.

use sea_orm::sea_query::{Expr, ExprTrait, Query as Select};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter};

use crate::access::CircleWrite;
use crate::auth::require_user;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::user::{self, UserState};
use crate::problem::{Conflict, Problem, ProblemCode};

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

/// Whether the circle has other members, suspended and leaving ones included.
pub(crate) async fn has_others(write: &CircleWrite, except: MemberId) -> Result<bool, Problem> {
    let states = [
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ];
    let others = Condition::all()
        .add(membership::Column::State.is_in(states))
        .add(membership::Column::Id.ne(except));
    let others = write.find::<membership::Entity>().filter(others);
    Ok(others.count(write.tx()).await? > 0)
}

/// Whether the account of a member is in use. It asks for the one account: a list of all accounts
/// in use would be as long as the table.
fn account_is_in_use() -> Expr {
    let account = Expr::col((user::Entity, user::Column::Id));
    let in_use = Select::select()
        .expr(Expr::value(1))
        .from(user::Entity)
        .and_where(account.equals((membership::Entity, membership::Column::UserId)))
        .and_where(user::Column::State.eq(UserState::Active))
        .to_owned();
    Expr::exists(in_use)
}

/// The state of a member's account; `None` for a member without an account.
pub(super) async fn account_state(
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
        `successor_member_id`.";
    Conflict::of(ProblemCode::LastCoordinator, detail).into()
}

pub(super) fn is_the_patient() -> Problem {
    Conflict::of(
        ProblemCode::PatientProtected,
        "The patient cannot be removed or suspended. Only the patient can lower their own access.",
    )
    .into()
}
