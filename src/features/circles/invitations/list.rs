//! `list_invitations`: a page of the invitations of a circle.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::show_invitation;
use super::types::Invitation;
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::entity::invitation::{self, InvitationState};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which invitations to list.
    pub struct InvitationQuery {
        /// Only invitations in one of these states. Default: all.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<InvitationState>,
    }
}

page_of!(InvitationPage, Invitation);

/// List the invitations of a circle.
///
/// The newest comes first. Invitations that expired are still `open`: compare
/// `expires_at`.
///
/// - 403 `forbidden`: only coordinators can see the invitations
#[utoipa::path(
    get, path = "/circles/{circle_id}/invitations", tag = "invitations",
    params(CirclePath, InvitationQuery),
    responses((status = OK, description = "A page of invitations", body = InvitationPage), Problem),
)]
pub async fn list_invitations(
    circle: CircleAccess<InvitePeople>,
    Query(query): Query<InvitationQuery>,
) -> Result<Page<InvitationPage>, Problem> {
    use invitation::Column;
    let listing = circle.listing("invitations", &query)?;
    let mut rows = circle.find::<invitation::Entity>();
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let describe = |row| show_invitation(circle.scope(), row);
    let data = rows.into_iter().map(describe).collect();
    circle.listed(&InvitationPage { data, next_cursor })
}
