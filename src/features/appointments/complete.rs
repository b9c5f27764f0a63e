//! `complete_appointment`: an appointment took place. Its needs end, except those that still
//! go on.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need::{self, NeedState};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::Notes;
use crate::problem::Problem;
use crate::schedule::when::When;

/// The outcome of an appointment.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "outcome": "Values are fine. Next check in four weeks." })))]
pub struct CompleteAppointmentRequest {
    /// What came out of the appointment.
    #[serde(default)]
    #[garde(dive)]
    pub outcome: Option<Notes>,
}

/// Complete an appointment and record its outcome.
///
/// Says that the appointment took place. Its needs end with it. A need with a time of its own
/// that is not over yet stays open, because somebody may still have to drive home. You can cancel
/// that need by itself. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can complete appointments,
///   and only with the level `write` for the topic.
/// - 409 `too_early`: the appointment has not started yet.
/// - 409 `invalid_transition`: the appointment is proposed, missed or canceled. Confirm a proposed
///   appointment first.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/complete",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn complete_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    outcome: Option<Json<CompleteAppointmentRequest>>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &mut appointment.locked;
    if !locked.check_unless_in_effect(AppointmentVerb::Complete)? {
        return appointment.respond().await;
    }
    locked.check_begun("The appointment has not started yet. Complete it when it has.")?;
    let mut row = locked.row.clone().into_active_model();
    row.state = Set(AppointmentState::Completed);
    let mut fields = vec!["state"];
    if let Some(outcome) = outcome.and_then(|Json(body)| body.outcome) {
        row.outcome = Set(Some(outcome.into()));
        fields.push("outcome");
    }
    locked
        .save_later(AppointmentVerb::Complete, row, fields)
        .await?;
    let same_time = When::of::<appointment::Entity>(&locked.row);
    let now = locked.write.now();
    let ends = move |need: &need::Model| {
        need.state == NeedState::Open
            && (need.over_at <= now || When::of::<need::Entity>(need) == same_time)
    };
    appointment.move_needs_to(NeedState::Past, ends).await?;
    appointment.plan().await?;
    appointment.respond().await
}
