//! `update_appointment`: everything about an appointment except its time, which `reschedule.rs`
//! changes.

use sea_orm::IntoActiveModel;

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, levels_of_active_members};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentKind};
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::needs;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::reminders::offsets_json;
use crate::platform::text::{Notes, Place, ReminderMinutes, Title, VideoLink};
use crate::problem::Problem;

merge_patch! {
    /// What to change of an appointment, but its time: that is rescheduled.
    #[schema(examples(json!({ "location": "Ward 5, Hill Street Clinic" })))]
    #[schema(as = AppointmentChanges)]
    pub struct AppointmentPatch for appointment {
        #[garde(dive)]
        title: Title,
        #[garde(skip)]
        kind: AppointmentKind,
        #[garde(skip)]
        topic: Topic,
        #[garde(dive)]
        location: Place | null,
        #[garde(dive)]
        video_link: VideoLink | null,
        #[garde(dive)]
        preparation: Notes | null,
        #[garde(length(max = 5), dive)]
        #[schema(max_items = 5)]
        reminder_minutes: Vec<ReminderMinutes> as offsets_json,
    }
}

/// Change an appointment, but not its time.
///
/// To move it to a topic you need to write that topic too; those who do not see
/// that topic are no part of it any more, and are told. Another place, link or
/// preparation is told to those who come, and another place also to those who took what
/// it needs and go there. Those who do not see the appointment learn nothing of it.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/appointments/{appointment_id}", tag = "appointments",
    params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn update_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(changes): Json<AppointmentPatch>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Change)?;
    let topics = appointment.write.scope().topics();
    if changes
        .topic
        .is_some_and(|topic| topics.level(topic) < TopicLevel::Write)
    {
        let detail = "You do not write this topic.";
        return Err(Problem::field("/topic", "topic_not_granted", detail));
    }
    let before = appointment.row.clone();
    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        appointment
            .save_and_plan(AppointmentVerb::Change, row, fields.names())
            .await?;
        if appointment.row.topic != before.topic {
            appointment.remove_who_cannot_see().await?;
        }
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        appointment.notify_of_change(&before).await?;
    }
    appointment.respond().await
}

impl LockedAppointment {
    /// Removes those who do not see its topic.
    async fn remove_who_cannot_see(&mut self) -> Result<(), Problem> {
        let seeing = levels_of_active_members(&self.write).await?;
        let topic = Some(self.row.topic);
        let mut removed = self.related.clone();
        removed.retain(|attendance| {
            let mut seeing = seeing.iter().filter(|member| member.sees(topic));
            !seeing.any(|member| member.row.id == attendance.member_id)
        });
        self.remove_attendees(removed).await
    }
}
