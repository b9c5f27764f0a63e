//! What a member answers about a need by a link: on the personal page of a member without an
//! account, or from an email.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use crate::access::{CircleWrite, Permission, SystemCircleView};
use crate::entity::ids::{MemberId, NeedId};
use crate::entity::need::{self, Column, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::notification::NotificationKind;
use crate::features::participation::{
    AT_MOST, LinkAnswer, LinkItem, WorkFacts, state_in, with_my_state, with_part_in,
};
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// The needs that a member holds or is asked to claim and that are not over, until an instant, each
/// with the state of their part. What the member is asked is there also on later days.
pub(in crate::features) async fn needs_of_member(
    view: &SystemCircleView<'_>,
    member: MemberId,
    until: DateTime<Utc>,
) -> Result<Vec<(need::Model, NeedAssignmentState)>, Problem> {
    let states = [NeedAssignmentState::Offered, NeedAssignmentState::Accepted];
    let theirs = with_part_in::<need_assignment::Entity>(view.scope(), member, &states);
    let offered = [NeedAssignmentState::Offered];
    let asked = with_part_in::<need_assignment::Entity>(view.scope(), member, &offered);
    let needs = view
        .find::<need::Entity>()
        .filter(theirs)
        .filter(Column::State.eq(NeedState::Open))
        .filter(Column::OverAt.gt(view.now()))
        .filter(Condition::any().add(Column::SortAt.lt(until)).add(asked))
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST)
        .read(view.db())
        .await?;
    with_my_state::<need_assignment::Entity>(view, member, needs).await
}

/// A need as the page behind a link in an email shows it. None if the member does not see it.
pub(in crate::features) async fn need_of_email(
    view: &SystemCircleView<'_>,
    member: MemberId,
    id: NeedId,
) -> Result<Option<LinkItem>, Problem> {
    let Some(row) = view.find_one::<need::Entity>(id).await? else {
        return Ok(None);
    };
    let state = state_in::<need_assignment::Entity>(view, member, &row).await?;
    let facts = WorkFacts {
        part_is_done: false,
        may_claim: view.scope().can(Permission::ClaimNeeds),
        is_completed: false,
    };
    let item = LinkItem::of_work::<need_assignment::Entity>(view, &row, state, facts);
    Ok(Some(item))
}

/// Answers in a transaction in which the member acts. A need is always an everyday thing.
pub(in crate::features) async fn answer_need(
    write: CircleWrite,
    id: NeedId,
    answer: LinkAnswer,
) -> Result<CircleWrite, Problem> {
    let mut need = LockedNeed::find(write, id).await?;
    match answer {
        LinkAnswer::Accept => need.claim(NeedVerb::Accept, true).await?,
        LinkAnswer::Claim => need.claim(NeedVerb::Claim, true).await?,
        LinkAnswer::Decline => {
            let kind = NotificationKind::Declined;
            need.decline_or_release(NeedVerb::Decline, kind).await?;
        }
        LinkAnswer::Release => {
            let kind = NotificationKind::Released;
            need.decline_or_release(NeedVerb::Release, kind).await?;
        }
        // A need ends with its appointment, and nobody claims it half.
        LinkAnswer::Complete | LinkAnswer::Tentative => return Err(Problem::NotFound),
    }
    Ok(need.write)
}
