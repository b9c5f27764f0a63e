//! `list_agenda_items`: the caller's tasks, appointments and needs of all circles, by time.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CallerCircles, CircleOwned};
use crate::app::App;
use crate::entity::attendance::AttendeeResponse;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::TaskAssignmentState;
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, wire_enum};
use crate::features::appointments;
use crate::features::participation::{HasParts, Part, Work};
use crate::http::extract::Query as QueryOf;
use crate::http::pagination::{Listing, OrderBy, Position, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::civil::{Day, Instant, WallTime, day_of, on_day};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
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

    // Without `from`, tasks stay on the agenda from their due time on until they are completed.
    let mut rows = rows_of::<task::Entity>(&mine, &listing, &window).await?;
    rows.extend(rows_of::<appointment::Entity>(&mine, &listing, &to_come).await?);
    rows.extend(rows_of::<need::Entity>(&mine, &listing, &to_come).await?);
    rows.sort_by_key(|row| (row.sort_at, row.item.id));
    let (rows, next_cursor) = listing.cut_mixed(rows, |row| Position {
        at: row.sort_at,
        id: row.item.id,
    })?;
    let data = rows.into_iter().map(|row| row.item).collect();
    mine.listed_on(today, &AgendaItemPage { data, next_cursor })
}

/// One item, and its place on the agenda.
struct AgendaRow {
    sort_at: DateTime<Utc>,
    item: AgendaItem,
}

/// What people find on their agenda if they have a part in it.
trait OnAgenda: HasParts {
    /// The states of a part in which the item is not on the agenda.
    const OFF: &'static [<Self::Parts as Part>::State];

    /// The rows that will take place or are still to be done.
    fn is_on() -> Condition;

    /// The rows that a member who was asked can still accept.
    fn can_be_accepted() -> Expr;

    /// A row, with the state of the caller's part in it.
    fn show(row: Self::Model, my_state: String) -> AgendaRow;
}

impl OnAgenda for task::Entity {
    const OFF: &'static [TaskAssignmentState] = &[
        TaskAssignmentState::Declined,
        TaskAssignmentState::Released,
        TaskAssignmentState::Completed,
    ];

    fn is_on() -> Condition {
        Condition::all().add(task::Column::State.eq(TaskState::Open))
    }

    fn can_be_accepted() -> Expr {
        Self::with_room()
    }

    fn show(row: task::Model, my_state: String) -> AgendaRow {
        AgendaRow {
            sort_at: row.sort_at,
            item: AgendaItem {
                kind_of_item: AgendaItemType::Task,
                id: row.id.0,
                circle_id: row.circle_id,
                title: Some(row.title),
                kind: row.category.as_str().to_owned(),
                topic: row.topic,
                state: row.state.as_str().to_owned(),
                my_state,
                scheduled_on: row.due_on.map(Day),
                starts_local: row.starts_local.map(WallTime),
                ends_local: row.due_local.map(WallTime),
                time_zone: row.time_zone,
                starts_at: row.starts_local.map(|_| row.begins_at),
                ends_at: row.due_at,
            },
        }
    }
}

impl OnAgenda for appointment::Entity {
    const OFF: &'static [AttendeeResponse] = &[AttendeeResponse::Declined];

    fn is_on() -> Condition {
        appointments::is_on()
    }

    fn can_be_accepted() -> Expr {
        Expr::value(true)
    }

    fn show(row: appointment::Model, my_state: String) -> AgendaRow {
        AgendaRow {
            sort_at: row.sort_at,
            item: AgendaItem {
                kind_of_item: AgendaItemType::Appointment,
                id: row.id.0,
                circle_id: row.circle_id,
                title: Some(row.title),
                kind: row.kind.as_str().to_owned(),
                topic: row.topic,
                state: row.state.as_str().to_owned(),
                my_state,
                scheduled_on: row.starts_on.map(Day),
                starts_local: row.starts_local.map(WallTime),
                ends_local: row.ends_local.map(WallTime),
                time_zone: row.time_zone,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
            },
        }
    }
}

impl OnAgenda for need::Entity {
    const OFF: &'static [NeedAssignmentState] =
        &[NeedAssignmentState::Declined, NeedAssignmentState::Released];

    fn is_on() -> Condition {
        Condition::all().add(need::Column::State.eq(NeedState::Open))
    }

    fn can_be_accepted() -> Expr {
        Self::with_room()
    }

    fn show(row: need::Model, my_state: String) -> AgendaRow {
        AgendaRow {
            sort_at: row.sort_at,
            item: AgendaItem {
                kind_of_item: AgendaItemType::Need,
                id: row.id.0,
                circle_id: row.circle_id,
                title: None,
                kind: row.kind.as_str().to_owned(),
                topic: Topic::Daily,
                state: row.state.as_str().to_owned(),
                my_state,
                scheduled_on: row.starts_on.map(Day),
                starts_local: row.starts_local.map(WallTime),
                ends_local: row.ends_local.map(WallTime),
                time_zone: row.time_zone,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
            },
        }
    }
}

/// A row with the state of the caller's part in it.
#[derive(Debug, FromQueryResult)]
struct RowWithPart<M: FromQueryResult> {
    #[sea_orm(nested)]
    row: M,
    my_state: String,
}

/// The rows of one kind: as many as one page can need.
async fn rows_of<E: OnAgenda>(
    mine: &CallerCircles,
    listing: &Listing,
    window: &Window,
) -> Result<Vec<AgendaRow>, Problem> {
    let my_state = my_state_in::<E>(&mine.member_ids());
    let rows = mine
        .find::<E>(|_| E::is_on())
        .filter(window.condition::<E>())
        .filter(Expr::SubQuery(None, Box::new(my_state.clone().into())).is_not_null())
        .expr_as(Expr::SubQuery(None, Box::new(my_state.into())), "my_state");
    let rows = listing
        .narrow(rows, OrderBy::ascending(E::SORT_AT, E::id_column()))
        .into_model::<RowWithPart<E::Model>>()
        .all(mine.db())
        .await?;
    let describe = |RowWithPart { row, my_state }: RowWithPart<E::Model>| E::show(row, my_state);
    Ok(rows.into_iter().map(describe).collect())
}

/// The state of the caller's part in a row, as a column of that row's query. An offer
/// does not count when others have claimed all places.
fn my_state_in<E: OnAgenda>(members: &[MemberId]) -> SelectStatement {
    let part = |column: <E::Parts as EntityTrait>::Column| Expr::col((E::Parts::default(), column));
    let outer = |column: E::Column| (E::default(), column);
    let (parent, member) = (E::Parts::parent_column(), E::Parts::member_column());
    let state = E::Parts::state_column();
    Query::select()
        .column((E::Parts::default(), state))
        .from(E::Parts::default())
        .and_where(part(E::Parts::circle_column()).equals(outer(E::circle_column())))
        .and_where(part(parent).equals(outer(E::id_column())))
        .and_where(part(member).is_in(members.iter().copied()))
        .and_where(state.is_not_in(E::OFF.iter().copied()))
        .and_where(state.ne(E::Parts::ASKED).or(E::can_be_accepted()))
        .limit(1)
        .take()
}
