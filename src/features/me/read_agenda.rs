//! The caller's tasks, appointments and needs over all circles, in the order in which they
//! come.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, FromQueryResult, QueryFilter, QuerySelect, Select};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CallerCircles, CircleOwned};
use crate::app::App;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_grant::Topic;
use crate::entity::{
    appointment, attendance, need, need_commitment, task, task_assignment, wire_enum,
};
use crate::features::{needs, tasks};
use crate::http::extract::Query as QueryOf;
use crate::http::pagination::{Listing, OrderBy, Position, list_query, page_of};
use crate::http::response::Page;
use crate::platform::time::civil::{Day, Instant, WallTime, day_of, on_day};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
use crate::schedule::window::{TakesPlace, Window};

list_query! {
    /// Which part of the agenda.
    pub struct AgendaQuery {
        /// Only what is not over at this moment: items at it or later, and those that end
        /// later. A date counts until it is over in your own time zone. Default: from the
        /// beginning of today in that zone, and every task that is open longer.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only what begins before this moment; a date begins with its midnight in your
        /// own time zone. Default: everything, tasks without a due time last.
        #[param(inline)]
        pub to: Option<Instant>,
    }
}

wire_enum! {
    /// What an item of the agenda is.
    AgendaItemType {
        /// A task one has taken on or is asked to.
        Task = "task",
        /// An appointment one is part of and has not declined.
        Appointment = "appointment",
        /// A need one has taken on or is asked to.
        Need = "need",
    }
}

/// Something one has to do with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "appointment",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "title": "Blood count",
    "kind": "medical",
    "topic": "health",
    "state": "scheduled",
    "my_part": "needs_action",
    "on": null,
    "starts_local": "2027-01-02T10:00",
    "ends_local": "2027-01-02T10:30",
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T09:00:00.000Z",
    "ends_at": "2027-01-02T09:30:00.000Z"
})))]
pub struct AgendaItem {
    #[serde(rename = "type")]
    pub kind_of_item: AgendaItemType,
    pub id: Uuid,
    pub circle_id: CircleId,
    /// Null for a need: its kind says what it is.
    pub title: Option<String>,
    /// The task's category, or the kind of appointment or need.
    pub kind: String,
    pub topic: Topic,
    /// The state of the task, the appointment or the need.
    pub state: String,
    /// What one has answered: the state of one's assignment, attendance or commitment.
    pub my_part: String,
    /// The day, when there is no time of day.
    pub on: Option<Day>,
    /// When it starts; of a task, when its window opens. In `time_zone`.
    pub starts_local: Option<WallTime>,
    /// When it ends; of a task, when it is due. In `time_zone`.
    pub ends_local: Option<WallTime>,
    pub time_zone: Option<String>,
    /// The instant of the start, where it has one.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The instant of the end, where it has one.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
}

page_of!(AgendaPage, AgendaItem);

/// Read one's agenda over all circles.
///
/// Tasks one holds or is asked to take, appointments one is part of, needs one
/// has taken; soonest first.
#[utoipa::path(
    get, path = "/me/agenda", tag = "my things", params(AgendaQuery),
    security(("access_token" = [TokenScope::TasksRead, TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of the agenda", body = AgendaPage), Problem),
)]
pub async fn read_agenda(
    app: App,
    mine: CallerCircles,
    QueryOf(query): QueryOf<AgendaQuery>,
) -> Result<Page<AgendaPage>, Problem> {
    let today = day_of(app.clock().now(), mine.time_zone());
    let window = Window::of(query.from, query.to, mine.time_zone());
    let to_come = window.clone().from_or(on_day(today, 0, mine.time_zone()));
    let listing = Listing::of(app.keys(), "agenda", &query)?;

    // Tasks that are open longer come first, unless somebody asks otherwise.
    let mut rows = tasks_of(&mine, &Slice::of(&listing, &window)).await?;
    let to_come = Slice::of(&listing, &to_come);
    rows.extend(appointments(&mine, &to_come).await?);
    rows.extend(needs(&mine, &to_come).await?);
    rows.sort_by_key(|row| (row.sort_at, row.id));
    let (rows, next_cursor) = listing.cut_mixed(rows, |row| Position {
        at: row.sort_at,
        id: row.id,
    })?;
    let data = rows.into_iter().map(AgendaRow::describe).collect();
    mine.listed_on(today, &AgendaPage { data, next_cursor })
}

/// What is asked for of one kind.
struct Slice<'a> {
    listing: &'a Listing,
    window: &'a Window,
}

impl<'a> Slice<'a> {
    fn of(listing: &'a Listing, window: &'a Window) -> Self {
        Self { listing, window }
    }

    /// The rows of one kind: as many as the page could need.
    fn rows<E: TakesPlace>(
        &self,
        rows: Select<E>,
        (sort_at, id): (E::Column, E::Column),
        my_part: SelectStatement,
    ) -> Select<E> {
        let rows = rows
            .filter(self.window.condition::<E>())
            .filter(Expr::SubQuery(None, Box::new(my_part.clone().into())).is_not_null())
            .expr_as(Expr::SubQuery(None, Box::new(my_part.into())), "my_part");
        self.listing.narrow(rows, OrderBy::ascending(sort_at, id))
    }
}

/// A row of any of the three kinds.
#[derive(Debug)]
struct AgendaRow {
    item: AgendaItemType,
    circle_id: CircleId,
    id: Uuid,
    sort_at: DateTime<Utc>,
    title: Option<String>,
    kind: String,
    topic: Topic,
    state: String,
    my_part: String,
    on: Option<NaiveDate>,
    starts: Option<NaiveDateTime>,
    ends: Option<NaiveDateTime>,
    time_zone: Option<String>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

impl AgendaRow {
    fn describe(self) -> AgendaItem {
        AgendaItem {
            kind_of_item: self.item,
            id: self.id,
            circle_id: self.circle_id,
            title: self.title,
            kind: self.kind,
            topic: self.topic,
            state: self.state,
            my_part: self.my_part,
            on: self.on.map(Day),
            starts_local: self.starts.map(WallTime),
            ends_local: self.ends.map(WallTime),
            time_zone: self.time_zone,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

/// The state of the caller's part in a row, as a column of that row's query. An
/// offer is none while others have all places.
fn part_in<Parent: CircleOwned, Part: CircleOwned>(
    members: &[MemberId],
    parent: Part::Column,
    member: Part::Column,
    state: Part::Column,
    not: &[&str],
    has_room: Expr,
) -> SelectStatement {
    let part = |column: Part::Column| Expr::col((Part::default(), column));
    let outer = |column: Parent::Column| (Parent::default(), column);
    Query::select()
        .column((Part::default(), state))
        .from(Part::default())
        .and_where(part(Part::circle_column()).equals(outer(Parent::circle_column())))
        .and_where(part(parent).equals(outer(Parent::id_column())))
        .and_where(part(member).is_in(members.iter().copied()))
        .and_where(part(state).is_not_in(not.iter().copied()))
        .and_where(part(state).ne("offered").or(has_room))
        .limit(1)
        .take()
}

/// A row with the state of the caller's part in it.
#[derive(Debug, FromQueryResult)]
struct RowWithPart<M: FromQueryResult> {
    #[sea_orm(nested)]
    row: M,
    my_part: String,
}

async fn tasks_of(mine: &CallerCircles, slice: &Slice<'_>) -> Result<Vec<AgendaRow>, Problem> {
    use task::Column;
    use task_assignment::Column as Part;
    let members = mine.member_ids();
    let not = ["declined", "withdrawn", "released", "done"];
    let my_part = part_in::<task::Entity, task_assignment::Entity>(
        &members,
        Part::TaskId,
        Part::MemberId,
        Part::State,
        &not,
        tasks::has_room(),
    );
    let open = |_: &_| Condition::all().add(Column::State.eq(task::TaskState::Open));
    let rows = mine.find::<task::Entity>(open);
    let rows = slice.rows(rows, (Column::SortAt, Column::Id), my_part);
    let rows = rows
        .into_model::<RowWithPart<task::Model>>()
        .all(mine.db())
        .await?;
    let describe = |RowWithPart { row, my_part }: RowWithPart<task::Model>| AgendaRow {
        item: AgendaItemType::Task,
        circle_id: row.circle_id,
        id: row.id.0,
        sort_at: row.sort_at,
        title: Some(row.title),
        kind: row.category.as_str().to_owned(),
        topic: row.topic,
        state: row.state.as_str().to_owned(),
        my_part,
        on: row.due_on,
        starts: row.from_local,
        ends: row.due_local,
        starts_at: row.from_local.map(|_| row.begins_at),
        time_zone: row.time_zone,
        ends_at: row.due_at,
    };
    Ok(rows.into_iter().map(describe).collect())
}

async fn appointments(mine: &CallerCircles, slice: &Slice<'_>) -> Result<Vec<AgendaRow>, Problem> {
    use appointment::{AppointmentState, Column};
    use attendance::Column as Part;
    let members = mine.member_ids();
    let my_part = part_in::<appointment::Entity, attendance::Entity>(
        &members,
        Part::AppointmentId,
        Part::MemberId,
        Part::Answer,
        &["declined"],
        Expr::value(true),
    );
    let to_come = [AppointmentState::Proposed, AppointmentState::Scheduled];
    let to_come = |_: &_| Condition::all().add(Column::State.is_in(to_come));
    let rows = mine.find::<appointment::Entity>(to_come);
    let rows = slice.rows(rows, (Column::SortAt, Column::Id), my_part);
    let rows = rows
        .into_model::<RowWithPart<appointment::Model>>()
        .all(mine.db())
        .await?;
    let describe = |RowWithPart { row, my_part }: RowWithPart<appointment::Model>| AgendaRow {
        item: AgendaItemType::Appointment,
        circle_id: row.circle_id,
        id: row.id.0,
        sort_at: row.sort_at,
        title: Some(row.title),
        kind: row.kind.as_str().to_owned(),
        topic: row.topic,
        state: row.state.as_str().to_owned(),
        my_part,
        on: row.starts_on,
        starts: row.starts_local,
        ends: row.ends_local,
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
    };
    Ok(rows.into_iter().map(describe).collect())
}

async fn needs(mine: &CallerCircles, slice: &Slice<'_>) -> Result<Vec<AgendaRow>, Problem> {
    use need::Column;
    use need_commitment::Column as Part;
    let members = mine.member_ids();
    let my_part = part_in::<need::Entity, need_commitment::Entity>(
        &members,
        Part::NeedId,
        Part::MemberId,
        Part::State,
        &["declined", "withdrawn", "released"],
        needs::has_room(),
    );
    let open = |_: &_| Condition::all().add(Column::State.eq(need::NeedState::Open));
    let rows = mine.find::<need::Entity>(open);
    let rows = slice.rows(rows, (Column::SortAt, Column::Id), my_part);
    let rows = rows
        .into_model::<RowWithPart<need::Model>>()
        .all(mine.db())
        .await?;
    let describe = |RowWithPart { row, my_part }: RowWithPart<need::Model>| AgendaRow {
        item: AgendaItemType::Need,
        circle_id: row.circle_id,
        id: row.id.0,
        sort_at: row.sort_at,
        title: None,
        kind: row.kind.as_str().to_owned(),
        topic: Topic::Daily,
        state: row.state.as_str().to_owned(),
        my_part,
        on: row.starts_on,
        starts: row.starts_local,
        ends: row.ends_local,
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
    };
    Ok(rows.into_iter().map(describe).collect())
}
