//! What a member without an account answers about a task on their personal page.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};

use super::complete::CompleteTaskRequest;
use super::locked::LockedTask;
use super::rules::TaskVerb;
use crate::access::{CircleWrite, SystemCircleView};
use crate::entity::ids::{MemberId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{AT_MOST, LinkAnswer, with_my_state, with_part_in};
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// The everyday tasks that a member holds or is asked to claim, until an instant and without a
/// time, each with the state of their part.
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
    let tasks = view
        .find::<task::Entity>()
        .filter(theirs)
        .filter(Column::Topic.eq(Topic::Daily))
        .filter(Column::State.eq(TaskState::Open))
        .filter(Condition::any().add(undated).add(Column::SortAt.lt(until)))
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(AT_MOST)
        .read(view.db())
        .await?;
    with_my_state::<task_assignment::Entity>(view, member, tasks).await
}

/// Answers for a member without an account, in a transaction in which that member acts.
pub(in crate::features) async fn answer_task(
    write: CircleWrite,
    id: TaskId,
    answer: LinkAnswer,
) -> Result<CircleWrite, Problem> {
    let mut task = LockedTask::find(write, id).await?;
    if task.row.topic != Topic::Daily {
        return Err(Problem::NotFound);
    }
    match answer {
        LinkAnswer::Accept => task.claim(TaskVerb::Accept, true).await?,
        LinkAnswer::Decline => {
            let kind = NotificationKind::Declined;
            task.decline_or_release(TaskVerb::Decline, kind).await?;
        }
        LinkAnswer::Release => {
            let kind = NotificationKind::Released;
            task.decline_or_release(TaskVerb::Release, kind).await?;
        }
        LinkAnswer::Complete => task.complete(CompleteTaskRequest::default()).await?,
    }
    Ok(task.write)
}
