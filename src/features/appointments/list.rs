//! `list_appointments`: a page of the appointments of a circle, by time, with their attendees and
//! needs.

use sea_orm::{ColumnTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store;
use super::types::Appointment;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::appointment::{self, AppointmentKind, AppointmentState, Column};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::personal_token::TokenScope;
use crate::features::participation::with_part_in;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::platform::time::civil::Instant;
use crate::problem::Problem;

/// In which order appointments are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum AppointmentSort {
    /// Soonest first.
    #[serde(rename = "starts")]
    Starts,
    /// Latest first.
    #[serde(rename = "-starts")]
    StartsLast,
}

list_query! {
    /// Which appointments.
    pub struct AppointmentQuery {
        /// Only appointments in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<AppointmentState>,
        /// Only appointments of one of these kinds.
        #[serde(default)]
        #[param(inline)]
        pub kind: Vec<AppointmentKind>,
        /// Only appointments that this member is part of, whatever they answered.
        #[param(inline)]
        pub attendee: Option<MemberId>,
        /// Only appointments that are not over at this moment: they start at it or later, or end
        /// later. What takes all day counts until its date is over in your own time zone.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only appointments that start before this moment. What takes all day starts with the
        /// midnight of its date in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
        /// Default: `starts`.
        #[param(inline)]
        pub sort: Option<AppointmentSort>,
    }
}

page_of!(AppointmentPage, Appointment);

/// List appointments.
///
/// Soonest first, past ones included unless `from` says otherwise. Each embeds
/// who comes and what it needs.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments", tag = "appointments",
    params(CirclePath, AppointmentQuery),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of appointments", body = AppointmentPage), Problem),
)]
pub async fn list_appointments(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<AppointmentQuery>,
) -> Result<Page<AppointmentPage>, Problem> {
    let listing = circle.listing("appointments", &query)?;
    let window = circle.window(query.from, query.to);
    let (etag, _) = circle.tag_in(&window, false)?;
    let order = match query.sort.unwrap_or(AppointmentSort::Starts) {
        AppointmentSort::Starts => OrderBy::ascending(Column::SortAt, Column::Id),
        AppointmentSort::StartsLast => OrderBy::descending(Column::SortAt, Column::Id),
    };
    let mut rows = circle
        .find::<appointment::Entity>()
        .filter(window.condition::<appointment::Entity>());
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if !query.kind.is_empty() {
        rows = rows.filter(Column::Kind.is_in(query.kind));
    }
    if let Some(member) = query.attendee {
        let any = AttendanceAnswer::ALL;
        rows = rows.filter(with_part_in::<attendance::Entity>(
            circle.scope(),
            member,
            any,
        ));
    }
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&AppointmentPage { data, next_cursor }, etag)
}
