//! `respond_to_appointment`: a member says whether they come. Their reminders follow the response.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::locked::LockedAppointment;
use super::super::rules::AppointmentVerb;
use super::super::subject::item_of;
use super::super::types::{Appointment, AttendeePath};
use crate::access::{CircleAccess, CirclePath, Locked, RespondToAppointments};
use crate::app::App;
use crate::entity::attendance::{self, AttendeeResponse, GivenResponse};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::{HasParts, put_part};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::problem::Problem;

/// Whether you come to an appointment.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "response": "accepted" })))]
pub struct RespondToAppointmentRequest {
    /// Your response.
    #[garde(skip)]
    pub response: GivenResponse,
    /// Whether you accept although you have something else at the same time. Without it that is
    /// 409 `overlap`.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
}

/// Respond to an appointment.
///
/// Says whether you come. You can respond to every appointment that you see, also if nobody
/// asked you to come. You can change your response while the appointment is proposed or
/// scheduled. The path names you: send `me`, or your own member id. The contact of a member without
/// an account, and coordinators, respond for that member: then the path names them, and the activity
/// names both.
///
/// If you decline, or change from `accepted` to `tentative`, the member who asked you is told.
/// Less than a day before the start, the members who want emails about uncovered work are told
/// too: by default the coordinators. If nobody else is told then, the members who could come are.
///
/// - 403 `forbidden`: the path names another member, who has an account or for whom you do not act.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
/// - 409 `overlap`: you accept, and in this or another circle you have something else at the
///   same time. `conflicts` lists it. Send `allow_overlap` to do both.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/attendees/{member_id}/respond",
    tag = "appointments", params(CirclePath, AttendeePath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn respond_to_appointment(
    app: App,
    circle: CircleAccess<RespondToAppointments>,
    Path(path): Path<AttendeePath>,
    Json(new): Json<RespondToAppointmentRequest>,
) -> Result<Resource<Appointment>, Problem> {
    let me = path.member_id.resolve(circle.scope())?;
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    respond_as(&mut appointment, me).await?;
    appointment.answer(new.response, new.allow_overlap).await?;
    appointment.respond().await
}

/// From now on the caller responds as this member: themselves, or a member without an account.
pub(in crate::features) async fn respond_as<E: HasParts>(
    asked: &mut Locked<E>,
    member: MemberId,
) -> Result<(), Problem> {
    if asked.write.scope().is_member(member) {
        return Ok(());
    }
    let row = asked.write.require::<membership::Entity>(member).await?;
    if !asked.write.scope().acts_for(&row) {
        return Err(Problem::Forbidden(
            "You can only respond for yourself, and for members without an account whose \
             contact you are."
                .into(),
        ));
    }
    asked.act_for(Some(member)).await
}

/// What the member who asked is told of another response, if anything.
pub(in crate::features) fn news_of(
    before: Option<AttendeeResponse>,
    answer: AttendeeResponse,
) -> Option<NotificationKind> {
    let takes_back = before == Some(AttendeeResponse::Accepted);
    match answer {
        AttendeeResponse::Declined => Some(NotificationKind::Declined),
        AttendeeResponse::Tentative if takes_back => Some(NotificationKind::Tentative),
        _ => None,
    }
}

impl LockedAppointment {
    /// Writes whether the caller comes, or the member for whom they act.
    pub(in crate::features::appointments) async fn answer(
        &mut self,
        response: GivenResponse,
        allow_overlap: bool,
    ) -> Result<(), Problem> {
        let me = self.write.scope().member_id();
        let me = me.ok_or(Problem::NotFound)?;
        self.check(AppointmentVerb::Respond)?;
        let answer = AttendeeResponse::from(response);
        let before = self.my_state();
        if before != Some(answer) {
            if answer == AttendeeResponse::Accepted {
                self.check_overlap(allow_overlap).await?;
            }
            if let Some(kind) = news_of(before, answer) {
                self.notify_who_relied(kind).await?;
            }
            let (write, row) = (&self.write, &self.row);
            put_part::<attendance::Entity>(write, row, &self.related, me, answer).await?;
            follow_answer(self, me, answer).await?;
            self.touch().await?;
            self.log(AppointmentVerb::Respond, vec!["attendees"])
                .await?;
        }
        Ok(())
    }
}

/// Reminds a member who comes or perhaps comes, and stops the reminders of one who declined.
async fn follow_answer(
    appointment: &LockedAppointment,
    member: MemberId,
    answer: AttendeeResponse,
) -> Result<(), Problem> {
    let item = item_of(&appointment.row);
    match answer {
        AttendeeResponse::Accepted => {
            reminders::plan_for_takers(&appointment.write, &item, &[member]).await
        }
        AttendeeResponse::Tentative | AttendeeResponse::NoResponse => {
            reminders::plan_for_asked(&appointment.write, &item, &[member]).await
        }
        AttendeeResponse::Declined => {
            let subject = SubjectId::Appointment(appointment.row.id);
            reminders::cancel_for_members(&appointment.write, subject, &[member]).await
        }
    }
}
