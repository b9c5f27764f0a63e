//! `answer_appointment`: a member says whether they come. Their reminders follow the answer.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::subject::item_of;
use super::types::{Appointment, AppointmentPath};
use crate::access::{AnswerAppointments, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::participation::put_part;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::problem::Problem;

/// Whether you come.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "answer": "accepted" })))]
pub struct NewAnswer {
    #[garde(skip)]
    pub answer: AttendanceAnswer,
    /// Without it, something you have taken on for the same time is a conflict with
    /// `accepted`.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
}

/// Answer whether one comes to an appointment.
///
/// Everybody who sees an appointment may, asked or not; until it is over, as often
/// as it changes. Something you have taken on for the same time, in any circle, is
/// 409 `overlap` when you accept, unless you send `allow_overlap`.
///
/// When you decline, or say `tentative` after you had accepted, the person who asked you
/// is told; less than a day before its start the coordinators too, and if nobody else
/// would be told, those who could come.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/answer",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn answer_appointment(
    app: App,
    circle: CircleAccess<AnswerAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(new): Json<NewAnswer>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Answer)?;
    let answer = new.answer;
    if answer == AttendanceAnswer::NeedsAction {
        let detail = "Answer accepted, declined or tentative.";
        return Err(Problem::field("/answer", "no_answer", detail));
    }
    let me = appointment
        .write
        .scope()
        .member_id()
        .ok_or(Problem::NotFound)?;
    let before = appointment.my_state();
    if before != Some(answer) {
        if answer == AttendanceAnswer::Accepted {
            appointment.check_overlap(new.allow_overlap).await?;
        }
        let takes_back = before == Some(AttendanceAnswer::Accepted);
        let kind = match answer {
            AttendanceAnswer::Declined => Some(NotificationKind::Declined),
            AttendanceAnswer::Tentative if takes_back => Some(NotificationKind::Unsure),
            _ => None,
        };
        if let Some(kind) = kind {
            appointment.notify_who_relied(kind).await?;
        }
        let (write, row) = (&appointment.write, &appointment.row);
        put_part::<attendance::Entity>(write, row, &appointment.related, me, answer).await?;
        follow_answer(&appointment, me, answer).await?;
        appointment.touch().await?;
        appointment
            .log(AppointmentVerb::Answer, vec!["attendees"])
            .await?;
    }
    appointment.respond().await
}

/// Reminds the people who come or perhaps come, and nobody else.
async fn follow_answer(
    appointment: &LockedAppointment,
    member: MemberId,
    answer: AttendanceAnswer,
) -> Result<(), Problem> {
    let item = item_of(&appointment.row);
    match answer {
        AttendanceAnswer::Accepted => {
            reminders::plan_for_takers(&appointment.write, &item, &[member]).await
        }
        AttendanceAnswer::Tentative | AttendanceAnswer::NeedsAction => {
            reminders::plan_for_asked(&appointment.write, &item, &[member]).await
        }
        AttendanceAnswer::Declined => {
            let subject = SubjectId::Appointment(appointment.row.id);
            reminders::cancel_for_members(&appointment.write, subject, &[member]).await
        }
    }
}
