//! `list_appointments`: a page of the appointments of a circle, by time, with their attendees and
//! needs.

use sea_orm::{ColumnTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store;
use super::types::Appointment;
use crate::access::{CircleAccess, CirclePath, MemberIdOrMe, ViewCircle};
use crate::entity::appointment::{self, AppointmentKind, AppointmentState, Column};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::AppointmentSeriesId;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::with_part_in;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::platform::time::civil::Instant;
use crate::problem::Problem;

/// The order of a list of appointments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(title = "AppointmentSort")]
pub enum AppointmentSort {
    /// The earliest first.
    #[serde(rename = "starts_at")]
    StartsAt,
    /// The latest first.
    #[serde(rename = "-starts_at")]
    StartsAtLast,
}

list_query! {
    /// Which appointments to list.
    pub struct AppointmentQuery {
        /// Only appointments in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<AppointmentState>,
        /// Only appointments of one of these kinds.
        #[serde(default)]
        #[param(inline)]
        pub kind: Vec<AppointmentKind>,
        /// Only appointments of this series.
        #[param(inline)]
        pub series_id: Option<AppointmentSeriesId>,
        /// Only appointments that have this member as an attendee, with any response. `me`
        /// stands for yourself.
        #[param(inline)]
        pub attendee_member_id: Option<MemberIdOrMe>,
        /// Only appointments that start at this instant or later, or end after it. An appointment
        /// that takes all day ends with its date in your own time zone.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only appointments that start before this instant. An appointment that takes all day
        /// starts at midnight of its date in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
        /// The order of the list. Default: `starts_at`.
        #[param(inline)]
        pub sort: Option<AppointmentSort>,
    }
}

page_of!(AppointmentPage, Appointment);

/// List appointments.
///
/// Lists the appointments that you see, the earliest first. Past appointments are in the list too,
/// unless you send `from`. Each appointment has its attendees and its needs. Long texts are
/// shortened, and `truncated_fields` names them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments", tag = "appointments",
    params(CirclePath, AppointmentQuery),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of appointments", body = AppointmentPage), Problem),
)]
pub async fn list_appointments(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<AppointmentQuery>,
) -> Result<Page<AppointmentPage>, Problem> {
    let listing = circle.listing("appointments", &query)?;
    let window = circle.window(query.from, query.to);
    let (etag, _) = circle.tag_in(&window, false)?;
    let order = match query.sort.unwrap_or(AppointmentSort::StartsAt) {
        AppointmentSort::StartsAt => OrderBy::ascending(Column::SortAt, Column::Id),
        AppointmentSort::StartsAtLast => OrderBy::descending(Column::SortAt, Column::Id),
    };
    let mut rows = circle
        .find::<appointment::Entity>()
        .filter(window.condition::<appointment::Entity>());
    if let Some(series) = query.series_id {
        rows = rows.filter(Column::SeriesId.eq(series));
    }
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if !query.kind.is_empty() {
        rows = rows.filter(Column::Kind.is_in(query.kind));
    }
    if let Some(member) = query.attendee_member_id {
        let member = member.resolve(circle.scope())?;
        let any = AttendeeResponse::ALL;
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
