//! `reschedule_appointment`: another time for an appointment and its needs. Who is asked again
//! depends on whether its start changes or only its end.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedAppointment;
use super::notifications::notify_takers;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, active_members, who_sees};
use crate::app::App;
use crate::entity::appointment;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::needs;
use crate::features::participation::set_part;
use crate::http::extract::{Json, Path, compared};
use crate::http::response::Resource;
use crate::notify::notifications::Notification;
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
    /// The local time at which it starts; not together with `starts_on`.
    #[serde(default)]
    #[garde(dive, custom(compared("starts_local", "starts_on", self.time_faults())))]
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends. Default: it takes as long as before.
    #[serde(default)]
    #[garde(dive, custom(compared("ends_local", "starts_local", self.time_faults())))]
    pub ends_local: Option<WallTime>,
    /// Whether it has no end from now on. Do not send it together with `ends_local`.
    #[serde(default)]
    #[garde(custom(compared("without_end", "ends_local", self.time_faults())))]
    pub without_end: bool,
    /// The time zone of the local times. Default: the same as before, or the circle's time zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
}

impl RescheduleAppointmentRequest {
    fn time_faults(&self) -> Vec<FieldError> {
        let mut faults = When::faults(self.starts_on, self.starts_local, self.ends_local);
        if self.without_end && self.ends_local.is_some() {
            let detail = "You sent ends_local too. Send only one of the two.";
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
/// - 403 `forbidden`: only coordinators, caregivers and the patient can reschedule appointments,
///   and only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
/// - 422 `required`, `date_and_time`: send either `starts_local` or `starts_on`.
/// - 422 `end_and_without`: send either `ends_local` or `without_end`.
/// - 422 `end_without_start`, `start_after_end`: `ends_local` needs a `starts_local` before it.
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
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Reschedule)?;
    let before = appointment.row.clone();
    let old = When::of::<appointment::Entity>(&before);
    let zone = appointment.write.scope().time_zone().to_owned();
    let meant = old.zone().unwrap_or(&zone);
    let ends = match time.ends_local {
        None if time.without_end => None,
        None => old.end_after_as_long(time.starts_local),
        ends => ends,
    };
    let new = When::chosen(
        time.starts_on,
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
    let mut row = before.clone().into_active_model();
    new.write_to::<appointment::Entity>(&mut row, &zone);
    if starts_anew {
        appointment.ask_anew().await?;
        row.schedule_version = Set(before.schedule_version + 1);
    }
    appointment
        .save_and_plan(AppointmentVerb::Reschedule, row, vec!["starts", "ends"])
        .await?;
    let needs_before = needs::needs_of(&appointment.write, before.id).await?;
    needs::move_needs(&mut appointment.write, &before, &appointment.row, &zone).await?;
    needs::plan_needs(&appointment.write, &appointment.row).await?;
    notify_takers(&appointment, NotificationKind::Rescheduled, &needs_before).await?;
    if starts_anew {
        let old = Notification::of(NotificationKind::Rescheduled, &before, &zone);
        let notification = appointment
            .notification(NotificationKind::Rescheduled)
            .was(was)
            .instead_of(&old);
        appointment.notify_all(notification).await?;
    } else if before.ends_at != appointment.row.ends_at {
        appointment.notify_of_another_end(&before).await?;
    }
    appointment.respond().await
}

impl LockedAppointment {
    /// Asks its attendees again, but not the caller, who chose the new time. Members who are not
    /// active any more, or do not see its topic any more, are removed.
    async fn ask_anew(&mut self) -> Result<(), Problem> {
        let asked = self.related.iter().map(|attendance| attendance.member_id);
        let active = active_members(&self.write, &asked.collect::<Vec<_>>()).await?;
        let seeing = who_sees(&self.write, &active, self.row.topic).await?;
        for attendance in std::mem::take(&mut self.related) {
            if seeing.contains(&attendance.member_id) {
                self.related.push(attendance);
            } else {
                self.write
                    .delete_in_circle::<attendance::Entity>(&attendance)
                    .await?;
            }
        }
        let scope = self.write.scope();
        let chose_it = |attendance: &attendance::Model| {
            attendance.response == AttendeeResponse::Accepted
                && scope.is_member(attendance.member_id)
        };
        for attendance in self
            .related
            .iter()
            .filter(|attendance| !chose_it(attendance))
        {
            let answer = AttendeeResponse::NoResponse;
            set_part::<attendance::Entity>(&self.write, attendance, answer).await?;
        }
        Ok(())
    }
}
