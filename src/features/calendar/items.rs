//! The items of a calendar: one statement for the items of all kinds and circles, and one for who
//! has them. A period that goes beyond what series have made takes one more.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityTrait};
use uuid::Uuid;

use super::kinds::{OnCalendar, Planned};
use super::projected::projected;
use super::types::{CalendarItem, CalendarItemPage, CalendarItemType, CalendarPerson};
use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, table};
use crate::entity::ids::MemberId;
use crate::entity::{appointment, circle, membership, need, task};
use crate::features::participation::{Coverage, Part};
use crate::http::pagination::{Listing, OrderBy, Position};
use crate::platform::db::{Reader, in_list};
use crate::platform::time::civil::Day;
use crate::problem::Problem;
use crate::row::Row;
use crate::schedule::window::Window;

/// The items of these circles that overlap the window, the earliest first.
pub(super) async fn page_of_items(
    circles: &MyCircles<'_>,
    db: &Reader,
    listing: &Listing,
    window: &Window,
) -> Result<CalendarItemPage, Problem> {
    let rows = circles.read::<ReadItem>(db, items(circles, listing, window));
    let mut rows: Vec<ItemRow> = rows.await?.into_iter().map(ItemRow::of_row).collect();
    let beyond = projected(circles, db, listing, window).await?;
    if !beyond.is_empty() {
        rows.extend(beyond);
        rows.sort_by_key(|row| (row.planned.sort_at, row.planned.id));
        rows.truncate(usize::try_from(listing.most()).unwrap_or(usize::MAX));
    }
    let (rows, next_cursor) = listing.cut_mixed(rows, ItemRow::position)?;
    let mut parts = parts_of(circles, db, &rows).await?;
    let describe = |row: ItemRow| {
        let parts = parts.remove(&row.planned.id).unwrap_or_default();
        row.describe(parts)
    };
    let data = rows.into_iter().map(describe).collect();
    Ok(CalendarItemPage { data, next_cursor })
}

/// One item as it is read.
#[derive(Row)]
struct ReadItem {
    kind_of_item: CalendarItemType,
    people_certain: Option<i32>,
    people_needed: Option<i32>,
    series_id: Option<Uuid>,
    original_on: Option<NaiveDate>,
    planned: Planned,
    circle_name: String,
}

/// One item: a row, or an occurrence that has no row yet.
pub(super) struct ItemRow {
    pub kind_of_item: CalendarItemType,
    pub people_certain: Option<i32>,
    pub people_needed: Option<i32>,
    pub series_id: Option<Uuid>,
    pub original_on: Option<NaiveDate>,
    pub planned: Planned,
    pub circle_name: String,
    /// Whether it has no row yet.
    pub is_projected: bool,
}

impl ItemRow {
    fn of_row(row: ReadItem) -> Self {
        Self {
            kind_of_item: row.kind_of_item,
            people_certain: row.people_certain,
            people_needed: row.people_needed,
            series_id: row.series_id,
            original_on: row.original_on,
            planned: row.planned,
            circle_name: row.circle_name,
            is_projected: false,
        }
    }

    /// Its place in the order of the calendar.
    pub fn position(&self) -> Position {
        Position {
            at: self.planned.sort_at,
            id: self.planned.id,
        }
    }

    fn describe(self, parts: PartsOfItem) -> CalendarItem {
        let people = self.people_certain.zip(self.people_needed);
        let planned = self.planned;
        CalendarItem {
            kind_of_item: self.kind_of_item,
            projected: self.is_projected,
            id: (!self.is_projected).then_some(planned.id),
            series_id: self.series_id,
            original_on: self.original_on.map(Day),
            circle_id: planned.circle_id,
            circle_name: self.circle_name,
            title: planned.title,
            kind: planned.kind,
            topic: planned.topic,
            state: planned.state,
            coverage: people.map(|(certain, needed)| Coverage::of(certain, needed)),
            my_state: parts.my_state,
            held_by: parts.held_by,
            starts_on: planned.on,
            ends_on: planned.last_on,
            starts_local: planned.starts_local,
            ends_local: planned.ends_local,
            time_zone: planned.time_zone,
            starts_at: planned.starts_at,
            ends_at: planned.ends_at,
        }
    }
}

/// The rows of all kinds. The kinds are in a subquery, so that the whole is sorted once. The circles
/// are joined last, because only their names are shown.
fn items(circles: &MyCircles<'_>, listing: &Listing, window: &Window) -> SelectStatement {
    let mut all = items_of_kind::<task::Entity>(circles, listing, window);
    let others = [
        items_of_kind::<appointment::Entity>(circles, listing, window),
        items_of_kind::<need::Entity>(circles, listing, window),
    ];
    all.unions(others.map(|kind| (UnionType::All, kind)));
    Query::select()
        .column(("items", Asterisk))
        .expr(Expr::col((circle::Entity, circle::Column::Name)))
        .from_subquery(all, "items")
        .cross_join(circle::Entity)
        .and_where(Expr::col((circle::Entity, circle::Column::Id)).equals(("items", "circle_id")))
        .order_by(("items", "sort_at"), Order::Asc)
        .order_by(("items", "id"), Order::Asc)
        .limit(listing.most())
        .take()
}

fn items_of_kind<E: OnCalendar>(
    circles: &MyCircles<'_>,
    listing: &Listing,
    window: &Window,
) -> SelectStatement {
    let every = |_: &CircleScope| Condition::all();
    let mut rows = circles.select::<E>([table::<E>()], every);
    rows.cond_where(E::is_shown())
        .cond_where(window.condition::<E>())
        .cond_where(listing.after(OrderBy::ascending(E::SORT_AT, E::id_column())))
        .expr(Expr::value(E::SUBJECT))
        .exprs(E::people())
        .exprs(E::series());
    Planned::select::<E>(&mut rows);
    rows
}

/// Who has an item.
#[derive(Default)]
struct PartsOfItem {
    my_state: Option<String>,
    held_by: Vec<CalendarPerson>,
}

/// The part of a member in an item, as it is read.
#[derive(Row)]
struct PartRow {
    item: Uuid,
    me: MemberId,
    is_held: bool,
    state: String,
    person: CalendarPerson,
    since: DateTime<Utc>,
}

async fn parts_of(
    circles: &MyCircles<'_>,
    db: &Reader,
    rows: &[ItemRow],
) -> Result<HashMap<Uuid, PartsOfItem>, Problem> {
    let selects = [
        parts_of_kind::<task::Entity>(circles, rows, CalendarItemType::Task),
        parts_of_kind::<appointment::Entity>(circles, rows, CalendarItemType::Appointment),
        parts_of_kind::<need::Entity>(circles, rows, CalendarItemType::Need),
    ];
    let mut selects = selects.into_iter().flatten();
    let Some(mut select) = selects.next() else {
        return Ok(HashMap::new());
    };
    select.unions(selects.map(|other| (UnionType::All, other)));
    let mut rows = circles.read::<PartRow>(db, select).await?;
    rows.sort_by_key(|row| (row.since, row.person.member_id));
    let mut parts: HashMap<Uuid, PartsOfItem> = HashMap::new();
    for row in rows {
        let of_item = parts.entry(row.item).or_default();
        if row.person.member_id == row.me {
            of_item.my_state = Some(row.state);
        }
        if row.is_held {
            of_item.held_by.push(row.person);
        }
    }
    Ok(parts)
}

/// The parts of those who have an item of one kind, and the caller's own; `None` if there is no item
/// of this kind.
fn parts_of_kind<E: OnCalendar>(
    circles: &MyCircles<'_>,
    rows: &[ItemRow],
    kind: CalendarItemType,
) -> Option<SelectStatement> {
    let of_kind = rows
        .iter()
        .filter(|row| row.kind_of_item == kind && !row.is_projected);
    let ids = in_list(of_kind.map(|row| row.planned.id));
    if ids.is_empty() {
        return None;
    }
    let part = |column: <E::Parts as EntityTrait>::Column| Expr::col((E::Parts::default(), column));
    let member = |column: membership::Column| Expr::col((membership::Entity, column));
    let is_held = || E::Parts::state_column().is_in(E::HELD.iter().copied());
    let is_mine = part(E::Parts::member_column()).eq(Mine::MemberId.col());
    let circle = (E::Parts::default(), E::Parts::circle_column());
    let of_member = (E::Parts::default(), E::Parts::member_column());
    let tables = [table::<E::Parts>(), table::<membership::Entity>()];
    let every = |_: &CircleScope| Condition::all();
    let mut parts = circles.select::<E::Parts>(tables, every);
    parts
        .and_where(E::Parts::parent_column().is_in(ids))
        .and_where(member(membership::Column::CircleId).equals(circle))
        .and_where(member(membership::Column::Id).equals(of_member))
        .cond_where(Condition::any().add(is_held()).add(is_mine))
        .expr(part(E::Parts::parent_column()))
        .expr(Mine::MemberId.col())
        .expr(is_held())
        .exprs([
            part(E::Parts::state_column()),
            part(E::Parts::member_column()),
            member(membership::Column::Name),
            // Without a column of the row itself, SQLite would read a whole index of the circle's
            // parts, and not those of these items.
            part(E::Parts::updated_at_column()),
        ]);
    Some(parts)
}
