//! `reschedule_appointment`: another time for an appointment and its needs. Who is asked again
//! depends on whether its start changes or only its end.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Json, Path, compared};
use crate::http::response::Resource;
use crate::notify::notifications::{Notification, People, notify_people};
use crate::platform::time::civil::{Day, WallTime, ZoneName, named_or_unknown};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::when::{When, moment_of_appointment};

/// The new time of an appointment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "starts_local": "2027-01-03T15:30", "ends_local": "2027-01-03T16:00" })))]
pub struct RescheduleAppointmentRequest {
    /// The date of an appointment that takes all day; not together with `starts_local`.
    #[serde(default)]
    #[garde(dive, custom(compared("starts_on", "starts_local", self.time_faults())))]
    pub starts_on: Option<Day>,
    /// The last date of an appointment that takes several days, at most 366; only with
    /// `starts_on`. Default: it takes as many days as before.
    #[serde(default)]
    #[garde(dive, custom(compared("ends_on", "starts_on", self.time_faults())))]
    pub ends_on: Option<Day>,
    /// The local time at which it starts; not together with `starts_on`.
    #[serde(default)]
    #[garde(dive, custom(compared("starts_local", "starts_on", self.time_faults())))]
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends, at most 366 days later. Default: it takes as long as
    /// before.
    #[serde(default)]
    #[garde(dive, custom(compared("ends_local", "starts_local", self.time_faults())))]
    pub ends_local: Option<WallTime>,
    /// Whether it has no end from now on; if it takes all day: whether it takes one day. Do not
    /// send it together with `ends_local` or `ends_on`.
    #[serde(default)]
    #[garde(custom(compared("without_end", "ends_local,ends_on", self.time_faults())))]
    pub without_end: bool,
    /// The time zone of the local times. Default: the same as before, or the circle's time zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
}

impl RescheduleAppointmentRequest {
    fn time_faults(&self) -> Vec<FieldError> {
        let mut faults = When::faults(
            self.starts_on,
            self.ends_on,
            self.starts_local,
            self.ends_local,
        );
        if self.without_end && (self.ends_local.is_some() || self.ends_on.is_some()) {
            let detail = "You sent an end too. Send only one of the two.";
            faults.push(FieldError::new(
                "/without_end",
                FieldErrorCode::EndAndWithout,
                detail,
            ));
        }
        faults
    }
}

/// Reschedule an appointment.
///
/// Gives it another time. It keeps its id, and its needs move with it.
///
/// If it starts at another time, its attendees are asked again, and so are the members who
/// claimed one of its needs. What you accepted or claimed yourself stays yours, because you chose
/// the new time. Every member who sees the appointment is told the old and the new time.
///
/// If only its end changes, its attendees are told, and the members who claimed a need that ends
/// with it. A member whose need takes longer than before is asked again. Nobody else is.
///
/// An appointment of a series becomes an exception: the series does not change it any more.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can reschedule appointments,
///   and only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
/// - 422 `required`, `date_and_time`: send either `starts_local` or `starts_on`.
/// - 422 `end_and_without`: send either an end or `without_end`.
/// - 422 `end_without_start`, `start_after_end`: `ends_local` needs a `starts_local` before it, and
///   `ends_on` a `starts_on`.
/// - 422 `lasts_too_long`: it takes more than 366 days.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reschedule",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reschedule_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(time): Json<RescheduleAppointmentRequest>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &appointment.locked;
    locked.check(AppointmentVerb::Reschedule)?;
    let before = locked.row.clone();
    let old = When::of::<appointment::Entity>(&before);
    let zone = locked.write.scope().time_zone().to_owned();
    let meant = old.zone().unwrap_or(&zone);
    let (last_on, ends) = if time.without_end {
        (None, None)
    } else {
        let last_on = || old.last_day_after_as_long(time.starts_on);
        let ends = || old.end_after_as_long(time.starts_local);
        (time.ends_on.or_else(last_on), time.ends_local.or_else(ends))
    };
    let new = When::chosen(
        time.starts_on,
        last_on,
        time.starts_local,
        ends,
        time.time_zone,
        meant,
    )
    .map_err(Problem::Invalid)?;
    if new == old {
        return appointment.respond().await;
    }

    let was = moment_of_appointment(&before);
    let starts_anew = new.moment(&zone) != was;
    let people = if starts_anew || appointment.is_anything_claimed() {
        Some(People::read(&locked.write).await?)
    } else {
        None
    };
    let mut row = before.clone().into_active_model();
    row.is_exception = Set(before.series_id.is_some());
    new.write_to::<appointment::Entity>(&mut row, &zone);
    if let Some(people) = people.as_ref().filter(|_| starts_anew) {
        appointment.ask_anew(people)?;
        row.schedule_version = Set(before.schedule_version + 1);
    }
    appointment
        .locked
        .save_later(AppointmentVerb::Reschedule, row, vec!["starts", "ends"])
        .await?;
    let needs_before = appointment.needs.clone();
    appointment.move_needs(&before, people.as_ref()).await?;
    appointment.plan().await?;
    let kind = NotificationKind::Rescheduled;
    let mut told = appointment.notifications_to_takers(kind, &needs_before);
    if starts_anew {
        let old = Notification::of(kind, &before, &zone);
        let notification = appointment.locked.to_everyone(kind, was);
        told.push(notification.instead_of(&old));
    } else if end_of(&before) != end_of(&appointment.locked.row) {
        told.push(appointment.notification_of_another_end(&before));
    }
    notify_people(&appointment.locked.write, told, people).await?;
    appointment.respond().await
}

/// When it ends, as it is stored: an instant, or a last date.
fn end_of(row: &appointment::Model) -> (Option<DateTime<Utc>>, Option<NaiveDate>) {
    (row.ends_at, row.ends_on)
}
