//! `list_appointment_series`: a page of the series of appointments of a circle.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store;
use super::types::AppointmentSeries;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::appointment_series::{self, Column};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::SeriesState;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

list_query! {
    /// Which series to list.
    pub struct AppointmentSeriesQuery {
        /// Only series in one of these states. Default: `active` and `paused`.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<SeriesState>,
    }
}

page_of!(AppointmentSeriesPage, AppointmentSeries);

/// List series of appointments.
///
/// You get the series that you see in the order in which they were created. Series that have ended are
/// listed only if you ask for them with `state`. Long texts are cut, and `truncated_fields` names them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointment-series", tag = "appointment series",
    params(CirclePath, AppointmentSeriesQuery),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of series", body = AppointmentSeriesPage), Problem),
)]
pub async fn list_appointment_series(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<AppointmentSeriesQuery>,
) -> Result<Page<AppointmentSeriesPage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![SeriesState::Active, SeriesState::Paused];
    }
    let listing = circle.listing("appointment_series", &query)?;
    let etag = circle.collection_tag()?;
    let rows = circle
        .find::<appointment_series::Entity>()
        .filter(Column::State.is_in(query.state));
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&AppointmentSeriesPage { data, next_cursor }, etag)
}
