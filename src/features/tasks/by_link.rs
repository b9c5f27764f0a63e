//! What a member answers about a task by a link: on the personal page of a member without an
//! account, or from an email.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};

use super::complete::CompleteTaskRequest;
use super::locked::LockedTask;
use super::rules::TaskVerb;
use crate::access::{CircleWrite, Permission, SystemCircleView};
use crate::entity::ids::{MemberId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{
    AT_MOST, LinkAnswer, LinkItem, LinkReach, WorkFacts, state_in, with_my_state, with_part_in,
};
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// The everyday tasks that a member holds or is asked to claim, until an instant and without a
/// time, each with the state of their part. What the member is asked is there also on later days,
/// except what repeats.
pub(in crate::features) async fn tasks_of_member(
    view: &SystemCircleView<'_>,
    member: MemberId,
    until: DateTime<Utc>,
) -> Result<Vec<(task::Model, TaskAssignmentState)>, Problem> {
    let undated = Condition::all()
        .add(Column::DueOn.is_null())
        .add(Column::DueLocal.is_null());
    let states = [TaskAssignmentState::Offered, TaskAssignmentState::Accepted];
    let theirs = with_part_in::<task_assignment::Entity>(view.scope(), member, &states);
    let offered = [TaskAssignmentState::Offered];
    let asked = with_part_in::<task_assignment::Entity>(view.scope(), member, &offered)
        .add(Column::SeriesId.is_null());
    let shown = Condition::any()
        .add(undated)
        .add(Column::SortAt.lt(until))
        .add(asked);
    let tasks = view
        .find::<task::Entity>()
        .filter(theirs)
        .filter(Column::Topic.eq(Topic::Daily))
        .filter(Column::State.eq(TaskState::Open))
        .filter(shown)
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST)
        .read(view.db())
        .await?;
    with_my_state::<task_assignment::Entity>(view, member, tasks).await
}

/// A task as the page behind a link in an email shows it. None if the member does not see it.
pub(in crate::features) async fn task_of_email(
    view: &SystemCircleView<'_>,
    member: MemberId,
    id: TaskId,
) -> Result<Option<LinkItem>, Problem> {
    let Some(row) = view.find_one::<task::Entity>(id).await? else {
        return Ok(None);
    };
    let state = state_in::<task_assignment::Entity>(view, member, &row).await?;
    let facts = WorkFacts {
        part_is_done: state == Some(TaskAssignmentState::Completed),
        may_claim: view.scope().can(Permission::ClaimTasks),
        is_completed: true,
    };
    let item = LinkItem::of_work::<task_assignment::Entity>(view, &row, state, facts);
    Ok(Some(item))
}

/// Answers in a transaction in which the member acts.
pub(in crate::features) async fn answer_task(
    write: CircleWrite,
    id: TaskId,
    answer: LinkAnswer,
    reach: LinkReach,
) -> Result<CircleWrite, Problem> {
    let mut task = LockedTask::find(write, id).await?;
    if reach == LinkReach::Everyday && task.row.topic != Topic::Daily {
        return Err(Problem::NotFound);
    }
    match answer {
        LinkAnswer::Accept => task.claim(TaskVerb::Accept, true).await?,
        LinkAnswer::Claim => task.claim(TaskVerb::Claim, true).await?,
        LinkAnswer::Decline => {
            let kind = NotificationKind::Declined;
            task.decline_or_release(TaskVerb::Decline, kind).await?;
        }
        LinkAnswer::Release => {
            let kind = NotificationKind::Released;
            task.decline_or_release(TaskVerb::Release, kind).await?;
        }
        LinkAnswer::Complete => task.complete(CompleteTaskRequest::default()).await?,
        // Only of an appointment can a member be unsure.
        LinkAnswer::Tentative => return Err(Problem::NotFound),
    }
    Ok(task.write)
}
