//! `list_join_links`: a page of the join links of a circle.

use super::store::show_link;
use super::types::JoinLink;
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::entity::join_link::{self, Column};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which page of the join links to list.
    pub struct JoinLinkQuery {}
}

page_of!(JoinLinkPage, JoinLink);

/// List the join links of a circle.
///
/// The newest comes first. The links themselves are not shown. A link is listed until 30 days after
/// it has expired.
///
/// - 403 `forbidden`: only coordinators can see the join links
#[utoipa::path(
    get, path = "/circles/{circle_id}/join-links", tag = "invitations",
    params(CirclePath, JoinLinkQuery),
    responses((status = OK, description = "A page of join links", body = JoinLinkPage), Problem),
)]
pub async fn list_join_links(
    circle: CircleAccess<InvitePeople>,
    Query(query): Query<JoinLinkQuery>,
) -> Result<Page<JoinLinkPage>, Problem> {
    let listing = circle.listing("join-links", &query)?;
    let rows = circle.find::<join_link::Entity>();
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = rows.into_iter().map(|row| show_link(&row, None)).collect();
    circle.listed(&JoinLinkPage { data, next_cursor })
}
