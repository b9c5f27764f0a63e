//! `list_roles`: a page of the roles of a circle, each with its open assignments.

use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};

use super::store;
use super::types::Role;
use super::uncovered::nobody_carries;
use crate::access::{CircleAccess, CirclePath, MemberIdOrMe, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role::{self, Column, RoleKind, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

list_query! {
    /// Which roles to list.
    pub struct RoleQuery {
        /// Only roles in one of these states. Default: active ones.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<RoleState>,
        /// Only roles of one of these kinds.
        #[serde(default)]
        #[param(inline)]
        pub kind: Vec<RoleKind>,
        /// Only roles that this member carries now. `me` stands for yourself.
        #[param(inline)]
        pub assigned_member_id: Option<MemberIdOrMe>,
        /// With `true` only roles that nobody carries now, or that every member who carries them
        /// is handing over or away.
        pub uncovered: Option<bool>,
    }
}

page_of!(RolePage, Role);

/// List roles.
///
/// Roles come in the order in which they were created, each with the members who carry it
/// now and those who were asked. Archived roles are listed only if you ask for them with
/// `state`. Long descriptions are cut, and `truncated_fields` names them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles", tag = "roles", params(CirclePath, RoleQuery),
    security(("personal_access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "A page of roles", body = RolePage), Problem),
)]
pub async fn list_roles(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<RoleQuery>,
) -> Result<Page<RolePage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![RoleState::Active];
    }
    let listing = circle.listing("roles", &query)?;
    let uncovered = query.uncovered == Some(true);
    // Which members are away depends on the time.
    let window = circle.window(None, None);
    let (etag, now) = circle.tag_in(&window, uncovered)?;

    let mut rows = circle
        .find::<role::Entity>()
        .filter(Column::State.is_in(query.state));
    if !query.kind.is_empty() {
        rows = rows.filter(Column::Kind.is_in(query.kind));
    }
    if let Some(member) = query.assigned_member_id {
        let member = member.resolve(circle.scope())?;
        let by_them = circle
            .find::<role_assignment::Entity>()
            .filter(role_assignment::Column::MemberId.eq(member))
            .filter(role_assignment::Column::State.eq(RoleAssignmentState::Active))
            .select_only()
            .column(role_assignment::Column::RoleId);
        rows = rows.filter(Column::Id.in_subquery(by_them.into_query()));
    }
    if uncovered {
        rows = rows.filter(nobody_carries(circle.scope(), now));
    }
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&RolePage { data, next_cursor }, etag)
}
