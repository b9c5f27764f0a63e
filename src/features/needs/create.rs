//! `create_need`: adds a need to an appointment.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::body::need_body;
use super::store;
use super::subject::item_of;
use super::types::Need;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, limits};
use crate::app::App;
use crate::entity::appointment;
use crate::entity::ids::NeedId;
use crate::entity::need::{self, Column, NeedState};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::topic_grant::Topic;
use crate::features::appointments::AppointmentPath;
use crate::features::appointments::locked::LockedAppointment;
use crate::features::appointments::rules::AppointmentVerb;
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::notify::reminders;
use crate::platform::text::PeopleNeeded;
use crate::problem::Problem;
use crate::schedule::when::When;

need_body! {
    /// Help that an appointment needs.
    #[schema(examples(json!({ "kind": "driver", "pickup_location": "At home", "starts_local": "2027-01-02T09:15" })))]
    pub struct CreateNeedRequest {
        /// An id that you choose, any UUID. With it you can safely send the request again.
        #[serde(default)]
        #[garde(skip)]
        pub id: Option<NeedId>,
    }
}

/// Add a need to an appointment.
///
/// Every member who sees everyday things sees the need, and everybody but viewers can claim
/// it. The need does not show them the appointment. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can add a need, and
///   only if they can write the appointment's topic and the topic `daily`
/// - 404 `not_found`: there is no such appointment, or you do not see it
/// - 409 `invalid_transition`: the appointment is over or canceled
/// - 409 `limit_reached`: the appointment has too many needs
/// - 409 `id_taken`, `id_reused`: the `id` belongs to another need, or you sent it before
///   with another body
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/needs", tag = "needs",
    params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The need", body = Need), Problem),
)]
pub async fn create_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(new): Json<CreateNeedRequest>,
) -> Result<Created<Need>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if let Some(before) = appointment
        .write
        .made_before::<need::Entity>(new.id)
        .await?
    {
        let answer =
            store::describe(appointment.write.tx(), appointment.write.scope(), before).await?;
        return appointment.write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| appointment.write.new_id());
    appointment.check(AppointmentVerb::CreateNeed)?;
    let not_canceled = Condition::all()
        .add(Column::AppointmentId.eq(appointment.row.id))
        .add(Column::State.ne(NeedState::Canceled));
    appointment
        .write
        .check_limit::<need::Entity>(limits::NEEDS_PER_APPOINTMENT, not_canceled)
        .await?;
    let zone = appointment.write.scope().time_zone();
    let when = new.time(&When::of::<appointment::Entity>(&appointment.row), zone)?;
    let mut row = need::ActiveModel {
        id: Set(id),
        appointment_id: Set(appointment.row.id),
        kind: Set(new.kind),
        people_needed: Set(new.people_needed.map_or(1, PeopleNeeded::get)),
        people_accepted: Set(0),
        people_uncertain: Set(0),
        pickup_location: Set(new.pickup_location.map(Into::into)),
        dropoff_location: Set(new.dropoff_location.map(Into::into)),
        notes: Set(new.notes.map(Into::into)),
        state: Set(NeedState::Open),
        ..Default::default()
    };
    when.write_to::<need::Entity>(&mut row, appointment.write.scope().time_zone());
    let need = if new.id.is_none() {
        appointment.write.create_later::<need::Entity>(row)?
    } else {
        appointment.write.create::<need::Entity>(row).await?
    };
    appointment.touch_later()?;
    let item = item_of(&need, &appointment.row);
    reminders::plan_new(&appointment.write, &item);
    let change = Change::to::<need::Entity>("created", &need).about(Topic::Daily);
    appointment.write.log(change).await?;
    let answer = store::describe_new(appointment.write.scope(), need);
    appointment.write.commit(Created::new(answer)).await
}
