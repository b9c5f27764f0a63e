//! `mark_appointment_missed`: an appointment did not happen, and what it needed is over.

use super::locked::LockedAppointment;
use super::notifications::notify_takers;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::need::NeedState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::needs;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Say that an appointment did not happen.
///
/// Not before its start: cancel what is still to come, and everybody is told. Its
/// reminders are cancelled, and what it needed is over. People who took a need that is
/// not over yet are told that it was called off.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/did-not-happen",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn mark_appointment_missed(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.check_unless_in_effect(AppointmentVerb::DidNotHappen)? {
        appointment.check_begun("It is still to come: cancel it, and everybody is told.")?;
        let state = AppointmentState::DidNotHappen;
        appointment
            .save_state(AppointmentVerb::DidNotHappen, state)
            .await?;
        let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
        notify_takers(&appointment, NotificationKind::Cancelled, &open).await?;
        needs::follow_state(&mut appointment.write, open, NeedState::Over).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
    }
    appointment.respond().await
}
