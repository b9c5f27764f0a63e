//! What a member without an account answers about a need on their personal page.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use crate::access::{CircleWrite, SystemCircleView};
use crate::entity::ids::{MemberId, NeedId};
use crate::entity::need::{self, Column, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::notification::NotificationKind;
use crate::features::participation::{AT_MOST, LinkAnswer, with_my_state, with_part_in};
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// The needs that a member holds or is asked to claim and that are not over, until an instant, each
/// with the state of their part.
pub(in crate::features) async fn needs_of_member(
    view: &SystemCircleView<'_>,
    member: MemberId,
    until: DateTime<Utc>,
) -> Result<Vec<(need::Model, NeedAssignmentState)>, Problem> {
    let states = [NeedAssignmentState::Offered, NeedAssignmentState::Accepted];
    let theirs = with_part_in::<need_assignment::Entity>(view.scope(), member, &states);
    let needs = view
        .find::<need::Entity>()
        .filter(theirs)
        .filter(Column::State.eq(NeedState::Open))
        .filter(Column::OverAt.gt(view.now()))
        .filter(Column::SortAt.lt(until))
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST)
        .read(view.db())
        .await?;
    with_my_state::<need_assignment::Entity>(view, member, needs).await
}

/// Answers for a member without an account, in a transaction in which that member acts.
pub(in crate::features) async fn answer_need(
    write: CircleWrite,
    id: NeedId,
    answer: LinkAnswer,
) -> Result<CircleWrite, Problem> {
    let mut need = LockedNeed::find(write, id).await?;
    match answer {
        LinkAnswer::Accept => need.claim(NeedVerb::Accept, true).await?,
        LinkAnswer::Decline => {
            let kind = NotificationKind::Declined;
            need.decline_or_release(NeedVerb::Decline, kind).await?;
        }
        LinkAnswer::Release => {
            let kind = NotificationKind::Released;
            need.decline_or_release(NeedVerb::Release, kind).await?;
        }
        // A need ends with its appointment.
        LinkAnswer::Complete => return Err(Problem::NotFound),
    }
    Ok(need.write)
}
