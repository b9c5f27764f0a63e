//! The tasks that wait for a person in all their circles: offers that they have not
//! answered, and suggestions that they may approve.

use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use super::uncovered::uncovered_tasks;
use crate::access::{CircleScope, MyCircles, Permission, about_any, table};
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::handovers::is_asked_by_name;
use crate::features::participation::{First, rows_with_my_part};

/// The open tasks that are offered to the person and still need people. What another member asks them
/// to take over counts as a handover.
pub fn open_task_offers(circles: &MyCircles<'_>) -> SelectStatement {
    let offered = [TaskAssignmentState::Offered];
    // An offer stays in its state when others complete the task, so the tasks come first.
    let mut offers = rows_with_my_part::<task_assignment::Entity>(circles, First::Rows, &offered);
    offers
        .cond_where(uncovered_tasks(circles.now()))
        .and_where(is_asked_by_name::<task::Entity>().not());
    offers
}

/// The suggestions that the person may approve.
pub fn suggestions_to_approve(circles: &MyCircles<'_>) -> SelectStatement {
    let mut suggestions = circles.select::<task::Entity>([table::<task::Entity>()], may_approve);
    // Repeats the state for the index: what differs between circles is in one condition.
    suggestions.and_where(Column::State.eq(TaskState::Proposed));
    suggestions
}

/// As in `may_arrange_task`. They count for a personal access token that only reads, too:
/// they wait for the person, not for the program.
fn may_approve(scope: &CircleScope) -> Condition {
    let may_approve = scope
        .access()
        .is_some_and(|access| Permission::CreateTasks.is_given_to(access, scope.is_patient()));
    let mut topics = Topic::ALL.to_vec();
    topics.retain(|topic| {
        may_approve && !scope.is_leaving() && scope.topics().level(*topic) == TopicLevel::Write
    });
    Condition::all()
        .add(Column::State.eq(TaskState::Proposed))
        .add(about_any(&topics, Column::Topic))
}
