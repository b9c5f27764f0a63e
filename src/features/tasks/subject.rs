//! A task as a subject: what notifications and reminders ask of it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};

use super::lapse::lapses_at;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::ids::{MemberId, TaskId};
use crate::entity::reminder::ReminderKind;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{find_part, is_asked_to_take_over};
use crate::features::zone_rules::FollowsRules;
use crate::notify::details::Details;
use crate::notify::reminders::{Item, PartKey, PartStatus, fires_at, offsets_of};
use crate::notify::subject::{Involvement, MemberPart, Reminded, Stage, Subject, SubjectId};
use crate::platform::time::civil::{Moment, day_of, end_of_day, resolve};
use crate::problem::Problem;
use crate::schedule::{Due, DueInstants};

impl Subject for task::Entity {
    const QUESTION: &'static str = "line-asked-take";
    const REINSTATED: &'static str = "line-reopened";

    fn subject_id(row: &task::Model) -> SubjectId {
        SubjectId::Task(row.id)
    }

    fn topic(row: &task::Model) -> Option<Topic> {
        Some(row.topic)
    }

    fn details(row: &task::Model) -> Details {
        Details {
            title: Some(row.title.clone()),
            ..Details::of_kind("what-task")
        }
    }

    /// When it starts, or when it is due.
    fn moment(row: &task::Model) -> Option<Moment> {
        match (row.starts_local, &row.time_zone) {
            (Some(from), Some(zone)) => Some(Moment::At(resolve(from, zone))),
            _ => Moment::of(row.due_at, row.due_on),
        }
    }

    fn stage(row: &task::Model) -> Stage {
        match row.state {
            TaskState::Proposed => Stage::Proposed,
            TaskState::Open => Stage::On,
            TaskState::Completed => Stage::Done,
            TaskState::Canceled | TaskState::Lapsed => Stage::Off,
        }
    }

    /// A date starts at the hour from which its reminders count.
    fn starts_at(row: &task::Model, zone: &str) -> Option<DateTime<Utc>> {
        Self::moment(row).map(|moment| fires_at(moment, 0, zone))
    }

    /// A task is never over: an overdue task is still to be done.
    fn over_at(_: &task::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    /// Nobody waits any more for a task with a start time once it is due.
    fn too_late_at(row: &task::Model, _: &str) -> Option<DateTime<Utc>> {
        row.due_at.filter(|_| has_window(row))
    }

    fn late_at(row: &task::Model, zone: &str) -> Option<DateTime<Utc>> {
        let late_at = row.due_at.or(row.due_on.map(|day| end_of_day(day, zone)));
        late_at.filter(|_| !has_window(row))
    }

    fn has_room(row: &task::Model) -> bool {
        row.people_accepted < row.people_needed
    }

    fn needs_people(row: &task::Model) -> bool {
        row.people_accepted - row.people_uncertain < row.people_needed
    }

    async fn involvement(
        write: &CircleWrite,
        row: &task::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let assignment = find_part::<task_assignment::Entity>(write, row, member).await?;
        let needs_people = Self::needs_people(row);
        Ok(Involvement {
            member: match assignment.map(|assignment| assignment.state) {
                Some(TaskAssignmentState::Offered) => MemberPart::asked_if(needs_people),
                Some(TaskAssignmentState::Accepted) => MemberPart::Held,
                Some(TaskAssignmentState::Completed) => MemberPart::Done,
                _ => MemberPart::None,
            },
            needs_people,
            is_unsure: false,
            asked_to_take_over: is_asked_to_take_over::<task_assignment::Entity>(
                write,
                [row.id.into()],
                member,
            )
            .await?,
        })
    }
}

fn has_window(row: &task::Model) -> bool {
    row.starts_local.is_some()
}

/// What the reminders of a task depend on.
pub(super) fn item_of(row: &task::Model) -> Item {
    Item {
        id: SubjectId::Task(row.id),
        kind: ReminderKind::TaskDue,
        topic: row.topic,
        details: task::Entity::details(row),
        schedule_version: row.schedule_version,
        is_on: row.state == TaskState::Open,
        offsets: offsets_of(&row.reminder_minutes),
        moment: task::Entity::moment(row),
        last_day: None,
        is_uncovered: Some(task::Entity::needs_people(row)),
    }
}

impl Reminded for task::Entity {
    const SORT_AT: task::Column = task::Column::SortAt;

    /// As [`crate::schedule::Due`] writes it.
    fn sorts_at(day: NaiveDate, zone: &str) -> DateTime<Utc> {
        end_of_day(day, zone) - TimeDelta::seconds(1)
    }

    async fn items(_: &CircleWrite, rows: &[task::Model]) -> Result<Vec<Item>, Problem> {
        Ok(rows.iter().map(item_of).collect())
    }

    async fn parts(
        write: &CircleWrite,
        tasks: Vec<TaskId>,
    ) -> Result<Vec<(PartKey, PartStatus)>, Problem> {
        let accepted = write
            .find_in_circle::<task_assignment::Entity>()
            .filter(task_assignment::Column::TaskId.is_in(tasks))
            .filter(task_assignment::Column::State.eq(TaskAssignmentState::Accepted))
            .filter(task_assignment::Column::IsAway.eq(false))
            .all(write.tx())
            .await?;
        let part = |row: task_assignment::Model| {
            let status = PartStatus {
                said_yes: true,
                at: row.taken_at.unwrap_or(row.created_at),
            };
            ((SubjectId::Task(row.task_id), row.member_id), status)
        };
        Ok(accepted.into_iter().map(part).collect())
    }

    async fn ahead(write: &CircleWrite, dated: bool) -> Result<Vec<Item>, Problem> {
        // Today in UTC may still be yesterday in the zone of the circle.
        let today = day_of(write.now(), "UTC");
        let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let mut ahead = Condition::any().add(task::Column::DueOn.gte(yesterday));
        if !dated {
            ahead = ahead.add(task::Column::DueAt.gt(write.now()));
        }
        let tasks = write
            .find_in_circle::<task::Entity>()
            .filter(task::Column::State.eq(TaskState::Open))
            .filter(ahead)
            .all(write.tx())
            .await?;
        Ok(tasks.iter().map(item_of).collect())
    }
}

impl FollowsRules for task::Entity {
    async fn correct(write: &mut CircleWrite, before: task::Model) -> Result<bool, Problem> {
        let zone = write.scope().time_zone().to_owned();
        let due = Due::of_row(&before);
        if due.instants(&zone) == DueInstants::of_row(&before) {
            return Ok(false);
        }
        let mut row = before.clone().into_active_model();
        due.write_to(&mut row, &zone);
        if before.lapses_at.is_some() {
            let (days, repeats) = (before.lapse_after_days, before.series_id.is_some());
            row.lapses_at = Set(lapses_at(&due, days, repeats, &zone, write.now()));
        }
        let after = write.update::<Self>(&before, row).await?;
        let change = Change::to::<Self>("updated", &after).about(after.topic);
        write.log(change.fields(vec!["due"])).await?;
        Ok(true)
    }
}
