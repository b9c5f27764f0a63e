//! `list_join_requests`: a page of the people who asked to join.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::show_request;
use super::types::JoinRequest;
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::entity::join_request::{self, Column, JoinRequestState};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which join requests to list.
    pub struct JoinRequestQuery {
        /// Only join requests in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<JoinRequestState>,
    }
}

page_of!(JoinRequestPage, JoinRequest);

/// List the join requests of a circle.
///
/// The newest comes first. A join request is listed for 30 days after its last change.
///
/// - 403 `forbidden`: only coordinators can see the join requests
#[utoipa::path(
    get, path = "/circles/{circle_id}/join-requests", tag = "invitations",
    params(CirclePath, JoinRequestQuery),
    responses((status = OK, description = "A page of join requests", body = JoinRequestPage), Problem),
)]
pub async fn list_join_requests(
    circle: CircleAccess<InvitePeople>,
    Query(query): Query<JoinRequestQuery>,
) -> Result<Page<JoinRequestPage>, Problem> {
    let listing = circle.listing("join-requests", &query)?;
    let mut rows = circle.find::<join_request::Entity>();
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let describe = |row| show_request(circle.scope(), row);
    let data = rows.into_iter().map(describe).collect();
    circle.listed(&JoinRequestPage { data, next_cursor })
}
