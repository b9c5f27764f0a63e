//! `list_role_assignments`: a page of all assignments of a role, past and present.

use sea_orm::{ColumnTrait, QueryFilter};

use super::super::types::RolePath;
use super::store::{assemble_part, with_shown, with_sole_carriers};
use super::types::RoleAssignment;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role_assignment::{self, Column};
use crate::http::extract::{Path, Query};
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

list_query! {
    /// Which assignments to list.
    pub struct RoleAssignmentsQuery {}
}

page_of!(RoleAssignmentPage, RoleAssignment);

/// List the assignments of a role, past and present.
///
/// You get every assignment of the role, the oldest first. Offers that were declined or
/// withdrawn are included.
///
/// - 404 `not_found`: there is no such role in this circle
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles/{role_id}/assignments", tag = "roles",
    params(CirclePath, RolePath, RoleAssignmentsQuery),
    security(("personal_access_token" = [TokenScope::RolesRead])),
    responses(
        (status = OK, description = "A page of assignments", body = RoleAssignmentPage), Problem
    ),
)]
pub async fn list_role_assignments(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RolePath>,
    Query(query): Query<RoleAssignmentsQuery>,
) -> Result<Page<RoleAssignmentPage>, Problem> {
    let listing = circle.listing(format_args!("assignments {}", path.role_id), &query)?;
    let role = with_sole_carriers(circle.scope(), path.role_id);
    let role = role.read(circle.db()).await?;
    if role.is_empty() {
        return Err(Problem::NotFound);
    }
    let carriers: Vec<_> = role
        .into_iter()
        .filter_map(|(_, carrier)| carrier)
        .collect();
    let etag = circle.collection_tag()?;
    let rows = circle
        .find::<role_assignment::Entity>()
        .filter(Column::RoleId.eq(path.role_id));
    let rows = with_shown(circle.scope(), rows);
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page_with(circle.db(), rows, order, |_| 0).await?;
    let describe = |(row, shown)| assemble_part(circle.scope(), row, shown, &carriers);
    let data = rows.into_iter().map(describe).collect();
    Page::known(&RoleAssignmentPage { data, next_cursor }, etag)
}
