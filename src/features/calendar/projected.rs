//! What repeats and has no rows yet. The occurrences of a series are made some weeks ahead; further on,
//! a calendar computes them from the series. One statement reads the series of all kinds and circles,
//! and only for a period that goes beyond what is made.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use sea_orm::sea_query::{Expr, ExprTrait, IntoTableRef, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::items::ItemRow;
use super::kinds::{Planned, column_of, no_date};
use super::types::CalendarItemType;
use crate::access::{CircleScope, MyCircles, table};
use crate::entity::appointment::AppointmentState;
use crate::entity::ids::CircleId;
use crate::entity::task::TaskState;
use crate::entity::task_series::SeriesState;
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment_series, circle, task_series};
use crate::features::series::Repeats;
use crate::http::pagination::Listing;
use crate::platform::db::Reader;
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::Problem;
use crate::row::Row;
use crate::schedule::recurrence::Recurrence;
use crate::schedule::window::Window;
use crate::schedule::{Due, InSeries, Repeated, When};

/// So many days ahead everything that repeats has rows, also if the job that makes them was late by a
/// week.
const MADE: TimeDelta = TimeDelta::days(45);

/// A series that repeats something beyond what is made.
trait Projects: Repeats {
    const KIND: CalendarItemType;

    /// The columns with the title and the category or kind.
    const WHAT: [Self::Column; 2];

    /// The columns with the date, the local start and end, and the time zone.
    const WHEN: [Self::Column; 4];

    /// The column with the last date, if something takes several days.
    const LAST_ON: Option<Self::Column>;
}

impl Projects for task_series::Entity {
    const KIND: CalendarItemType = CalendarItemType::Task;
    const WHAT: [task_series::Column; 2] =
        [task_series::Column::Title, task_series::Column::Category];
    const WHEN: [task_series::Column; 4] = {
        use task_series::Column::{DueLocal, DueOn, StartsLocal, TimeZone};
        [DueOn, StartsLocal, DueLocal, TimeZone]
    };
    const LAST_ON: Option<task_series::Column> = None;
}

impl Projects for appointment_series::Entity {
    const KIND: CalendarItemType = CalendarItemType::Appointment;
    const WHAT: [appointment_series::Column; 2] = [
        appointment_series::Column::Title,
        appointment_series::Column::Kind,
    ];
    const WHEN: [appointment_series::Column; 4] = {
        use appointment_series::Column::{EndsLocal, StartsLocal, StartsOn, TimeZone};
        [StartsOn, StartsLocal, EndsLocal, TimeZone]
    };
    const LAST_ON: Option<appointment_series::Column> = Some(appointment_series::Column::EndsOn);
}

/// A series as it is read.
#[derive(Row)]
struct SeriesRow {
    kind_of_item: CalendarItemType,
    id: Uuid,
    circle_id: CircleId,
    circle_name: String,
    title: String,
    kind: String,
    topic: Topic,
    on: Option<NaiveDate>,
    starts_local: Option<NaiveDateTime>,
    ends_local: Option<NaiveDateTime>,
    time_zone: Option<String>,
    recurrence: String,
    made_until: NaiveDate,
    last_on: Option<NaiveDate>,
}

/// The occurrences without rows that overlap the window and come after the cursor, in no order: at most
/// as many as two pages have, however many series there are.
pub(super) async fn projected(
    circles: &MyCircles<'_>,
    db: &Reader,
    listing: &Listing,
    window: &Window,
) -> Result<Vec<ItemRow>, Problem> {
    let (Some(to), Some((first, mut last))) = (window.to(), window.days()) else {
        return Ok(Vec::new());
    };
    if to <= circles.now() + MADE {
        return Ok(Vec::new());
    }
    let mut select = of_kind::<task_series::Entity>(circles, last);
    select.union(
        UnionType::All,
        of_kind::<appointment_series::Entity>(circles, last),
    );
    let most = usize::try_from(listing.most()).unwrap_or(usize::MAX);
    let mut items: Vec<ItemRow> = Vec::new();
    for series in circles.read::<SeriesRow>(db, select).await? {
        let zone = circles.zone_of(series.circle_id);
        let occurrences = match series.kind_of_item {
            CalendarItemType::Appointment => series.project(series.when(zone), zone, [first, last]),
            _ => series.project(series.due(zone), zone, [first, last]),
        };
        let occurrences = occurrences.into_iter();
        let in_window = occurrences.filter(|(_, it)| window.includes(it));
        let rows = in_window.map(|(on, it)| series.item(on, it));
        let rows = rows.filter(|row| listing.is_after(row.position()));
        items.extend(rows.take(most));
        if items.len() > most {
            last = keep_first(&mut items, most).map_or(last, |end| Ord::min(end, last));
        }
    }
    Ok(items)
}

/// Keeps the items that a page can show. Returns the last date on which another one can still be among
/// them.
fn keep_first(items: &mut Vec<ItemRow>, most: usize) -> Option<NaiveDate> {
    items.sort_by_key(|row| (row.planned.sort_at, row.planned.id));
    items.truncate(most);
    let end = items.last()?.planned.sort_at.date_naive();
    // No time zone is more than a day away from UTC.
    end.checked_add_days(Days::new(1))
}

fn of_kind<S: Projects>(circles: &MyCircles<'_>, last: NaiveDate) -> SelectStatement {
    // A circle that sends nothing any more plans nothing either.
    let plans = |scope: &CircleScope| match scope.silence() {
        Some(_) => Condition::all().add(Expr::value(false)),
        None => Condition::all(),
    };
    let mut rows = circles.select::<S>([table::<S>(), circle::Entity.into_table_ref()], plans);
    rows.and_where(
        Expr::col((circle::Entity, circle::Column::Id)).equals((S::default(), S::circle_column())),
    )
    .and_where(S::COLUMNS.state.eq(SeriesState::Active))
    .and_where(S::COLUMNS.made_until.lt(last))
    .expr(Expr::value(S::KIND))
    .expr(column_of::<S>(S::id_column()))
    .expr(column_of::<S>(S::circle_column()))
    .expr(Expr::col((circle::Entity, circle::Column::Name)))
    .exprs(S::WHAT.map(column_of::<S>))
    .expr(column_of::<S>(S::COLUMNS.topic))
    .exprs(S::WHEN.map(column_of::<S>))
    .expr(column_of::<S>(S::COLUMNS.recurrence))
    .expr(column_of::<S>(S::COLUMNS.made_until))
    .expr(S::LAST_ON.map_or_else(no_date, column_of::<S>));
    rows
}

impl SeriesRow {
    fn due(&self, zone: &str) -> Option<Due> {
        let zone = self.time_zone.as_deref().unwrap_or(zone);
        let (due, from) = (
            self.ends_local.map(WallTime),
            self.starts_local.map(WallTime),
        );
        Due::chosen(self.on.map(Day), due, from, None, zone).ok()
    }

    fn when(&self, zone: &str) -> Option<When> {
        let zone = self.time_zone.as_deref().unwrap_or(zone);
        let (starts, ends) = (
            self.starts_local.map(WallTime),
            self.ends_local.map(WallTime),
        );
        let (on, last_on) = (self.on.map(Day), self.last_on.map(Day));
        When::chosen(on, last_on, starts, ends, None, zone).ok()
    }

    /// Its occurrences beyond what is made that can touch these days.
    fn project<T: Repeated>(
        &self,
        first: Option<T>,
        zone: &str,
        [from, until]: [NaiveDate; 2],
    ) -> Vec<(NaiveDate, InSeries)> {
        let Some((time, first_on)) = first.and_then(|time| time.day().map(|day| (time, day)))
        else {
            return Vec::new();
        };
        // What has begun before the first day may last until then.
        let length = time.shown(zone).over_at - time.shown(zone).begins_at;
        let from = from.checked_sub_signed(length).unwrap_or(from);
        let next = self.made_until.succ_opt().unwrap_or(self.made_until);
        let rule = Recurrence::of_row(&self.recurrence);
        let dates = rule.dates(first_on, Ord::max(from, next), until, usize::MAX);
        let shown = |on: NaiveDate| (on, time.on_day(on).shown(zone));
        dates.into_iter().map(shown).collect()
    }

    fn item(&self, on: NaiveDate, it: InSeries) -> ItemRow {
        // It sorts items that begin together, and nobody sees it.
        let day = u128::from(on.num_days_from_ce().unsigned_abs());
        let place = Uuid::from_u128(self.id.as_u128() ^ day);
        let state = match self.kind_of_item {
            CalendarItemType::Appointment => AppointmentState::Scheduled.as_str(),
            _ => TaskState::Open.as_str(),
        };
        ItemRow {
            kind_of_item: self.kind_of_item,
            people_certain: None,
            people_needed: None,
            series_id: Some(self.id),
            original_on: Some(on),
            planned: Planned {
                sort_at: it.sort_at,
                id: place,
                circle_id: self.circle_id,
                title: Some(self.title.clone()),
                kind: self.kind.clone(),
                topic: self.topic,
                state: state.to_owned(),
                on: it.on,
                last_on: it.last_on,
                starts_local: it.starts_local,
                ends_local: it.ends_local,
                time_zone: it.time_zone,
                starts_at: it.starts_at,
                ends_at: it.ends_at,
            },
            circle_name: self.circle_name.clone(),
            is_projected: true,
        }
    }
}
