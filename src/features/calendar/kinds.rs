//! What a calendar and an agenda show of a task, an appointment or a need.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Keyword, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait};
use uuid::Uuid;

use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::AttendeeResponse;
use crate::entity::ids::CircleId;
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::TaskAssignmentState;
use crate::entity::topic_grant::Topic;
use crate::features::appointments;
use crate::features::participation::{Part, TakesTime, Work};
use crate::platform::time::civil::{Day, WallTime};
use crate::row::{Cells, Row};
use crate::schedule::due;

/// A kind of thing that has a place on calendars and agendas.
pub trait OnCalendar: TakesTime {
    /// The columns with the date, the local start and end, their time zone, and the moments of
    /// the start and the end.
    const WHEN: [Self::Column; 6];

    /// The states of the part of a member who has it or comes to it.
    const HELD: &'static [<Self::Parts as Part>::State];

    /// Title, category or kind, topic, and state.
    fn what() -> [Expr; 4];

    /// How many members have claimed it and may do it, and how many are needed; null if that is not
    /// counted.
    fn people() -> [Expr; 2];

    /// The series whose occurrence it is, and the date that the series gives it; null if it belongs to
    /// none.
    fn series() -> [Expr; 2];

    /// The rows that will take place or are still to be done. An agenda has no others.
    fn is_to_come() -> Condition;

    /// The rows that a calendar shows, also of the past: all that were not canceled and did not
    /// lapse.
    fn is_shown() -> Condition;
}

impl OnCalendar for task::Entity {
    const WHEN: [task::Column; 6] = {
        use task::Column::{BeginsAt, DueAt, DueLocal, DueOn, StartsLocal, TimeZone};
        [DueOn, StartsLocal, DueLocal, TimeZone, BeginsAt, DueAt]
    };

    const HELD: &'static [TaskAssignmentState] = &[
        TaskAssignmentState::Accepted,
        TaskAssignmentState::Completed,
    ];

    fn what() -> [Expr; 4] {
        use task::Column::{Category, State, Title, Topic};
        [Title, Category, Topic, State].map(column_of::<Self>)
    }

    fn people() -> [Expr; 2] {
        [Self::certain(), column_of::<Self>(Self::NEEDED)]
    }

    fn series() -> [Expr; 2] {
        [task::Column::SeriesId, task::Column::OriginalOn].map(column_of::<Self>)
    }

    fn is_to_come() -> Condition {
        Condition::all().add(task::Column::State.eq(TaskState::Open))
    }

    /// A task without a due time is never over. With this bound no database reads those that were
    /// completed years ago.
    fn is_shown() -> Condition {
        Condition::all()
            .add(task::Column::State.is_not_in([TaskState::Canceled, TaskState::Lapsed]))
            .add(task::Column::OverAt.lt(due::never()))
    }
}

impl OnCalendar for appointment::Entity {
    const WHEN: [appointment::Column; 6] = {
        use appointment::Column::{EndsAt, EndsLocal, StartsAt, StartsLocal, StartsOn, TimeZone};
        [StartsOn, StartsLocal, EndsLocal, TimeZone, StartsAt, EndsAt]
    };

    const HELD: &'static [AttendeeResponse] = &[AttendeeResponse::Accepted];

    fn what() -> [Expr; 4] {
        use appointment::Column::{Kind, State, Title, Topic};
        [Title, Kind, Topic, State].map(column_of::<Self>)
    }

    fn people() -> [Expr; 2] {
        [None::<i32>; 2].map(Expr::value)
    }

    fn series() -> [Expr; 2] {
        use appointment::Column::{OriginalOn, SeriesId};
        [SeriesId, OriginalOn].map(column_of::<Self>)
    }

    fn is_to_come() -> Condition {
        appointments::is_on()
    }

    fn is_shown() -> Condition {
        Condition::all().add(appointment::Column::State.ne(AppointmentState::Canceled))
    }
}

impl OnCalendar for need::Entity {
    const WHEN: [need::Column; 6] = {
        use need::Column::{EndsAt, EndsLocal, StartsAt, StartsLocal, StartsOn, TimeZone};
        [StartsOn, StartsLocal, EndsLocal, TimeZone, StartsAt, EndsAt]
    };

    const HELD: &'static [NeedAssignmentState] = &[NeedAssignmentState::Accepted];

    /// A need is shown without its appointment, so it has no title.
    fn what() -> [Expr; 4] {
        [
            Expr::value(None::<String>),
            column_of::<Self>(need::Column::Kind),
            Expr::value(Topic::Daily),
            column_of::<Self>(need::Column::State),
        ]
    }

    fn people() -> [Expr; 2] {
        [Self::certain(), column_of::<Self>(Self::NEEDED)]
    }

    fn series() -> [Expr; 2] {
        [Expr::Keyword(Keyword::Null), Expr::Keyword(Keyword::Null)]
    }

    fn is_to_come() -> Condition {
        Condition::all().add(need::Column::State.eq(NeedState::Open))
    }

    fn is_shown() -> Condition {
        let not_shown = [NeedState::Canceled, NeedState::OnHold];
        Condition::all().add(need::Column::State.is_not_in(not_shown))
    }
}

pub(super) fn column_of<E: EntityTrait>(column: E::Column) -> Expr {
    Expr::col((E::default(), column))
}

/// PostgreSQL takes a null without a type in the first part of a union for a text.
pub(super) fn no_date() -> Expr {
    Expr::Keyword(Keyword::Null).cast_as("date")
}

/// What is shown of an item of any kind: its place, what it is, and when.
#[derive(Debug)]
pub struct Planned {
    /// What the items are sorted by.
    pub sort_at: DateTime<Utc>,
    pub id: Uuid,
    pub circle_id: CircleId,
    pub title: Option<String>,
    pub kind: String,
    pub topic: Topic,
    pub state: String,
    pub on: Option<Day>,
    /// The last date, if it takes several days.
    pub last_on: Option<Day>,
    pub starts_local: Option<WallTime>,
    pub ends_local: Option<WallTime>,
    pub time_zone: Option<String>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
}

impl Planned {
    /// Selects the columns that this reads.
    pub fn select<E: OnCalendar>(rows: &mut SelectStatement) {
        rows.expr_as(column_of::<E>(E::SORT_AT), "sort_at")
            .expr_as(column_of::<E>(E::id_column()), "id")
            .expr_as(column_of::<E>(E::circle_column()), "circle_id")
            .exprs(E::what())
            .exprs(E::WHEN.map(column_of::<E>))
            .expr(E::LAST_ON.map_or_else(no_date, column_of::<E>));
    }
}

impl Row for Planned {
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        let mut planned = Self {
            sort_at: cells.take()?,
            id: cells.take()?,
            circle_id: cells.take()?,
            title: cells.take()?,
            kind: cells.take()?,
            topic: cells.take()?,
            state: cells.take()?,
            on: cells.take::<Option<NaiveDate>>()?.map(Day),
            starts_local: cells.take::<Option<NaiveDateTime>>()?.map(WallTime),
            ends_local: cells.take::<Option<NaiveDateTime>>()?.map(WallTime),
            time_zone: cells.take()?,
            starts_at: cells.take()?,
            ends_at: cells.take()?,
            last_on: cells.take::<Option<NaiveDate>>()?.map(Day),
        };
        // The column of a task has the due time, if the task can be started at any time. What takes
        // all day has no moment there.
        if planned.starts_local.is_none() {
            planned.starts_at = None;
        }
        Ok(planned)
    }
}
