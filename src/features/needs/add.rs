//! `add_need`: adds to an appointment something that it needs of others.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store;
use super::subject::item_of;
use super::types::Need;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, limits};
use crate::app::App;
use crate::entity::appointment;
use crate::entity::ids::NeedId;
use crate::entity::need::{self, Column, NeedKind, NeedState};
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_grant::Topic;
use crate::features::appointments::AppointmentPath;
use crate::features::appointments::locked::LockedAppointment;
use crate::features::appointments::rules::AppointmentVerb;
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::notify::reminders;
use crate::platform::text::{Notes, PeopleNeeded, Place};
use crate::platform::time::civil::{WallTime, ZoneName};
use crate::problem::Problem;
use crate::schedule::when::When;

/// Something an appointment needs of others.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "kind": "driver", "pick_up": "At home", "starts_local": "2027-01-02T09:15" })))]
pub struct NewNeed {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<NeedId>,
    #[garde(skip)]
    pub kind: NeedKind,
    /// Default: 1.
    #[serde(default)]
    #[garde(dive)]
    pub people_needed: Option<PeopleNeeded>,
    /// Shown to everybody who may take it.
    #[serde(default)]
    #[garde(dive)]
    pub pick_up: Option<Place>,
    /// Shown to everybody who may take it.
    #[serde(default)]
    #[garde(dive)]
    pub drop_off: Option<Place>,
    /// Shown to everybody who may take it.
    #[serde(default)]
    #[garde(dive)]
    pub notes: Option<Notes>,
    /// When it starts, in the appointment's zone. Default: with the appointment.
    #[serde(default)]
    #[garde(dive)]
    pub starts_local: Option<WallTime>,
    #[serde(default)]
    #[garde(dive)]
    pub ends_local: Option<WallTime>,
}

/// Say what an appointment needs.
///
/// Everybody who sees everyday things sees the need, not the appointment.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/needs", tag = "needs",
    params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The need", body = Need), Problem),
)]
pub async fn add_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(new): Json<NewNeed>,
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
    appointment.check(AppointmentVerb::AddNeed)?;
    let not_cancelled = Condition::all()
        .add(Column::AppointmentId.eq(appointment.row.id))
        .add(Column::State.ne(NeedState::Cancelled));
    appointment
        .write
        .check_limit::<need::Entity>(limits::NEEDS_OF_AN_APPOINTMENT, not_cancelled)
        .await?;
    let when = time_of(
        &new,
        &appointment.row,
        appointment.write.scope().time_zone(),
    )?;
    let mut row = need::ActiveModel {
        id: Set(id),
        appointment_id: Set(appointment.row.id),
        kind: Set(new.kind),
        people_needed: Set(new.people_needed.map_or(1, PeopleNeeded::get)),
        people_accepted: Set(0),
        pick_up: Set(new.pick_up.map(Into::into)),
        drop_off: Set(new.drop_off.map(Into::into)),
        notes: Set(new.notes.map(Into::into)),
        state: Set(NeedState::Open),
        ..Default::default()
    };
    when.write_to::<need::Entity>(&mut row, appointment.write.scope().time_zone());
    let need = appointment.write.create::<need::Entity>(row).await?;
    appointment.touch().await?;
    let item = item_of(&need, &appointment.row);
    reminders::plan(&appointment.write, &[item]).await?;
    let change = Change::to::<need::Entity>("created", &need).about(Topic::Daily);
    appointment.write.log(change).await?;
    let answer = store::describe(appointment.write.tx(), appointment.write.scope(), need).await?;
    appointment.write.commit(Created::new(answer)).await
}

/// The need's own time, in its appointment's zone, or the appointment's.
fn time_of(
    new: &NewNeed,
    appointment: &appointment::Model,
    circle_zone: &str,
) -> Result<When, Problem> {
    let same_time = When::of::<appointment::Entity>(appointment);
    if new.starts_local.is_none() && new.ends_local.is_none() {
        return Ok(same_time);
    }
    let starts = new.starts_local.or(appointment.starts_local.map(WallTime));
    let zone = same_time.zone().unwrap_or(circle_zone).to_owned();
    When::chosen(None, starts, new.ends_local, None::<ZoneName>, &zone).map_err(Problem::Invalid)
}
