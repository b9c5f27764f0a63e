//! The tasks that wait for a person in all their circles: offers that they have not
//! answered, and suggestions that they may approve.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use super::uncovered::uncovered_tasks;
use crate::access::{CallerCircles, CircleScope, Permission};
use crate::entity::ids::CircleId;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::problem::Problem;

/// How many tasks wait for a person, by circle.
#[derive(Debug, Default)]
pub struct TasksWaiting {
    /// Open tasks that are offered to them and still need people.
    pub offers: HashMap<CircleId, i64>,
    /// Suggested tasks that they may approve.
    pub to_approve: HashMap<CircleId, i64>,
}

/// Counts both in one statement, whatever the number of circles.
pub async fn count_tasks_waiting(
    mine: &CallerCircles,
    now: DateTime<Utc>,
) -> Result<TasksWaiting, Problem> {
    let waits = |scope: &CircleScope| {
        Condition::any()
            .add(uncovered_tasks(now))
            .add(suggestions_to_approve(scope))
    };
    let for_me = Condition::any()
        .add(Column::State.eq(TaskState::Proposed))
        .add(Expr::exists(my_offers(mine)));
    let counted = mine
        .find::<task::Entity>(waits)
        // Repeats the states for the index, so that done and canceled tasks are not read.
        .filter(Column::State.is_in([TaskState::Open, TaskState::Proposed]))
        .filter(for_me)
        .select_only()
        .column(Column::CircleId)
        .column(Column::State)
        .column_as(Column::Id.count(), "number")
        .group_by(Column::CircleId)
        .group_by(Column::State)
        .into_tuple::<(CircleId, TaskState, i64)>()
        .all(mine.db())
        .await?;
    let mut waiting = TasksWaiting::default();
    for (circle, state, number) in counted {
        let counts = if state == TaskState::Proposed {
            &mut waiting.to_approve
        } else {
            &mut waiting.offers
        };
        counts.insert(circle, number);
    }
    Ok(waiting)
}

/// The suggestions that the person may approve, as in `may_arrange_task`. They count for
/// a personal access token that only reads, too: they wait for the person, not for the
/// program.
fn suggestions_to_approve(scope: &CircleScope) -> Condition {
    let may_approve = scope
        .access()
        .is_some_and(|access| Permission::CreateTasks.is_given_to(access, scope.is_patient()));
    let mut topics = Topic::ALL.to_vec();
    topics.retain(|topic| {
        may_approve && !scope.is_leaving() && scope.topics().level(*topic) == TopicLevel::Write
    });
    Condition::all()
        .add(Column::State.eq(TaskState::Proposed))
        .add(Column::Topic.is_in(topics))
}

/// The caller's open offers of a task, as part of that task's query.
fn my_offers(mine: &CallerCircles) -> SelectStatement {
    use task_assignment::Column as Part;
    let part = |column: Part| Expr::col((task_assignment::Entity, column));
    Query::select()
        .column((task_assignment::Entity, Part::Id))
        .from(task_assignment::Entity)
        .and_where(part(Part::CircleId).equals((task::Entity, Column::CircleId)))
        .and_where(part(Part::TaskId).equals((task::Entity, Column::Id)))
        .and_where(Part::MemberId.is_in(mine.member_ids()))
        .and_where(Part::State.eq(TaskAssignmentState::Offered))
        .take()
}
