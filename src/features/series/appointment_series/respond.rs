//! `respond_to_appointment_series`: a member says whether they come to every appointment of a series.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedAppointmentSeries;
use super::rules::AppointmentSeriesVerb;
use super::types::{AppointmentSeries, SeriesAttendeePath};
use crate::access::{CircleAccess, CirclePath, RespondToAppointments};
use crate::app::App;
use crate::entity::appointment_series;
use crate::entity::appointment_series_attendee;
use crate::entity::attendance::{AttendeeResponse, GivenResponse};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::appointments::{news_of, respond_as};
use crate::features::participation::released_by;
use crate::features::series::reach::{Reach, horizon};
use crate::features::series::repeats::Repeats;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::notify;
use crate::problem::Problem;
use crate::schedule::{Repeated, When};

/// Whether you come to every appointment of a series.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "response": "accepted" })))]
pub struct RespondToAppointmentSeriesRequest {
    /// Your response.
    #[garde(skip)]
    pub response: GivenResponse,
}

/// Respond to a series of appointments.
///
/// Says whether you come to every appointment of it that is still to come, also to those that the
/// server makes later. You can respond to every series that you see, also if nobody asked you to
/// come. An appointment to which you have responded otherwise keeps your response, and so does one
/// from which you were removed. Overlaps with other things are not checked: decline a single
/// appointment to which you cannot come. If the appointments are at other times later, you are asked
/// again.
///
/// The path names you: send `me`, or your own member id. The contact of a member without an account,
/// and coordinators, respond for that member: then the path names them, and the activity names both.
///
/// If you decline, or change from `accepted` to `tentative`, the member who asked you is told once,
/// not for each appointment. Less than a day before the next one, the members who want emails about
/// uncovered work are told too: by default the coordinators. If nobody else is told then, the members
/// who could come are.
///
/// - 403 `forbidden`: the path names another member, who has an account or for whom you do not act.
/// - 409 `invalid_transition`: the series is paused or has ended.
#[utoipa::path(
    post,
    path = "/circles/{circle_id}/appointment-series/{appointment_series_id}/attendees/{member_id}/respond",
    tag = "appointment series", params(CirclePath, SeriesAttendeePath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The series", body = AppointmentSeries), Problem),
)]
pub async fn respond_to_appointment_series(
    app: App,
    circle: CircleAccess<RespondToAppointments>,
    Path(path): Path<SeriesAttendeePath>,
    Json(new): Json<RespondToAppointmentSeriesRequest>,
) -> Result<Resource<AppointmentSeries>, Problem> {
    let member = path.member_id.resolve(circle.scope())?;
    let id = path.appointment_series_id;
    let mut series = LockedAppointmentSeries::open(&app, &circle, id).await?;
    respond_as(&mut series, member).await?;
    series.answer(new.response.into()).await?;
    series.respond().await
}

impl LockedAppointmentSeries {
    /// Writes whether the caller comes, or the member for whom they act.
    async fn answer(&mut self, answer: AttendeeResponse) -> Result<(), Problem> {
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        self.check(AppointmentSeriesVerb::Respond)?;
        let before = self.my_state();
        if before == Some(answer) {
            return Ok(());
        }
        if let Some(kind) = news_of(before, answer) {
            self.tell_asker(kind).await?;
        }
        if before.is_none() {
            self.related.added.push(me);
        }
        self.related.responded_before = before;
        self.put_part(me, answer)?;
        self.touch_later()?;
        self.log(AppointmentSeriesVerb::Respond, vec!["attendees"])
            .await?;
        let repetition = appointment_series::Entity::repetition(&self.row);
        let reach = Reach {
            taken_on_by: Some(me),
            ..Reach::to_come(&self.write, &repetition)
        };
        self.make_occurrences_in(reach).await?;
        Ok(())
    }

    /// Tells the member who asked the caller, once for the whole series.
    async fn tell_asker(&self, kind: NotificationKind) -> Result<(), Problem> {
        let Some(my_part) = self.my_part() else {
            return Ok(());
        };
        let mut notification = self.notification(kind);
        if let Some(next) = self.next_start() {
            notification = notification.starting_at(next);
        }
        let notification =
            released_by::<appointment_series_attendee::Entity>(notification, my_part);
        notify(&self.write, vec![notification]).await
    }

    /// When its next appointment starts by the rule.
    fn next_start(&self) -> Option<DateTime<Utc>> {
        let repetition = appointment_series::Entity::repetition(&self.row);
        let today = repetition.today(&self.write);
        let (first, zone) = (When::of_series(&self.row), self.write.scope().time_zone());
        let dates = repetition.dates(today, horizon(today)).into_iter();
        let mut starts = dates.map(|on| first.on_day(on).shown(zone).begins_at);
        starts.find(|at| *at > self.write.now())
    }
}
