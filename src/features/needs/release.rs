//! What happens to what somebody took on or answered, who leaves, is suspended,
//! or sees or may do less.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};

use super::store::{item_of, put_commitment};
use crate::access::change_log::Change;
use crate::access::{CircleWrite, may_take_part};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notice::NoticeKind;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::appointments::store::{taken_off, touch};
use crate::features::participation::{Released, Releasing};
use crate::notify::notifications::{News, WITHOUT_AN_END};
use crate::notify::reminders::{self, ItemId};
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;
use crate::schedule::window::TakesPlace;

/// Releases the needs a member took or was asked to take, and asks `hand_to`. What is
/// over stays as it was: who drove, drove.
pub async fn release_needs(
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<&membership::Model>,
    releasing: &mut Releasing,
) -> Result<(), Problem> {
    let held = write
        .find_in_circle::<need_commitment::Entity>()
        .filter(need_commitment::Column::MemberId.eq(member))
        .filter(
            need_commitment::Column::State
                .is_in([CommitmentState::Offered, CommitmentState::Accepted]),
        )
        .all(write.tx())
        .await?;
    let needs = write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::Id.is_in(held.iter().map(|held| held.need_id)))
        .filter(need::Column::State.is_in([NeedState::Open, NeedState::OnHold]))
        .filter(goes_on::<need::Entity>(need::Column::EndsAt, write.now()))
        .order_by_asc(need::Column::SortAt)
        .all(write.tx())
        .await?;
    let heir = match hand_to {
        Some(heir) if may_take_part(write, heir, Topic::Daily).await? => Some(heir.id),
        _ => None,
    };
    let sees_needs = write.scope().topics().level(Topic::Daily) >= TopicLevel::Read;

    for need in needs {
        let mut its = held.clone();
        its.retain(|held| held.need_id == need.id);
        let state = CommitmentState::Released;
        let mut need = put_commitment(write, &need, &its, member, state).await?;
        if let Some(mine) = its
            .iter()
            .find(|held| held.state == CommitmentState::Accepted)
        {
            if let Some(heir) = heir {
                need = offer_instead(write, need, heir, releasing).await?;
            }
            if need.state == NeedState::Open {
                let about = |kind| News::of_need(kind, &need, write.scope().time_zone());
                let asked_by = mine.created_by.filter(|asker| *asker != member);
                let was = moment_of_need(&need);
                let news = &mut releasing.news;
                news.push(about(NoticeKind::TakenOff).to([member]).was(was));
                news.push(about(NoticeKind::CameFree).let_go_by(member, asked_by));
            }
        }
        reminders::forget_parts(write, ItemId::Need(need.id), &[member]).await?;
        let change = Change::to::<need::Entity>("released", &need).about(Topic::Daily);
        write.log(change.on_behalf_of(member)).await?;
        if sees_needs {
            releasing.released.push(Released {
                kind: "need",
                id: need.id.0,
                title: need.kind.as_str().to_owned(),
            });
        }
    }
    Ok(())
}

/// What is not over yet; without an end it goes on for an hour.
fn goes_on<E: TakesPlace>(ends_at: E::Column, now: DateTime<Utc>) -> Condition {
    let without_end = Condition::all()
        .add(ends_at.is_null())
        .add(E::OVER_AT.gt(now - WITHOUT_AN_END));
    Condition::any().add(E::OVER_AT.gt(now)).add(without_end)
}

/// Asks somebody else, unless they have it or were asked; who asks themselves has it
/// at once.
async fn offer_instead(
    write: &CircleWrite,
    need: need::Model,
    heir: MemberId,
    releasing: &mut Releasing,
) -> Result<need::Model, Problem> {
    let commitments = write
        .find_in_circle::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.eq(need.id))
        .all(write.tx())
        .await?;
    let is_asked = commitments.iter().any(|held| {
        held.member_id == heir
            && matches!(
                held.state,
                CommitmentState::Offered | CommitmentState::Accepted
            )
    });
    if is_asked {
        return Ok(need);
    }
    if write.actor() == Some(heir) {
        let state = CommitmentState::Accepted;
        let need = put_commitment(write, &need, &commitments, heir, state).await?;
        let item = item_of(write, &need).await?;
        reminders::plan_for_takers(write, &item, &[heir]).await?;
        return Ok(need);
    }
    let state = CommitmentState::Offered;
    let need = put_commitment(write, &need, &commitments, heir, state).await?;
    let news = News::of_need(NoticeKind::Offered, &need, write.scope().time_zone());
    releasing.news.push(news.to([heir]));
    Ok(need)
}

/// Takes a member off the appointments that are still to come, or off those of
/// them that are about a topic they do not see. What is called off counts too: it
/// may be reinstated.
pub async fn forget_attendances(
    write: &mut CircleWrite,
    member: MemberId,
    seen: &[Topic],
    releasing: &mut Releasing,
) -> Result<(), Problem> {
    let attendances = write
        .find_in_circle::<attendance::Entity>()
        .filter(attendance::Column::MemberId.eq(member))
        .all(write.tx())
        .await?;
    let coming = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointment::Column::Id.is_in(attendances.iter().map(|held| held.appointment_id)))
        .filter(goes_on::<appointment::Entity>(
            appointment::Column::EndsAt,
            write.now(),
        ))
        .filter(appointment::Column::Topic.is_not_in(seen.iter().copied()))
        .filter(appointment::Column::State.is_in([
            AppointmentState::Proposed,
            AppointmentState::Scheduled,
            AppointmentState::Cancelled,
        ]))
        .order_by_asc(appointment::Column::SortAt)
        .all(write.tx())
        .await?;
    for row in coming {
        for held in attendances
            .iter()
            .filter(|held| held.appointment_id == row.id)
        {
            write.delete_in_circle::<attendance::Entity>(held).await?;
            let item = ItemId::Appointment(row.id);
            reminders::forget_parts(write, item, &[member]).await?;
            if row.state == AppointmentState::Cancelled {
                continue;
            }
            let news = &mut releasing.news;
            news.extend(taken_off(write, &row, held));
            if let AttendanceAnswer::Accepted | AttendanceAnswer::Tentative = held.answer {
                let asked_by = held.created_by.filter(|asker| *asker != member);
                let zone = write.scope().time_zone();
                let free = News::of_appointment(NoticeKind::CameFree, &row, zone);
                news.push(free.let_go_by(member, asked_by));
            }
        }
        let row = touch(write, &row).await?;
        let change = Change::to::<appointment::Entity>("uninvited", &row).about(row.topic);
        let change = change.fields(vec!["attendees"]);
        write.log(change.on_behalf_of(member)).await?;
    }
    Ok(())
}
