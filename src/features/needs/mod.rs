//! What an appointment needs of others. Everybody who sees everyday things
//! sees a need, and takes it without ever seeing what it is for.

mod locked;
mod release;
mod rules;
mod store;
mod subject;
mod types;
mod verbs;

pub use release::{forget_attendances, release_needs};
pub(super) use store::{
    assemble, commitments_of, follow_state, move_needs, needs_in, plan_for_holders, plan_needs,
};
pub use store::{holders_of, needs_of};
pub(in crate::features) use subject::items_of;
pub use types::*;
pub use verbs::*;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
};

use self::locked::LockedNeed;
use self::rules::NeedVerb;
use self::subject::item_of;
use super::appointments::locked::LockedAppointment;
use super::appointments::owned::{has_room, uncovered_needs};
use super::appointments::rules::AppointmentVerb;
use super::appointments::store::coming_to;
use super::appointments::types::AppointmentPath;
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, ViewCircle};
use crate::app::App;
use crate::entity::need::{self, Column, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_grant::Topic;
use crate::features::participation::members_in;
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Created, Found, Listed};
use crate::notify::notifications;
use crate::notify::reminders;
use crate::platform::text::PeopleNeeded;
use crate::platform::time::civil::{WallTime, ZoneName};
use crate::problem::Problem;
use crate::schedule::when::When;

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
    when.write_to_need(&mut row, appointment.write.scope().time_zone());
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
    appointment: &crate::entity::appointment::Model,
    circle_zone: &str,
) -> Result<When, Problem> {
    let same_time = When::of_appointment(appointment);
    if new.starts_local.is_none() && new.ends_local.is_none() {
        return Ok(same_time);
    }
    let starts = new.starts_local.or(appointment.starts_local.map(WallTime));
    let zone = same_time.zone().unwrap_or(circle_zone).to_owned();
    When::chosen(None, starts, new.ends_local, None::<ZoneName>, &zone).map_err(Problem::Invalid)
}

/// List needs.
///
/// Soonest first, over all appointments.
#[utoipa::path(
    get, path = "/circles/{circle_id}/needs", tag = "needs", params(CirclePath, NeedQuery),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of needs", body = NeedPage), Problem),
)]
pub async fn list_needs(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<NeedQuery>,
) -> Result<Listed<NeedPage>, Problem> {
    let listing = circle.listing("needs", &query)?;
    let uncovered = query.uncovered == Some(true);
    let window = circle.window(query.from, query.to);
    // Only what needs more people drops out of the list as time passes.
    let (etag, now) = circle.tag_in(&window, uncovered)?;
    let mut rows = circle
        .find::<need::Entity>()
        .filter(window.condition::<need::Entity>());
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if let Some(member) = query.taken_by {
        let part_of = |state: CommitmentState| {
            let part = circle
                .find::<need_commitment::Entity>()
                .filter(need_commitment::Column::MemberId.eq(member))
                .filter(need_commitment::Column::State.eq(state))
                .select_only()
                .column(need_commitment::Column::NeedId)
                .into_query();
            Condition::all().add(Column::Id.in_subquery(part))
        };
        let taken = part_of(CommitmentState::Accepted);
        let asked = part_of(CommitmentState::Offered).add(has_room());
        rows = rows.filter(Condition::any().add(taken).add(asked));
    }
    if uncovered {
        rows = rows.filter(uncovered_needs(circle.scope(), now));
    }
    let order = OrderBy::ascending(Column::SortAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows).await?;
    Listed::known(&NeedPage { data, next_cursor }, etag)
}

/// Read a need.
///
/// With who takes it; its appointment only for who sees that.
#[utoipa::path(
    get, path = "/circles/{circle_id}/needs/{need_id}", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn read_need(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<NeedPath>,
) -> Result<Found<Need>, Problem> {
    let row = circle.require::<need::Entity>(path.need_id).await?;
    let need = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(need)
}

/// Change a need.
///
/// Its time moves with its appointment. Another pick-up, drop-off or note is told to
/// those who took it and to those who come along.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/needs/{need_id}", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn update_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(changes): Json<NeedChanges>,
) -> Result<Found<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.check(NeedVerb::Change)?;
    let people = changes.people_needed.map(PeopleNeeded::get);
    if people.is_some_and(|people| people < need.row.people_accepted) {
        let detail = "More people than that have taken it.";
        return Err(Problem::field("/people_needed", "below_accepted", detail));
    }
    let mut row = need.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        let before = need.row.clone();
        need.save(NeedVerb::Change, row, fields.names()).await?;
        let what = |need: &need::Model| (need.pick_up.clone(), need.drop_off.clone());
        if what(&before) != what(&need.row) || before.notes != need.row.notes {
            notify_of_change(&need).await?;
        }
    }
    need.respond().await
}

/// Tells those who took a need, and those who come to its appointment: one drives,
/// the other is picked up.
async fn notify_of_change(need: &LockedNeed) -> Result<(), Problem> {
    let taken = members_in::<need_commitment::Entity>(&need.related, &[CommitmentState::Accepted]);
    let coming = coming_to(&need.write, need.row.appointment_id).await?;
    let notification = need
        .notification(NotificationKind::Changed)
        .to(taken)
        .to(coming);
    notifications::notify(&need.write, vec![notification]).await
}
