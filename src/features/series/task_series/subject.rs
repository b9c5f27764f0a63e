//! A series of tasks as a subject: what notifications ask of it. Its tasks are reminded of, the
//! series is not.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter, TryIntoModel,
};

use super::checklist;
use super::locked::LockedTaskSeries;
use super::turns::{SeriesTurns, turns_before, turns_from};
use crate::access::CircleWrite;
use crate::access::limits::{self, Limit};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment;
use crate::entity::task_series::{self, SeriesState};
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{
    Doubt, KeptParts, PartsAndPeople, RelatedParts, Work, set_parts,
};
use crate::features::series::making::Making;
use crate::features::series::reach::Repetition;
use crate::features::series::repeats::{Occurrence, Repeats, SeriesColumns};
use crate::features::tasks::{COUNTED, lapses_at};
use crate::notify::details::Details;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;
use crate::schedule::Due;

impl Subject for task_series::Entity {
    const QUESTION: &'static str = "line-asked-take-repeating";
    const CHANGED: &'static str = "line-changed-repeating";
    const REINSTATED: &'static str = "line-goes-on-again";

    fn subject_id(row: &task_series::Model) -> SubjectId {
        SubjectId::TaskSeries(row.id)
    }

    fn topic(row: &task_series::Model) -> Option<Topic> {
        Some(row.topic)
    }

    fn details(row: &task_series::Model) -> Details {
        Details {
            title: Some(row.title.clone()),
            ..Details::of_kind("what-task-series")
        }
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
            asked_to_take_over: false,
        })
    }
}

/// What the row of a series says about its dates.
pub fn repetition_of(row: &task_series::Model) -> Repetition {
    task_series::Entity::repetition(row)
}

impl Repeats for task_series::Entity {
    type Item = task::Entity;
    type Time = Due;
    type Turns = SeriesTurns;

    const COLUMNS: SeriesColumns<task_series::Column> = SeriesColumns {
        topic: task_series::Column::Topic,
        state: task_series::Column::State,
        recurrence: task_series::Column::Recurrence,
        last_on: task_series::Column::LastOn,
        made_until: task_series::Column::MadeUntil,
        previous: task_series::Column::PreviousSeriesId,
    };
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
        Column::PeopleUncertain,
        Column::ReminderMinutes,
        Column::LapseAfterDays,
        Column::LapsesAt,
        Column::EndedAt,
        Column::EndedFrom,
        Column::CanceledByMemberId,
        Column::State,
        Column::ScheduleVersion,
    ];
    const IS_AWAY: Option<task_assignment::Column> = Some(task::Entity::IS_AWAY);
    const MOST: Limit = limits::TASK_SERIES;
    const MOST_ITEMS: Limit = limits::OPEN_TASKS;
    const TIME_FIELDS: &'static [&'static str] = &["due"];
    const MOVED: NotificationKind = NotificationKind::Updated;

    fn state(row: &task_series::Model) -> SeriesState {
        row.state
    }

    fn rule(row: &task_series::Model) -> &str {
        &row.recurrence
    }

    fn last_on(row: &task_series::Model) -> Option<NaiveDate> {
        row.last_on
    }

    fn made_until(row: &task_series::Model) -> NaiveDate {
        row.made_until
    }

    fn time(row: &task_series::Model) -> Due {
        Due::of_series(row)
    }

    fn write_time(row: &mut task_series::ActiveModel, due: &Due) {
        due.write_to_series(row);
    }

    fn occurrence(item: &task::Model) -> Option<Occurrence> {
        item.series_id?;
        Some(Occurrence {
            on: item.original_on?,
            // What lapsed is over for good, whatever becomes of the series.
            is_exception: item.is_exception || item.state == TaskState::Lapsed,
        })
    }

    fn counted_items(_: DateTime<Utc>) -> Condition {
        Condition::all().add(Column::State.is_in(COUNTED))
    }

    fn is_counted(item: &task::Model, _: DateTime<Utc>) -> bool {
        COUNTED.contains(&item.state)
    }

    fn on_date(
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
        let is_retimed =
            before.is_some_and(|before| due.instants(zone) != Due::of_row(before).instants(zone));
        if let Some(before) = before
            && is_retimed
        {
            row.schedule_version = Set(before.schedule_version + 1);
        }
        let days = series.lapse_after_days;
        let lapses_as_before = before.is_some_and(|before| {
            before.state == TaskState::Open && before.lapse_after_days == days && !is_retimed
        });
        if !lapses_as_before {
            row.lapses_at = Set(lapses_at(&due, days, true, zone, write.now()));
        }
        row.lapse_after_days = Set(days);
        row.ended_at = Set(None);
        row.ended_from = Set(None);
        row.canceled_by_member_id = Set(None);
        Ok(row.try_into_model()?)
    }

    fn called_off(write: &CircleWrite, before: &task::Model) -> task::Model {
        task::Model {
            state: TaskState::Canceled,
            lapses_at: None,
            ended_at: Some(write.now()),
            ended_from: Some(before.state),
            canceled_by_member_id: write.actor(),
            ..before.clone()
        }
    }

    fn turns(
        row: &task_series::Model,
        related: &PartsAndPeople<task_series_member::Entity>,
        until: NaiveDate,
    ) -> SeriesTurns {
        SeriesTurns::of_series(row, related.parts(), until)
    }

    fn room(item: &task::Model) -> Option<usize> {
        let free = item.people_needed - item.people_accepted;
        Some(usize::try_from(free).unwrap_or(0))
    }

    fn counted(item: task::Model, more: i32, uncertain: i32) -> task::Model {
        task::Model {
            people_accepted: item.people_accepted + more,
            people_uncertain: uncertain,
            ..item
        }
    }

    fn doubt(part: &task_assignment::Model) -> Doubt {
        Doubt::of::<task_assignment::Entity>(part)
    }

    fn was_taken_off(part: &task_assignment::Model) -> bool {
        part.state == task::Entity::RELEASED
    }

    fn take_off(
        write: &CircleWrite,
        parts: &[task_assignment::Model],
        kept: &KeptParts<task_assignment::Entity>,
    ) {
        set_parts::<task_assignment::Entity>(write, parts, task::Entity::RELEASED);
        kept.write_later::<task::Entity>(write, parts);
    }

    /// Each new task has a checklist of its own.
    async fn follow(
        write: &mut CircleWrite,
        _: &task_series::Model,
        series: &task_series::Model,
        making: &mut Making<Self>,
    ) -> Result<(), Problem> {
        making.write_occurrences(write);
        checklist::create_of_all_later(write, series, &making.new);
        Ok(())
    }

    fn move_up(
        row: &mut task_series::ActiveModel,
        series: &task_series::Model,
        related: &PartsAndPeople<task_series_member::Entity>,
        today: NaiveDate,
    ) {
        row.turns_from = Set(turns_from(series, related.parts(), today));
    }

    fn begin_anew(row: &mut task_series::ActiveModel, old: &task_series::Model, on: NaiveDate) {
        row.turns_from = Set(old.turns_from.map(|_| on));
    }

    fn carry_over(
        series: &mut LockedTaskSeries,
        old: &task_series::Model,
        on: NaiveDate,
    ) -> Result<(), Problem> {
        let passed = turns_before(old, series.members(), on);
        series.copy_members(passed)
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
        people_uncertain: Set(0),
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
