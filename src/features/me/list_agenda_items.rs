//! `list_agenda_items`: the caller's tasks, appointments and needs of all circles, by time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CallerCircles, CircleOwned, MyCircles};
use crate::app::App;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::CircleId;
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, wire_enum};
use crate::features::appointments;
use crate::features::participation::{First, HasParts, Part, Work, rows_with_my_part};
use crate::http::extract::Query as QueryOf;
use crate::http::pagination::{Listing, OrderBy, Position, list_query, page_of};
use crate::http::response::Page;
use crate::notify::subject::Reminded;
use crate::platform::time::civil::{Day, Instant, WallTime, day_of, on_day};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
use crate::row::{Cells, Row};
use crate::schedule::window::Window;

list_query! {
    /// Which part of the agenda to list.
    pub struct AgendaItemQuery {
        /// Only items that are not over at this moment: at it or later, or with a later
        /// end. A date lasts until its end in your own time zone. Default: from the
        /// beginning of today in that zone, and every older task that is still open.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only items that begin before this moment. A date begins at midnight in your
        /// own time zone. Default: everything, with tasks without a due time last.
        #[param(inline)]
        pub to: Option<Instant>,
    }
}

wire_enum! {
    /// What an item on the agenda is.
    AgendaItemType {
        /// A task that you claimed or that is offered to you.
        Task = "task",
        /// An appointment that you are asked to and have not declined.
        Appointment = "appointment",
        /// A need that you claimed or that is offered to you.
        Need = "need",
    }
}

/// A task, an appointment or a need on your agenda.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "appointment",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "title": "Blood count",
    "kind": "medical",
    "topic": "health",
    "state": "scheduled",
    "my_state": "no_response",
    "scheduled_on": null,
    "starts_local": "2027-01-02T10:00",
    "ends_local": "2027-01-02T10:30",
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T09:00:00.000Z",
    "ends_at": "2027-01-02T09:30:00.000Z"
})))]
pub struct AgendaItem {
    /// What the item is.
    #[serde(rename = "type")]
    pub kind_of_item: AgendaItemType,
    /// The id of the task, the appointment or the need.
    pub id: Uuid,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// What the item is called; null for a need: see `kind`.
    pub title: Option<String>,
    /// The category of a task, or the kind of an appointment or a need.
    pub kind: String,
    /// What the item is about.
    pub topic: Topic,
    /// The state of the task, the appointment or the need.
    pub state: String,
    /// The state of your own part: of your assignment, or of your response to an appointment.
    pub my_state: String,
    /// The date, if the time of day does not matter.
    pub scheduled_on: Option<Day>,
    /// The local time at which it starts, in `time_zone`. For a task: from which it can
    /// be done.
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends, in `time_zone`. For a task: when it is due.
    pub ends_local: Option<WallTime>,
    /// The time zone of the local times.
    pub time_zone: Option<String>,
    /// The moment of the start, if it has one.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The moment of the end, if it has one.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
}

page_of!(AgendaItemPage, AgendaItem);

/// List your agenda in all circles.
///
/// You get the tasks and needs that you claimed or that are offered to you, and the
/// appointments that you are asked to and have not declined. What comes soonest is first.
/// An offer is left out when enough others have claimed it.
#[utoipa::path(
    get, path = "/me/agenda", tag = "me", params(AgendaItemQuery),
    security(("personal_access_token" = [TokenScope::TasksRead, TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of the agenda", body = AgendaItemPage), Problem),
)]
pub async fn list_agenda_items(
    app: App,
    mine: CallerCircles,
    QueryOf(query): QueryOf<AgendaItemQuery>,
) -> Result<Page<AgendaItemPage>, Problem> {
    let today = day_of(app.clock().now(), mine.time_zone());
    let window = Window::of(query.from, query.to, mine.time_zone());
    let to_come = window.clone().from_or(on_day(today, 0, mine.time_zone()));
    let listing = Listing::of(app.keys(), "agenda", &query)?;

    let circles = mine.all();
    let rows = circles.read(mine.db(), agenda(&circles, &listing, &window, &to_come));
    let (rows, next_cursor) = listing.cut_mixed(rows.await?, |row: &AgendaRow| Position {
        at: row.sort_at,
        id: row.item.id,
    })?;
    let data = rows.into_iter().map(|row| row.item).collect();
    mine.listed_on(today, &AgendaItemPage { data, next_cursor })
}

/// Everything on the agenda, the soonest first, in one statement. The parts are in a subquery, so
/// that the whole is sorted once: SQLite would sort each part, and choose indexes for that order.
fn agenda(
    circles: &MyCircles<'_>,
    listing: &Listing,
    window: &Window,
    to_come: &Window,
) -> SelectStatement {
    use {NeedAssignmentState as NeedPart, TaskAssignmentState as TaskPart};
    // A part that the member has claimed ends with the task. An offer stays as it is when others
    // complete the task, so the tasks that still need people come first.
    let claimed =
        rows_with_my_part::<task_assignment::Entity>(circles, First::Parts, &[TaskPart::Accepted]);
    let mut offered =
        rows_with_my_part::<task_assignment::Entity>(circles, First::Rows, &[TaskPart::Offered]);
    offered.and_where(task::Entity::with_room());
    let invited = rows_with_my_part::<attendance::Entity>(
        circles,
        First::Rows,
        &[
            AttendeeResponse::NoResponse,
            AttendeeResponse::Accepted,
            AttendeeResponse::Tentative,
        ],
    );
    let mut needed = rows_with_my_part::<need_assignment::Entity>(
        circles,
        First::Rows,
        &need_assignment::Entity::OPEN,
    );
    let has_room_or_is_claimed = need_assignment::Column::State
        .ne(NeedPart::Offered)
        .or(need::Entity::with_room());
    needed.and_where(has_room_or_is_claimed);
    // Without `from`, tasks stay on the agenda from their due time on until they are completed.
    let mut all = part_of_agenda::<task_assignment::Entity>(claimed, listing, window);
    let others = [
        part_of_agenda::<task_assignment::Entity>(offered, listing, window),
        part_of_agenda::<attendance::Entity>(invited, listing, to_come),
        part_of_agenda::<need_assignment::Entity>(needed, listing, to_come),
    ];
    all.unions(others.map(|part| (UnionType::All, part)));
    Query::select()
        .column(Asterisk)
        .from_subquery(all, "items")
        .order_by("sort_at", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(listing.most())
        .take()
}

/// The rows of one kind that are on the agenda, with the columns that [`AgendaRow`] reads.
fn part_of_agenda<P: Part<Parent: OnAgenda<Parts = P>>>(
    mut rows: SelectStatement,
    listing: &Listing,
    window: &Window,
) -> SelectStatement {
    let column =
        |column: <P::Parent as EntityTrait>::Column| Expr::col((P::Parent::default(), column));
    let [title, kind, topic, state] = P::Parent::what();
    let [on, starts_local, ends_local, time_zone, starts_at, ends_at] = P::Parent::WHEN.map(column);
    rows.cond_where(P::Parent::is_on())
        .cond_where(window.condition::<P::Parent>())
        .expr(Expr::value(P::Parent::TYPE))
        .expr_as(column(P::Parent::SORT_AT), "sort_at")
        .expr_as(column(P::Parent::id_column()), "id")
        .expr(column(P::Parent::circle_column()))
        .exprs([title, kind, topic, state])
        .expr_as(Expr::col((P::default(), P::state_column())), "my_state")
        .exprs([on, starts_local, ends_local, time_zone, starts_at, ends_at]);
    let order = OrderBy::ascending(P::Parent::SORT_AT, P::Parent::id_column());
    rows.cond_where(listing.after(order));
    rows
}

/// One item, and its place on the agenda.
struct AgendaRow {
    sort_at: DateTime<Utc>,
    item: AgendaItem,
}

/// Reads a row of [`part_of_agenda`].
impl Row for AgendaRow {
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        let kind_of_item = cells.take()?;
        let sort_at = cells.take()?;
        let mut item = AgendaItem {
            kind_of_item,
            id: cells.take()?,
            circle_id: cells.take()?,
            title: cells.take()?,
            kind: cells.take()?,
            topic: cells.take()?,
            state: cells.take()?,
            my_state: cells.take()?,
            scheduled_on: cells.take::<Option<NaiveDate>>()?.map(Day),
            starts_local: cells.take::<Option<NaiveDateTime>>()?.map(WallTime),
            ends_local: cells.take::<Option<NaiveDateTime>>()?.map(WallTime),
            time_zone: cells.take()?,
            starts_at: cells.take()?,
            ends_at: cells.take()?,
        };
        // The column of a task has the due time, if the task can be started at any time.
        if kind_of_item == AgendaItemType::Task && item.starts_local.is_none() {
            item.starts_at = None;
        }
        Ok(Self { sort_at, item })
    }
}

/// What people find on their agenda if they have a part in it.
trait OnAgenda: HasParts {
    const TYPE: AgendaItemType;

    /// The columns with the date, the local start and end, their time zone, and the moments of
    /// the start and the end.
    const WHEN: [Self::Column; 6];

    /// Title, category or kind, topic, and state.
    fn what() -> [Expr; 4];

    /// The rows that will take place or are still to be done.
    fn is_on() -> Condition;
}

impl OnAgenda for task::Entity {
    const TYPE: AgendaItemType = AgendaItemType::Task;
    const WHEN: [task::Column; 6] = {
        use task::Column::{BeginsAt, DueAt, DueLocal, DueOn, StartsLocal, TimeZone};
        [DueOn, StartsLocal, DueLocal, TimeZone, BeginsAt, DueAt]
    };

    fn what() -> [Expr; 4] {
        use task::Column::{Category, State, Title, Topic};
        [Title, Category, Topic, State].map(|column| Expr::col((task::Entity, column)))
    }

    fn is_on() -> Condition {
        Condition::all().add(task::Column::State.eq(TaskState::Open))
    }
}

impl OnAgenda for appointment::Entity {
    const TYPE: AgendaItemType = AgendaItemType::Appointment;
    const WHEN: [appointment::Column; 6] = {
        use appointment::Column::{EndsAt, EndsLocal, StartsAt, StartsLocal, StartsOn, TimeZone};
        [StartsOn, StartsLocal, EndsLocal, TimeZone, StartsAt, EndsAt]
    };

    fn what() -> [Expr; 4] {
        use appointment::Column::{Kind, State, Title, Topic};
        [Title, Kind, Topic, State].map(|column| Expr::col((appointment::Entity, column)))
    }

    fn is_on() -> Condition {
        appointments::is_on()
    }
}

impl OnAgenda for need::Entity {
    const TYPE: AgendaItemType = AgendaItemType::Need;
    const WHEN: [need::Column; 6] = {
        use need::Column::{EndsAt, EndsLocal, StartsAt, StartsLocal, StartsOn, TimeZone};
        [StartsOn, StartsLocal, EndsLocal, TimeZone, StartsAt, EndsAt]
    };

    fn what() -> [Expr; 4] {
        let column = |column| Expr::col((need::Entity, column));
        let no_title = Expr::value(None::<String>);
        let topic = Expr::value(Topic::Daily);
        [
            no_title,
            column(need::Column::Kind),
            topic,
            column(need::Column::State),
        ]
    }

    fn is_on() -> Condition {
        Condition::all().add(need::Column::State.eq(NeedState::Open))
    }
}
