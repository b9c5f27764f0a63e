//! `list_members`: a page of the members of a circle.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::describe_members;
use super::types::Member;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::membership::{self, MemberState};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which members to list.
    pub struct MemberQuery {
        /// Only members in one of these states. Default: active, suspended and leaving ones.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<MemberState>,
    }
}

page_of!(MemberPage, Member);

/// List the members of a circle.
///
/// Members come in the order in which they joined. Members who left or were removed are
/// listed only if you ask for them with `state`.
#[utoipa::path(
    get, path = "/circles/{circle_id}/members", tag = "members", params(CirclePath, MemberQuery),
    security(("personal_access_token" = [TokenScope::CircleRead])),
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
