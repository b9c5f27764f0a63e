//! `list_absences`: a page of the absences of a circle, the newest first.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store;
use super::types::Absence;
use crate::access::{CircleAccess, CirclePath, MemberIdOrMe, ViewCircle};
use crate::entity::absence::{self, AbsenceState, Column};
use crate::entity::membership;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which absences to list.
    pub struct AbsenceQuery {
        /// Only absences in one of these states. Default: active ones.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<AbsenceState>,
        /// Only absences of this member. `me` stands for yourself.
        #[param(inline)]
        pub member_id: Option<MemberIdOrMe>,
    }
}

page_of!(AbsencePage, Absence);

/// List absences.
///
/// You get when members are or were away, the newest first. Absences that were ended or canceled
/// are listed only if you ask for them with `state`.
#[utoipa::path(
    get, path = "/circles/{circle_id}/absences", tag = "absences",
    params(CirclePath, AbsenceQuery),
    responses((status = OK, description = "A page of absences", body = AbsencePage), Problem),
)]
pub async fn list_absences(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<AbsenceQuery>,
) -> Result<Page<AbsencePage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![AbsenceState::Active];
    }
    let listing = circle.listing("absences", &query)?;
    let etag = circle.collection_tag()?;
    let mut rows = circle
        .find::<absence::Entity>()
        .filter(Column::State.is_in(query.state));
    if let Some(member) = query.member_id {
        let member = member.resolve(circle.scope())?;
        rows = rows.filter(Column::MemberId.eq(member));
    }
    let rows = store::with_member(circle.scope(), rows);
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing
        .page_with::<absence::Entity, membership::Model>(circle.db(), rows, order, |_| 0)
        .await?;
    let describe = |(row, member): (absence::Model, membership::Model)| {
        store::assemble(circle.scope(), row, &member)
    };
    let data = rows.into_iter().map(describe).collect();
    Page::known(&AbsencePage { data, next_cursor }, etag)
}
