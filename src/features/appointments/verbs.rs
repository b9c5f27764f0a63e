//! What happens to an appointment: moved, called off, held. Every verb that is
//! in effect already answers with the appointment as it is.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::told::notify_takers;
use super::types::{Appointment, AppointmentOutcome, AppointmentPath, NewTime};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::need::NeedState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::needs;
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications::Notification;
use crate::problem::Problem;
use crate::schedule::when::{When, moment_of_appointment};

/// Reschedule an appointment.
///
/// It keeps its id. Everybody who answered is asked anew, its needs move along
/// and whoever took one is asked again; all are told the old and the new time.
/// What you yourself have accepted or taken stays yours: you chose the new time.
///
/// If it starts when it did and only ends at another time, those who come and those who
/// took a need that ends with it are told. A person whose need takes longer than before
/// is asked again; nobody else is.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reschedule",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reschedule_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(time): Json<NewTime>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Reschedule)?;
    let before = appointment.row.clone();
    let old = When::of_appointment(&before);
    let zone = appointment.write.scope().time_zone().to_owned();
    let meant = old.zone().unwrap_or(&zone);
    let ends = match time.ends_local {
        Some(ends) => ends,
        None => old.end_after_as_long(time.starts_local),
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
    new.write_to_appointment(&mut row, &zone);
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
    notify_takers(&appointment, NotificationKind::Moved, &needs_before).await?;
    if starts_anew {
        let old = Notification::of(NotificationKind::Moved, &before, &zone);
        let notification = appointment
            .notification(NotificationKind::Moved)
            .was(was)
            .instead_of(&old);
        appointment.notify_all(notification).await?;
    } else if before.ends_at != appointment.row.ends_at {
        appointment.notify_of_another_end(&before).await?;
    }
    appointment.respond().await
}

/// Confirm a proposed appointment.
///
/// From now on people are reminded.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/confirm",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn confirm_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.begins(AppointmentVerb::Confirm)? {
        let state = AppointmentState::Scheduled;
        appointment
            .save_state(AppointmentVerb::Confirm, state)
            .await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        appointment.plan_for_its_people().await?;
        notify_takers(&appointment, NotificationKind::Scheduled, &[]).await?;
        appointment
            .notify_everyone(NotificationKind::Scheduled, None)
            .await?;
    }
    appointment.respond().await
}

/// Cancel an appointment.
///
/// Everybody is told; its reminders are cancelled, its needs wait in case it
/// is reinstated.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/cancel",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn cancel_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.begins(AppointmentVerb::Cancel)? {
        let mut row = appointment.row.clone().into_active_model();
        row.cancelled_from = Set(Some(appointment.row.state));
        row.state = Set(AppointmentState::Cancelled);
        appointment
            .save_and_plan(AppointmentVerb::Cancel, row, vec!["state"])
            .await?;
        let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
        notify_takers(&appointment, NotificationKind::Cancelled, &open).await?;
        needs::follow_state(&mut appointment.write, open, NeedState::OnHold).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        let was = moment_of_appointment(&appointment.row);
        appointment
            .notify_everyone(NotificationKind::Cancelled, was)
            .await?;
    }
    appointment.respond().await
}

/// Reinstate a cancelled appointment.
///
/// As it was, proposed or scheduled: its needs are open again, and the person who took
/// one still has it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reinstate",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reinstate_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    let was = appointment.row.cancelled_from;
    let was = was.unwrap_or(AppointmentState::Scheduled);
    if ![was, AppointmentState::Scheduled].contains(&appointment.row.state) {
        appointment.check(AppointmentVerb::Reinstate)?;
        let mut row = appointment.row.clone().into_active_model();
        row.state = Set(was);
        appointment
            .save_and_plan(AppointmentVerb::Reinstate, row, vec!["state"])
            .await?;
        let on_hold =
            needs::needs_in(&appointment.write, appointment.row.id, NeedState::OnHold).await?;
        needs::follow_state(&mut appointment.write, on_hold, NeedState::Open).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        appointment.plan_for_its_people().await?;
        notify_takers(&appointment, NotificationKind::Reinstated, &[]).await?;
        appointment
            .notify_everyone(NotificationKind::Reinstated, None)
            .await?;
    }
    appointment.respond().await
}

/// Say that an appointment took place, and what came out of it.
///
/// Not before it has begun. What it needed is over with it. But a need with a time of
/// its own that is not over yet stays open: somebody still drives home. It can be
/// cancelled by itself.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/complete",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn complete_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    outcome: Option<Json<AppointmentOutcome>>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if !appointment.begins(AppointmentVerb::Complete)? {
        return appointment.respond().await;
    }
    appointment.check_begun("It has not begun yet.")?;
    let mut row = appointment.row.clone().into_active_model();
    row.state = Set(AppointmentState::Completed);
    let mut fields = vec!["state"];
    if let Some(outcome) = outcome.and_then(|Json(body)| body.outcome) {
        row.outcome = Set(Some(outcome.into()));
        fields.push("outcome");
    }
    appointment
        .save_and_plan(AppointmentVerb::Complete, row, fields)
        .await?;
    let (same_time, now) = (
        When::of_appointment(&appointment.row),
        appointment.write.now(),
    );
    let mut ending =
        needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
    ending.retain(|need| need.over_at <= now || When::of_need(need) == same_time);
    needs::follow_state(&mut appointment.write, ending, NeedState::Over).await?;
    needs::plan_needs(&appointment.write, &appointment.row).await?;
    appointment.respond().await
}

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
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.begins(AppointmentVerb::DidNotHappen)? {
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
