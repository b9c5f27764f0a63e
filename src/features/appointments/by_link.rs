//! What a member without an account answers about an appointment on their personal page.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::locked::LockedAppointment;
use crate::access::{CircleWrite, SystemCircleView};
use crate::entity::appointment::{self, AppointmentState, Column};
use crate::entity::attendance::{self, AttendeeResponse, GivenResponse};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::features::participation::{AT_MOST, LinkAnswer, with_my_state, with_part_in};
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// The appointments that a member attends or is asked to and that are not over, until an instant,
/// each with their response. `view` says whether only what the member sees is there.
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
    let on = [AppointmentState::Proposed, AppointmentState::Scheduled];
    let appointments = view
        .find::<appointment::Entity>()
        .filter(theirs)
        .filter(Column::State.is_in(on))
        .filter(Column::OverAt.gt(view.now()))
        .filter(Column::SortAt.lt(until))
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST)
        .read(view.db())
        .await?;
    with_my_state::<attendance::Entity>(view, member, appointments).await
}

/// Answers for a member without an account, in a transaction in which that member acts.
pub(in crate::features) async fn answer_appointment(
    write: CircleWrite,
    id: AppointmentId,
    answer: LinkAnswer,
) -> Result<CircleWrite, Problem> {
    let mut appointment = LockedAppointment::find(write, id).await?;
    let response = match answer {
        LinkAnswer::Accept => GivenResponse::Accepted,
        LinkAnswer::Decline | LinkAnswer::Release => GivenResponse::Declined,
        LinkAnswer::Complete => return Err(Problem::NotFound),
    };
    // The page shows only the appointments to which the member was asked.
    if appointment.my_part().is_none() {
        return Err(Problem::NotFound);
    }
    appointment.answer(response, true).await?;
    Ok(appointment.write)
}
