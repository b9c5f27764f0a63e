//! `list_gaps`: what still needs somebody in a circle.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Asterisk, Expr, Order, Query, UnionType};
use uuid::Uuid;

use super::rows::{GapRow, PartRow, gaps, parts_in};
use super::types::{AskedMember, GapPage, GapType};
use crate::access::{CircleAccess, CirclePath, Permission, ViewGaps};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{need_assignment, role_assignment, task_assignment};
use crate::http::extract::Query as QueryOf;
use crate::http::pagination::{Position, list_query};
use crate::http::response::Page;
use crate::platform::db::Reads;
use crate::platform::time::civil::{Instant, ZoneName};
use crate::problem::Problem;
use crate::schedule::window::Window;

list_query! {
    /// Which gaps to list.
    pub struct GapQuery {
        /// Only what is not over at this moment. A date lasts until its end in `time_zone`.
        /// Roles and tasks without a due time are left out.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only what begins before this moment. A date begins at midnight in `time_zone`.
        /// Roles and tasks without a due time are left out.
        #[param(inline)]
        pub to: Option<Instant>,
        /// The time zone whose days count. Default: your own.
        #[param(inline)]
        pub time_zone: Option<ZoneName>,
    }
}

/// List what still needs somebody.
///
/// You get the open tasks and needs without enough people, the scheduled appointments to which
/// everybody who was asked said no, and the roles that nobody carries, as far as you see them. A
/// member who hands something over, or is away when it takes place, is not counted as enough. What
/// comes soonest is first, overdue tasks before it. Tasks without a due time and roles are last.
#[utoipa::path(
    get, path = "/circles/{circle_id}/gaps", tag = "calendar", params(CirclePath, GapQuery),
    security(("personal_access_token" = [
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
    ])),
    responses((status = OK, description = "A page of what needs somebody", body = GapPage), Problem),
)]
pub async fn list_gaps(
    circle: CircleAccess<ViewGaps>,
    QueryOf(query): QueryOf<GapQuery>,
) -> Result<Page<GapPage>, Problem> {
    let listing = circle.listing("gaps", &query)?;
    let own_zone = circle.scope().reader_zone();
    let zone = query.time_zone.as_ref();
    let zone = zone.map_or(own_zone, ZoneName::as_str);
    let window = Window::of(query.from, query.to, zone);
    let (etag, now) = circle.tag_in(&window, true)?;
    let (db, scope) = (circle.db(), circle.scope());

    let item = |column: &'static str| Expr::col(("items", column));
    let rows = Query::select()
        .column(Asterisk)
        .from_subquery(gaps(scope, &window, now), "items")
        .cond_where(listing.after_in_subquery(&item("sort_at"), &item("id")))
        .order_by("sort_at", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(listing.most())
        .take();
    let backend = db.get_database_backend();
    // A circle that plans nothing any more needs nobody.
    let rows = if Permission::ClaimTasks.works_in(scope.circle_state()) {
        db.rows::<GapRow>(backend.build(&rows)).await?
    } else {
        Vec::new()
    };
    let (rows, next_cursor) = listing.cut_mixed(rows, |row| Position {
        at: row.planned.sort_at,
        id: row.planned.id,
    })?;

    let parts = [
        parts_in::<task_assignment::Entity>(scope, &rows, GapType::Task),
        parts_in::<need_assignment::Entity>(scope, &rows, GapType::Need),
        parts_in::<role_assignment::Entity>(scope, &rows, GapType::Role),
    ];
    let mut parts = parts.into_iter().flatten();
    let mut members: HashMap<Uuid, Vec<AskedMember>> = HashMap::new();
    if let Some(mut select) = parts.next() {
        select.unions(parts.map(|other| (UnionType::All, other)));
        let parts = db.rows::<PartRow>(backend.build(&select)).await?;
        for part in parts.into_iter().filter(|part| part.is_asked) {
            members.entry(part.about).or_default().push(part.member);
        }
    }
    let describe = |row: GapRow| {
        let asked = members.remove(&row.planned.id).unwrap_or_default();
        row.describe(asked)
    };
    let data = rows.into_iter().map(describe).collect();
    Page::known(&GapPage { data, next_cursor }, etag)
}
