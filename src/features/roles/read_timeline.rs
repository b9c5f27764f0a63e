//! `read_role_timeline`: a page of all assignments that a role ever had.

use sea_orm::{ColumnTrait, QueryFilter};

use super::role_assignments;
use super::role_assignments::RoleAssignment;
use super::types::RolePath;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::role;
use crate::entity::role_assignment::{self, Column};
use crate::http::extract::{Path, Query};
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which part of the timeline.
    pub struct RoleTimelineQuery {}
}

page_of!(RoleAssignmentPage, RoleAssignment);

/// See who carried a role, and who was asked.
///
/// Every assignment there ever was, oldest first.
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles/{role_id}/timeline", tag = "roles",
    params(CirclePath, RolePath, RoleTimelineQuery),
    security(("access_token" = [TokenScope::RolesRead])),
    responses(
        (status = OK, description = "A page of assignments", body = RoleAssignmentPage), Problem
    ),
)]
pub async fn read_role_timeline(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RolePath>,
    Query(query): Query<RoleTimelineQuery>,
) -> Result<Page<RoleAssignmentPage>, Problem> {
    let listing = circle.listing(format_args!("timeline {}", path.role_id), &query)?;
    let role = circle.require::<role::Entity>(path.role_id).await?;
    let etag = circle.collection_tag()?;
    let rows = circle
        .find::<role_assignment::Entity>()
        .filter(Column::RoleId.eq(role.id));
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = role_assignments::describe_parts(circle.db(), circle.scope(), rows).await?;
    Page::known(&RoleAssignmentPage { data, next_cursor }, etag)
}
