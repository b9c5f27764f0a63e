//! `update_appointment`: everything about an appointment except its time, which `reschedule.rs`
//! changes.

use sea_orm::IntoActiveModel;

use super::create::REMINDERS;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentKind};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::{People, notify_people};
use crate::notify::reminders;
use crate::platform::text::{
    CareContactName, Notes, Phone, Place, ReminderMinutes, Title, VideoLink,
};
use crate::problem::{FieldErrorCode, Problem};

merge_patch! {
    /// What to change about an appointment. Its time is changed with `reschedule_appointment`.
    #[schema(examples(json!({ "location": "Ward 5, Hill Street Clinic" })))]
    #[schema(as = UpdateAppointmentRequest)]
    pub struct AppointmentPatch for appointment {
        /// What the appointment is called.
        #[garde(dive)]
        title: Title,
        /// What kind of appointment it is. The topic stays as it is.
        #[garde(skip)]
        kind: AppointmentKind,
        /// What it is about; decides who sees it.
        #[garde(skip)]
        topic: Topic,
        /// Where it takes place.
        #[garde(dive)]
        location: Place | null,
        /// The web address of a video call. `https://` may be left out.
        #[garde(dive)]
        video_link: VideoLink | null,
        /// The person or place of the care team whom to ask for.
        #[garde(dive)]
        care_contact_name: CareContactName | null,
        /// The phone number of the care contact.
        #[garde(dive)]
        care_contact_phone: Phone | null,
        /// What to bring and to prepare.
        #[garde(dive)]
        preparation: Notes | null,
        /// When its attendees are reminded, in minutes before the start. Null: the default, a day
        /// and two hours before. `[]` counts as not sent.
        #[garde(length(max = 5), dive)]
        #[schema(max_items = 5)]
        reminder_minutes: Vec<ReminderMinutes> | null => elsewhere,
        /// Whether nobody is reminded. False, where nobody was: the default. Do not send true
        /// together with `reminder_minutes`.
        #[garde(skip)]
        reminders_off: bool => elsewhere,
    }
}

/// Update an appointment, except its time.
///
/// Attendees are told of another place, link or preparation. Members who claimed one of its needs
/// are told of another place, but nothing else about an appointment that they do not see. With
/// another topic, attendees who do not see that topic are removed, and are told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change appointments, and
///   only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
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
    let offsets = reminders::changed_offsets(
        &before.reminder_minutes,
        changes.reminder_minutes.as_ref().map(Option::as_deref),
        changes.reminders_off,
        &REMINDERS,
    );
    let ((), offsets) = Problem::both(topic_fits, offsets)?;
    let mut row = before.clone().into_active_model();
    let mut fields = changes.write_to(&mut row);
    fields.set("reminder_minutes", &mut row.reminder_minutes, offsets);
    if !fields.is_empty() {
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
        }
        // After the attendees were removed: this cancels their reminders.
        appointment.plan().await?;
        told.extend(appointment.notifications_of_change(&before));
        notify_people(&appointment.locked.write, told, people).await?;
    }
    appointment.respond().await
}
