//! `list_needs`: a page of the needs of a circle, of all appointments, by time.

use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::store;
use super::types::Need;
use super::uncovered::uncovered_needs;
use crate::access::{CircleAccess, CirclePath, MemberIdOrMe, ViewCircle};
use crate::entity::need::{self, Column, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::{Work, with_part_in};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::platform::time::civil::Instant;
use crate::problem::Problem;

list_query! {
    /// Which needs to list.
    pub struct NeedQuery {
        /// Only needs in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<NeedState>,
        /// Only needs that this member has claimed, or that are offered to them and need
        /// more people. `me` stands for yourself.
        #[param(inline)]
        pub assigned_member_id: Option<MemberIdOrMe>,
        /// With `true` only needs that still need people: open, not over, and of an
        /// appointment that is scheduled or took place.
        pub uncovered: Option<bool>,
        /// Only needs that are not over at this moment: they start then or later, or end
        /// later. A need that takes all day lasts until its date is over in your own time
        /// zone.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only needs that start before this moment. A need that takes all day starts at
        /// midnight in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
    }
}

page_of!(NeedPage, Need);

/// List needs.
///
/// You get the needs of all appointments of the circle. Needs that start soonest come
/// first. Long notes are cut, and `truncated_fields` names them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/needs", tag = "needs", params(CirclePath, NeedQuery),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of needs", body = NeedPage), Problem),
)]
pub async fn list_needs(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<NeedQuery>,
) -> Result<Page<NeedPage>, Problem> {
    let listing = circle.listing("needs", &query)?;
    let uncovered = query.uncovered == Some(true);
    let window = circle.window(query.from, query.to);
    // The filter for uncovered needs depends on the time: they drop out as time passes.
    let (etag, now) = circle.tag_in(&window, uncovered)?;
    let mut rows = circle
        .find::<need::Entity>()
        .filter(window.condition::<need::Entity>());
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if let Some(member) = query.assigned_member_id {
        let member = member.resolve(circle.scope())?;
        let part_in = |state: NeedAssignmentState| {
            with_part_in::<need_assignment::Entity>(circle.scope(), member, &[state])
        };
        let taken = part_in(NeedAssignmentState::Accepted);
        let offered = part_in(NeedAssignmentState::Offered).add(need::Entity::is_uncovered());
        rows = rows.filter(Condition::any().add(taken).add(offered));
    }
    if uncovered {
        rows = rows.filter(uncovered_needs(circle.scope(), now));
    }
    let order = OrderBy::ascending(Column::SortAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&NeedPage { data, next_cursor }, etag)
}
