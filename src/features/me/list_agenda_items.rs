//! `list_agenda_items`: the caller's tasks, appointments and needs of all circles, by time.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{
    Asterisk, Expr, ExprTrait, Keyword, Order, Query, SelectStatement, UnionType,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CallerCircles, MyCircles};
use crate::app::App;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{CircleId, HandoverId};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::entity::{need, task, wire_enum};
use crate::features::calendar::{OnCalendar, Planned};
use crate::features::handovers::{handed_over_to_me, handover_id, is_asked_by_name};
use crate::features::participation::{First, Part, Work, rows_with_my_part};
use crate::http::extract::Query as QueryOf;
use crate::http::pagination::{Listing, OrderBy, Position, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::civil::{Day, Instant, WallTime, ZoneName, day_of, on_day};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
use crate::row::Row;
use crate::schedule::window::Window;

list_query! {
    /// Which part of the agenda to list.
    pub struct AgendaItemQuery {
        /// Only items that are not over at this moment: at it or later, or with a later
        /// end. A date lasts until its end in `time_zone`. Default: from the
        /// beginning of today in that zone, and every older task that is still open.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only items that begin before this moment. A date begins at midnight in
        /// `time_zone`. Default: everything, with tasks without a due time last.
        #[param(inline)]
        pub to: Option<Instant>,
        /// The time zone whose days count. Default: your own.
        #[param(inline)]
        pub time_zone: Option<ZoneName>,
    }
}

wire_enum! {
    /// What an item on the agenda is.
    AgendaItemType {
        /// A task that you claimed, that is offered to you, or that you can take over.
        Task = "task",
        /// An appointment that you are asked to and have not declined.
        Appointment = "appointment",
        /// A need that you claimed, that is offered to you, or that you can take over.
        Need = "need",
    }
}

/// A task, an appointment or a need on your agenda.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "appointment",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "series_id": null,
    "original_on": null,
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "title": "Blood count",
    "kind": "medical",
    "topic": "health",
    "state": "scheduled",
    "my_state": "no_response",
    "handover_id": null,
    "scheduled_on": null,
    "ends_on": null,
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
    /// The series whose occurrence the item is; null if it does not repeat, and for a need.
    pub series_id: Option<Uuid>,
    /// The date that the series gives it.
    pub original_on: Option<Day>,
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
    /// The handover by which you can take it over from another member: accept that. Then `my_state`
    /// is `offered`.
    pub handover_id: Option<HandoverId>,
    /// The date, if the time of day does not matter.
    pub scheduled_on: Option<Day>,
    /// The last date, if the item takes several days.
    pub ends_on: Option<Day>,
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
/// appointments that you are asked to and have not declined. What comes soonest is first, after
/// what has begun and goes on. An offer is left out when enough others have claimed it. What other
/// members hand over to you, or to anybody who can do it, is listed too. Each task and need is listed
/// once: what a member asks you by name to take over has the `handover_id`, also if it is offered to
/// you; then you are asked for both, and accept either.
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
    let zone = query.time_zone.as_ref();
    let zone = zone.map_or(mine.time_zone(), ZoneName::as_str);
    let today = day_of(app.clock().now(), zone);
    let window = Window::of(query.from, query.to, zone);
    let to_come = window.clone().from_or(on_day(today, 0, zone));
    let listing = Listing::of(app.keys(), "agenda", &query)?;

    let circles = mine.all();
    let rows = circles.read(mine.db(), agenda(&circles, &listing, &window, &to_come));
    let (rows, next_cursor) = listing.cut_mixed(rows.await?, |row: &AgendaRow| Position {
        at: row.planned.sort_at,
        id: row.planned.id,
    })?;
    let data = rows.into_iter().map(AgendaItem::from).collect();
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
    offered
        .and_where(task::Entity::is_uncovered())
        .and_where(is_asked_by_name::<task::Entity>().not());
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
    let is_uncovered_or_claimed = need_assignment::Column::State
        .ne(NeedPart::Offered)
        .or(need::Entity::is_uncovered().and(is_asked_by_name::<need::Entity>().not()));
    needed.and_where(is_uncovered_or_claimed);
    // Without `from`, tasks stay on the agenda from their due time on until they are completed.
    let tasks = handed_over_to_me::<task::Entity>(circles);
    let needs = handed_over_to_me::<need::Entity>(circles);
    // The first says of which type the ids of handovers are: the others have none.
    let mut all = to_take_over::<task_assignment::Entity>(tasks, listing, window);
    let others = [
        to_take_over::<need_assignment::Entity>(needs, listing, to_come),
        part_of_agenda::<task_assignment::Entity>(claimed, listing, window),
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

/// The rows of one kind in which the caller has a part, with the columns that [`AgendaRow`] reads.
fn part_of_agenda<P: Part<Parent: OnCalendar<Parts = P>>>(
    rows: SelectStatement,
    listing: &Listing,
    window: &Window,
) -> SelectStatement {
    let my_state = Expr::col((P::default(), P::state_column()));
    let no_handover = Expr::Keyword(Keyword::Null);
    on_agenda::<P::Parent>(rows, [my_state, no_handover], listing, window)
}

/// The rows of one kind that the caller can take over.
fn to_take_over<P: Part<Parent: OnCalendar<Parts = P>>>(
    rows: SelectStatement,
    listing: &Listing,
    window: &Window,
) -> SelectStatement {
    let my_state = Expr::value(P::ASKED);
    on_agenda::<P::Parent>(rows, [my_state, handover_id()], listing, window)
}

/// The rows of one kind that are on the agenda. `mine` is the state of the caller's part, and the id of
/// a handover.
fn on_agenda<E: OnCalendar>(
    mut rows: SelectStatement,
    mine: [Expr; 2],
    listing: &Listing,
    window: &Window,
) -> SelectStatement {
    let [my_state, handover_id] = mine;
    let order = OrderBy::ascending(E::SORT_AT, E::id_column());
    rows.cond_where(E::is_to_come())
        .cond_where(window.condition::<E>())
        .cond_where(listing.after(order))
        .expr(Expr::value(E::SUBJECT))
        .expr_as(my_state, "my_state")
        .expr_as(handover_id, "handover_id")
        .exprs(E::series());
    Planned::select::<E>(&mut rows);
    rows
}

/// One item as it is read.
#[derive(Row)]
struct AgendaRow {
    kind_of_item: AgendaItemType,
    my_state: String,
    handover_id: Option<HandoverId>,
    series_id: Option<Uuid>,
    original_on: Option<NaiveDate>,
    planned: Planned,
}

impl From<AgendaRow> for AgendaItem {
    fn from(row: AgendaRow) -> Self {
        let planned = row.planned;
        Self {
            kind_of_item: row.kind_of_item,
            id: planned.id,
            series_id: row.series_id,
            original_on: row.original_on.map(Day),
            circle_id: planned.circle_id,
            title: planned.title,
            kind: planned.kind,
            topic: planned.topic,
            state: planned.state,
            my_state: row.my_state,
            handover_id: row.handover_id,
            scheduled_on: planned.on,
            ends_on: planned.last_on,
            starts_local: planned.starts_local,
            ends_local: planned.ends_local,
            time_zone: planned.time_zone,
            starts_at: planned.starts_at,
            ends_at: planned.ends_at,
        }
    }
}
