//! The members: who they are and what they may do.

use sea_orm::sea_query::{Query as Select, SelectStatement};
use sea_orm::{ColumnTrait, Condition, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::describing::{describe_member, describe_members};
use super::grants::follow_access;
use super::invitations::withdraw_invitations_of;
use super::rules::{MemberFacts, MemberVerb};
use super::types::{Member, MemberPage, MemberPatch, MemberPath};
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleScope, CircleWrite, Permission, Verb, ViewCircle,
};
use crate::app::App;
use crate::auth::require_user;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::personal_token::TokenScope;
use crate::entity::user::{self, UserState};
use crate::features::participation;
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::{OrderBy, list_query};
use crate::http::response::{Page, Resource};
use crate::problem::{Conflict, Problem};

list_query! {
    /// Which members.
    pub struct MemberQuery {
        /// Only members in one of these states. Default: active, suspended and leaving ones.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<MemberState>,
    }
}

/// List the members.
///
/// In the order in which they came.
#[utoipa::path(
    get, path = "/circles/{circle_id}/members", tag = "members", params(CirclePath, MemberQuery),
    security(("access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "A page of members", body = MemberPage), Problem),
)]
pub async fn list_members(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<MemberQuery>,
) -> Result<Page<MemberPage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![
            MemberState::Active,
            MemberState::Suspended,
            MemberState::Leaving,
        ];
    }
    let listing = circle.listing("members", &query)?;

    let rows = circle
        .find::<membership::Entity>()
        .filter(membership::Column::State.is_in(query.state));
    let order = OrderBy::ascending(membership::Column::CreatedAt, membership::Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = describe_members(circle.db(), circle.scope(), rows).await?;
    circle.listed(&MemberPage { data, next_cursor })
}

/// Read a member.
///
/// With what they see, topic by topic, for those who may know.
#[utoipa::path(
    get, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    security(("access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn read_member(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
) -> Result<Resource<Member>, Problem> {
    let row = circle.require::<membership::Entity>(path.member_id).await?;
    let member = describe_member(circle.db(), circle.scope(), row).await?;
    circle.found(member)
}

/// Change a member.
///
/// One's own name, phone and relationship; coordinators also change others'
/// access and relationship. What is seen by default follows the access, and what the
/// member may no longer do is open to others again: the answer says what was
/// `released`. Who makes
/// somebody coordinator, or coordinator no more, must have proved on this device in
/// the last ten minutes who they are: else 403 `reauthentication_needed`.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn update_member(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
    Json(changes): Json<MemberPatch>,
) -> Result<Resource<Member>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write.require::<membership::Entity>(path.member_id).await?;
    let is_self = write.scope().is_member(before.id);
    let manages = write.scope().may(Permission::ManageMembers);
    let of_others = changes.access.is_some();
    let ones_own = changes.name.is_some() || changes.phone.is_some();
    if (of_others && !manages) || (ones_own && !is_self) || !(is_self || manages) {
        return Err(Permission::ManageMembers.refused());
    }
    write.check_version(before.version)?;
    if !MemberVerb::Change.fits(before.state, None) {
        return Err(invalid_state(write.scope(), &before));
    }

    let mut row = before.clone().into_active_model();
    let access = changes.access.filter(|access| *access != before.access);
    let fields = changes.write_to(&mut row);
    if let Some(access) = access {
        if [access, before.access].contains(&Access::Coordinator) {
            circle.check_recent()?;
        }
        if before.is_patient && !is_self && access > before.access {
            return Err(is_the_patient());
        }
        if before.access == Access::Coordinator {
            if !has_another_coordinator(&write, before.id).await? {
                return Err(last_coordinator());
            }
            withdraw_invitations_of(&mut write, before.id).await?;
        }
        follow_access(&write, &before, access).await?;
    }
    if fields.is_empty() {
        let mut member = describe_member(write.tx(), write.scope(), before).await?;
        member.released = Some(Vec::new());
        return write.commit(Resource::new(member)).await;
    }
    let after = write.update::<membership::Entity>(&before, row).await?;
    let released = if after.access == before.access {
        Vec::new()
    } else {
        participation::release_out_of_reach(&mut write, &after).await?
    };
    write
        .log(Change::to::<membership::Entity>("changed", &after).fields(fields.names()))
        .await?;
    if is_self {
        // The reader's own rights may just have changed: show them as they are now.
        write.see_as(&after).await?;
    }
    let mut member = describe_member(write.tx(), write.scope(), after).await?;
    member.released = Some(released);
    write.commit(Resource::new(member)).await
}

/// Somebody must always be there to coordinate; the circle's lock makes this true.
/// A member who cannot sign in, or whose account is going to be erased, does not count.
pub(crate) async fn has_another_coordinator(
    write: &CircleWrite,
    except: MemberId,
) -> Result<bool, Problem> {
    let others = write
        .find::<membership::Entity>()
        .filter(membership::Column::Access.eq(Access::Coordinator))
        .filter(membership::Column::State.eq(MemberState::Active))
        .filter(membership::Column::Id.ne(except))
        .filter(membership::Column::UserId.in_subquery(accounts_in_use()))
        .count(write.tx())
        .await?;
    Ok(others > 0)
}

/// Whether the circle is anybody else's too, or was a moment ago.
pub(crate) async fn has_others(write: &CircleWrite, except: MemberId) -> Result<bool, Problem> {
    let here = [
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ];
    let others = Condition::all()
        .add(membership::Column::State.is_in(here))
        .add(membership::Column::Id.ne(except));
    let others = write.find::<membership::Entity>().filter(others);
    Ok(others.count(write.tx()).await? > 0)
}

fn accounts_in_use() -> SelectStatement {
    Select::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::State.eq(UserState::Active))
        .to_owned()
}

/// How the account of a member stands; nothing for a member without one.
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
    let detail = "The circle would be without a coordinator. Name a successor.";
    Conflict::of("last_coordinator", detail).into()
}

pub(super) fn is_the_patient() -> Problem {
    Conflict::of(
        "is_the_patient",
        "Nobody removes, suspends or demotes the patient.",
    )
    .into()
}

pub(super) fn invalid_state(scope: &CircleScope, member: &membership::Model) -> Problem {
    let actions = MemberVerb::actions(&MemberFacts { scope, member });
    Conflict::invalid_transition(member.state.as_str(), actions).into()
}
