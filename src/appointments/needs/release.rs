//! What happens to the needs of somebody who leaves or is suspended.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::store::put_commitment;
use crate::access::{CircleWrite, may_take_part};
use crate::app::App;
use crate::appointments::store::touch;
use crate::changes::Change;
use crate::commitments::Released;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance;
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notice::NoticeKind;
use crate::entity::notification_preference::NotificationCategory;
use crate::entity::topic_grant::Topic;
use crate::notices::{self, About, News};
use crate::problem::Problem;
use crate::reminders::{self, ItemId};

/// Releases the needs a member took or was asked to take, asks `hand_to`
/// instead, and takes the member off appointments that are still to come.
pub async fn release(
    app: &App,
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<&membership::Model>,
) -> Result<Vec<Released>, Problem> {
    forget_attendances(write, member).await?;
    reminders::forget_member(write, member).await?;
    release_needs(app, write, member, hand_to).await
}

/// Releases the needs a member took or was asked to take, and asks `hand_to`.
pub async fn release_needs(
    app: &App,
    write: &mut CircleWrite,
    member: MemberId,
    hand_to: Option<&membership::Model>,
) -> Result<Vec<Released>, Problem> {
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
        .order_by_asc(need::Column::SortAt)
        .all(write.tx())
        .await?;
    let heir = match hand_to {
        Some(heir) if may_take_part(write, heir, Topic::Daily).await? => Some(heir.id),
        _ => None,
    };

    let mut released = Vec::new();
    for need in needs {
        let visible = write.find_one::<need::Entity>(need.id).await?.is_some();
        let was_accepted = held
            .iter()
            .any(|held| held.need_id == need.id && held.state == CommitmentState::Accepted);
        let state = CommitmentState::Released;
        let mut need =
            put_commitment(app, write, &need, &held_of(&held, &need), member, state).await?;
        if let Some(heir) = heir.filter(|_| was_accepted) {
            need = offer_instead(app, write, need, heir).await?;
        }
        reminders::forget_parts(write, ItemId::Need(need.id), &[member]).await?;
        let change = Change::to::<need::Entity>("released", &need).about(Topic::Daily);
        write.log(change.on_behalf_of(member)).await?;
        if visible {
            released.push(Released {
                kind: "need",
                id: need.id.0,
                title: need.kind.as_str().to_owned(),
            });
        }
    }
    Ok(released)
}

fn held_of(held: &[need_commitment::Model], need: &need::Model) -> Vec<need_commitment::Model> {
    let its = held.iter().filter(|held| held.need_id == need.id);
    its.cloned().collect()
}

/// Asks somebody else, unless they have it or were asked.
async fn offer_instead(
    app: &App,
    write: &CircleWrite,
    need: need::Model,
    heir: MemberId,
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
    let state = CommitmentState::Offered;
    let need = put_commitment(app, write, &need, &commitments, heir, state).await?;
    let news = News {
        kind: NoticeKind::Offered,
        about: About::Need(need.id),
        was: None,
    };
    let to = vec![(heir, NotificationCategory::Assigned)];
    notices::tell(app, write, &news, to).await?;
    Ok(need)
}

/// What is called off counts too: it may be reinstated.
async fn forget_attendances(write: &mut CircleWrite, member: MemberId) -> Result<(), Problem> {
    let attendances = write
        .find_in_circle::<attendance::Entity>()
        .filter(attendance::Column::MemberId.eq(member))
        .all(write.tx())
        .await?;
    let coming = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointment::Column::Id.is_in(attendances.iter().map(|held| held.appointment_id)))
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
        }
        let row = touch(write, &row).await?;
        let change = Change::to::<appointment::Entity>("uninvited", &row).about(row.topic);
        let change = change.fields(vec!["attendees"]);
        write.log(change.on_behalf_of(member)).await?;
    }
    Ok(())
}
