//! What a member answers about an appointment by a link: on the personal page of a member without an
//! account, or from an email.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};

use super::locked::LockedAppointment;
use crate::access::{CircleWrite, Permission, SystemCircleView};
use crate::entity::appointment::{self, AppointmentState, Column};
use crate::entity::attendance::{self, AttendeeResponse, GivenResponse};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::features::participation::{
    AT_MOST, LinkAnswer, LinkItem, LinkStatus, state_in, with_my_state, with_part_in,
};
use crate::notify::subject::Subject;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// The appointments that a member attends or is asked to and that are not over, until an instant,
/// each with their response. What the member is asked is there also on later days, except what
/// repeats. `view` says whether only what the member sees is there.
pub(in crate::features) async fn appointments_of_member(
    view: &SystemCircleView<'_>,
    member: MemberId,
    until: DateTime<Utc>,
) -> Result<Vec<(appointment::Model, AttendeeResponse)>, Problem> {
    let states = [
        AttendeeResponse::NoResponse,
        AttendeeResponse::Accepted,
        AttendeeResponse::Tentative,
    ];
    let theirs = with_part_in::<attendance::Entity>(view.scope(), member, &states);
    let open = [AttendeeResponse::NoResponse, AttendeeResponse::Tentative];
    let asked = with_part_in::<attendance::Entity>(view.scope(), member, &open)
        .add(Column::SeriesId.is_null());
    let on = [AppointmentState::Proposed, AppointmentState::Scheduled];
    let appointments = view
        .find::<appointment::Entity>()
        .filter(theirs)
        .filter(Column::State.is_in(on))
        .filter(Column::OverAt.gt(view.now()))
        .filter(Condition::any().add(Column::SortAt.lt(until)).add(asked))
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST)
        .read(view.db())
        .await?;
    with_my_state::<attendance::Entity>(view, member, appointments).await
}

/// An appointment as the page behind a link in an email shows it. None if the member does not see
/// it.
pub(in crate::features) async fn appointment_of_email(
    view: &SystemCircleView<'_>,
    member: MemberId,
    id: AppointmentId,
) -> Result<Option<LinkItem>, Problem> {
    let Some(row) = view.find_one::<appointment::Entity>(id).await? else {
        return Ok(None);
    };
    let response = state_in::<attendance::Entity>(view, member, &row).await?;
    let over_at = appointment::Entity::over_at(&row, view.scope().time_zone());
    let is_over = over_at.is_some_and(|at| at <= view.now());
    let may_answer = view.scope().can(Permission::RespondToAppointments);
    let none: &[LinkAnswer] = &[];
    let (status, answers) = match row.state {
        AppointmentState::Canceled => (LinkStatus::Off, none),
        AppointmentState::Proposed | AppointmentState::Scheduled if !is_over => {
            answers_to(response.filter(|_| may_answer))
        }
        _ => (LinkStatus::Over, none),
    };
    let item = LinkItem::of::<appointment::Entity>(&row, status, answers);
    Ok(Some(item))
}

/// What a member can answer after this response.
fn answers_to(response: Option<AttendeeResponse>) -> (LinkStatus, &'static [LinkAnswer]) {
    use LinkAnswer::{Accept, Decline, Tentative};
    match response {
        None => (LinkStatus::NotAsked, &[]),
        Some(AttendeeResponse::NoResponse) => (LinkStatus::Asked, &[Accept, Tentative, Decline]),
        Some(AttendeeResponse::Accepted) => (LinkStatus::Accepted, &[Tentative, Decline]),
        Some(AttendeeResponse::Tentative) => (LinkStatus::Tentative, &[Accept, Decline]),
        Some(AttendeeResponse::Declined) => (LinkStatus::Declined, &[Accept, Tentative]),
    }
}

/// Answers in a transaction in which the member acts.
pub(in crate::features) async fn answer_appointment(
    write: CircleWrite,
    id: AppointmentId,
    answer: LinkAnswer,
) -> Result<CircleWrite, Problem> {
    let mut appointment = LockedAppointment::find(write, id).await?;
    let response = match answer {
        LinkAnswer::Accept => GivenResponse::Accepted,
        LinkAnswer::Decline | LinkAnswer::Release => GivenResponse::Declined,
        LinkAnswer::Tentative => GivenResponse::Tentative,
        LinkAnswer::Claim | LinkAnswer::Complete => return Err(Problem::NotFound),
    };
    // The page shows only the appointments to which the member was asked.
    if appointment.my_part().is_none() {
        return Err(Problem::NotFound);
    }
    appointment.answer(response, true).await?;
    Ok(appointment.write)
}
