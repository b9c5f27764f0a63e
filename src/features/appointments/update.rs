//! `update_appointment`: everything about an appointment except its time, which `reschedule.rs`
//! changes.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::body::appointment_patch;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentKind, AppointmentState};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::threads;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::{People, notify_people};
use crate::platform::text::{
    CareContactName, Notes, Phone, Place, ReminderMinutes, Title, VideoLink,
};
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

appointment_patch! {
    /// What to change about an appointment. Its time is changed with `reschedule_appointment`.
    #[schema(examples(json!({ "location": "Ward 5, Hill Street Clinic" })))]
    #[schema(as = UpdateAppointmentRequest)]
    pub struct AppointmentPatch for appointment {
        /// What it is about; decides who sees it.
        #[garde(skip)]
        topic: Topic,
        /// What came out of it. Only of an appointment that is completed.
        #[garde(dive)]
        outcome: Notes | null,
    }
}

/// Update an appointment, except its time.
///
/// Attendees are told of another place, link or preparation. Members who claimed one of its needs
/// are told of another place, but nothing else about an appointment that they do not see. With
/// another topic, attendees who do not see that topic are removed, and are told. Its comments have
/// the new topic as well. An appointment of a series becomes an exception: the series does not change
/// it any more.
///
/// What was written about an appointment that is completed can be changed too. Nobody is told of
/// that.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change appointments, and
///   only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is missed or canceled.
/// - 409 `too_early`: you send an `outcome`, and the appointment is not completed.
/// - 422 `topic_not_visible`: your level for the new `topic` is not `write`.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/appointments/{appointment_id}", tag = "appointments",
    params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn update_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(changes): Json<AppointmentPatch>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.locked.check(AppointmentVerb::Update)?;
    let topics = appointment.locked.write.scope().topics();
    let topic_fits = match changes.topic {
        Some(topic) if topics.level(topic) < TopicLevel::Write => {
            let detail = "Send a topic for which your level is write.";
            let code = FieldErrorCode::TopicNotVisible;
            Err(Problem::field("/topic", code, detail))
        }
        _ => Ok(()),
    };
    let before = appointment.locked.row.clone();
    let is_over = before.state == AppointmentState::Completed;
    if !is_over && matches!(changes.outcome, Some(Some(_))) {
        let detail = "Send the outcome when you complete the appointment, or later.";
        return Err(Conflict::of(ProblemCode::TooEarly, detail).into());
    }
    let offsets = changes.offsets(&before.reminder_minutes);
    let ((), offsets) = Problem::both(topic_fits, offsets)?;
    let mut row = before.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    fields.set("reminder_minutes", &mut row.reminder_minutes, offsets);
    if !fields.is_empty() {
        row.is_exception = Set(before.series_id.is_some());
        let names = fields.names();
        let locked = &mut appointment.locked;
        locked
            .save_later(AppointmentVerb::Update, row, names)
            .await?;
        let mut people = None;
        let mut told = Vec::new();
        if locked.row.topic != before.topic {
            let known = People::read(&locked.write).await?;
            let removed = locked.who_cannot_see(&known);
            told = locked.remove_attendees(&removed);
            people = Some(known);
            if let Some(thread) = appointment.comments.thread_id {
                threads::follow_topic(&locked.write, thread, locked.row.topic);
            }
        }
        // After the attendees were removed: this cancels their reminders.
        appointment.plan().await?;
        told.extend(appointment.notifications_of_change(&before));
        if is_over {
            told.clear();
        }
        notify_people(&appointment.locked.write, told, people).await?;
    }
    appointment.respond().await
}
