//! A series of tasks as a subject: what notifications ask of it. Its tasks are reminded of, the
//! series is not.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, TryIntoModel};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_series::{self, SeriesState};
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::entity::topic_grant::Topic;
use crate::features::series::occurrences::{Occurrence, Repeats};
use crate::features::series::reach::Repetition;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;
use crate::schedule::Due;
use crate::schedule::recurrence::Recurrence;

impl Subject for task_series::Entity {
    const QUESTION: &'static str = "You are asked whether you can take something on that repeats.";
    const CHANGED: &'static str = "Something that repeats has changed. Look at its tasks.";
    const REINSTATED: &'static str = "Something that repeats and had a break goes on again.";

    fn subject_id(row: &task_series::Model) -> SubjectId {
        SubjectId::TaskSeries(row.id)
    }

    fn topic(row: &task_series::Model) -> Option<Topic> {
        Some(row.topic)
    }

    /// Its tasks have times; the series has none.
    fn moment(_: &task_series::Model) -> Option<Moment> {
        None
    }

    fn stage(row: &task_series::Model) -> Stage {
        Stage::on_if(row.state == SeriesState::Active)
    }

    fn starts_at(_: &task_series::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn over_at(_: &task_series::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    async fn involvement(
        write: &CircleWrite,
        row: &task_series::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let parts = write
            .find::<task_series_member::Entity>()
            .filter(task_series_member::Column::SeriesId.eq(row.id))
            .all(write.tx())
            .await?;
        let accepted = |part: &task_series_member::Model| part.state == SeriesMemberState::Accepted;
        let own = parts.iter().find(|part| part.member_id == member);
        Ok(Involvement {
            member: match own.map(|part| part.state) {
                Some(SeriesMemberState::Offered) => MemberPart::Asked,
                Some(SeriesMemberState::Accepted) => MemberPart::Held,
                _ => MemberPart::None,
            },
            needs_people: if row.turns_from.is_some() {
                parts
                    .iter()
                    .any(|part| part.turn.is_some() && !accepted(part))
            } else {
                let taken = parts.iter().filter(|part| accepted(part)).count();
                i32::try_from(taken).unwrap_or(i32::MAX) < row.people_needed
            },
            is_unsure: false,
        })
    }
}

/// What the row of a series says about its dates.
pub fn repetition_of(row: &task_series::Model) -> Repetition {
    Repetition {
        first_on: Due::of_series(row).day().unwrap_or_default(),
        recurrence: Recurrence::of_row(&row.recurrence),
        state: row.state,
        time_zone: row.time_zone.clone(),
    }
}

impl Repeats for task_series::Entity {
    type Item = task::Entity;

    const SERIES: Column = Column::SeriesId;
    const ORIGINAL_ON: Column = Column::OriginalOn;
    const IS_EXCEPTION: Column = Column::IsException;
    const WRITTEN: &'static [Column] = &[
        Column::TaskListId,
        Column::SeriesId,
        Column::IsException,
        Column::Title,
        Column::Notes,
        Column::Category,
        Column::DueOn,
        Column::DueLocal,
        Column::StartsLocal,
        Column::TimeZone,
        Column::DueAt,
        Column::BeginsAt,
        Column::OverAt,
        Column::SortAt,
        Column::EffortMinutes,
        Column::PeopleNeeded,
        Column::PeopleAccepted,
        Column::ReminderMinutes,
        Column::State,
        Column::ScheduleVersion,
    ];

    fn repetition(row: &task_series::Model) -> Repetition {
        repetition_of(row)
    }

    fn occurrence(item: &task::Model) -> Option<Occurrence> {
        item.series_id?;
        Some(Occurrence {
            on: item.original_on?,
            is_exception: item.is_exception,
        })
    }

    fn describe(
        write: &CircleWrite,
        series: &task_series::Model,
        on: NaiveDate,
        before: Option<&task::Model>,
    ) -> Result<task::Model, Problem> {
        let zone = write.scope().time_zone();
        let due = Due::of_series(series).on_day(on);
        let mut row = before.map_or_else(
            || blank(write, series, on),
            |before| before.clone().into_active_model(),
        );
        row.series_id = Set(Some(series.id));
        row.is_exception = Set(false);
        row.task_list_id = Set(series.task_list_id);
        row.title = Set(series.title.clone());
        row.notes = Set(series.notes.clone());
        row.category = Set(series.category);
        row.effort_minutes = Set(series.effort_minutes);
        let accepted = before.map_or(0, |before| before.people_accepted);
        row.people_needed = Set(series.people_needed.max(accepted));
        row.reminder_minutes = Set(series.reminder_minutes.clone());
        row.state = Set(TaskState::Open);
        due.write_to(&mut row, zone);
        if let Some(before) = before
            && due.instants(zone) != Due::of_row(before).instants(zone)
        {
            row.schedule_version = Set(before.schedule_version + 1);
        }
        Ok(row.try_into_model()?)
    }

    fn called_off(before: &task::Model) -> task::Model {
        task::Model {
            state: TaskState::Canceled,
            ..before.clone()
        }
    }
}

/// A new task, before the series describes it.
fn blank(write: &CircleWrite, series: &task_series::Model, on: NaiveDate) -> task::ActiveModel {
    task::ActiveModel {
        circle_id: Set(write.circle_id()),
        id: Set(write.new_id()),
        original_on: Set(Some(on)),
        topic: Set(series.topic),
        appointment_id: Set(None),
        people_accepted: Set(0),
        schedule_version: Set(1),
        completed_at: Set(None),
        completion_recorded_at: Set(None),
        completed_by_member_id: Set(None),
        version: Set(1),
        created_at: Set(write.now()),
        created_by_member_id: Set(series.created_by_member_id),
        updated_at: Set(write.now()),
        sent_hash: Set(None),
        ..Default::default()
    }
}
