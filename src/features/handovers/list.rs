//! `list_handovers`: a page of the handovers of a circle, the newest first.

use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::store::{self, Shown};
use super::types::Handover;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::{NeedId, RoleAssignmentId, TaskId};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which handovers to list.
    pub struct HandoverQuery {
        /// Only handovers in one of these states. Default: open ones.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<HandoverState>,
        /// With `true` only handovers of what you have or had, and those in which you are asked.
        pub mine: Option<bool>,
        /// Only handovers of this task.
        #[param(inline)]
        pub task_id: Option<TaskId>,
        /// Only handovers of this need.
        #[param(inline)]
        pub need_id: Option<NeedId>,
        /// Only handovers of this role assignment.
        #[param(inline)]
        pub role_assignment_id: Option<RoleAssignmentId>,
    }
}

page_of!(HandoverPage, Handover);

/// List handovers.
///
/// You get the handovers of what you see, the newest first. Handovers that ended are listed only
/// if you ask for them with `state`.
#[utoipa::path(
    get, path = "/circles/{circle_id}/handovers", tag = "handovers",
    params(CirclePath, HandoverQuery),
    security(("personal_access_token" = [
        TokenScope::TasksRead, TokenScope::AppointmentsRead, TokenScope::RolesRead,
    ])),
    responses((status = OK, description = "A page of handovers", body = HandoverPage), Problem),
)]
pub async fn list_handovers(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<HandoverQuery>,
) -> Result<Page<HandoverPage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![HandoverState::Open];
    }
    let listing = circle.listing("handovers", &query)?;
    let etag = circle.collection_tag()?;
    let mut rows = circle
        .find::<handover::Entity>()
        .filter(Column::State.is_in(query.state));
    if query.mine == Some(true) {
        let me = circle.scope().member_id();
        let mine = Condition::any()
            .add(Column::FromMemberId.eq(me))
            .add(Column::ToMemberId.eq(me))
            .add(Column::TakenByMemberId.eq(me));
        rows = rows.filter(mine);
    }
    let of_subject = Condition::all()
        .add_option(query.task_id.map(|id| Column::TaskId.eq(id)))
        .add_option(query.need_id.map(|id| Column::NeedId.eq(id)))
        .add_option(
            query
                .role_assignment_id
                .map(|id| Column::RoleAssignmentId.eq(id)),
        );
    let rows = store::with_shown(circle.scope(), rows.filter(of_subject));
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page_with(circle.db(), rows, order, |_| 0).await?;
    let describe =
        |(row, shown): (handover::Model, Shown)| store::assemble(circle.scope(), row, &shown);
    let data = rows.into_iter().map(describe).collect();
    Page::known(&HandoverPage { data, next_cursor }, etag)
}
