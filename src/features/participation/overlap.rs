//! Two things at the same time: the member is asked before they claim both.
//!
//! What counts is everything that the member has claimed or accepted, in all their
//! circles. A due time alone takes no time, because it says by when and not when. A date
//! takes none either, because nobody is busy from midnight to midnight. Something with a
//! start and no end counts as one hour.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::part::Part;
use super::work::TakesTime;
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::appointment;
use crate::entity::ids::{AppointmentId, CircleId};
use crate::entity::subjects;
use crate::entity::topic_grant::Topic;
use crate::notify::subject::Subject;
use crate::platform::db::Reads;
use crate::platform::time::timestamps::write_instant;
use crate::problem::{Conflict, ConflictingItem, Problem, ProblemCode};
use crate::row::Row;
use crate::schedule::WITHOUT_AN_END;
use crate::schedule::window::TakesPlace;

/// The time that something takes of the member who claimed it.
#[derive(Clone, Copy, Debug)]
pub struct BusyTime {
    kind: &'static str,
    id: Uuid,
    circle: CircleId,
    topic: Option<Topic>,
    /// The appointment that this is, or at which it is done.
    at: Option<AppointmentId>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// It has no end of its own.
    is_open_ended: bool,
}

impl BusyTime {
    /// The time of something that begins at `from`. Without an end it counts as one hour.
    pub fn of<E: Subject>(
        row: &E::Model,
        circle: CircleId,
        from: DateTime<Utc>,
        ends_at: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            kind: E::SUBJECT,
            id: E::id_of(row).into(),
            circle,
            topic: E::topic(row),
            at: None,
            from,
            to: end_of(from, ends_at),
            is_open_ended: ends_at.is_none(),
        }
    }

    /// Sets the appointment that this is, or at which it is done.
    #[must_use]
    pub fn at(mut self, appointment: Option<AppointmentId>) -> Self {
        self.at = appointment;
        self
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.id != other.id && self.from < other.to && other.from < self.to
    }

    /// Whether one member can do both at the same appointment: the driver may also come
    /// along. Two needs with ends of their own are two different things.
    fn goes_with(&self, other: &Self) -> bool {
        let is_one = |one: &Self| one.kind == appointment::Entity::SUBJECT || one.is_open_ended;
        (is_one(self) || is_one(other))
            && self.at.is_some()
            && (self.circle, self.at) == (other.circle, other.at)
    }

    /// What the caller may know of it. Of something in another circle, or of a topic that
    /// they do not see here, only the time.
    fn as_seen(self, write: &CircleWrite) -> ConflictingItem {
        let scope = write.scope();
        let reads = |topic| scope.topics().readable().contains(&topic);
        let is_seen = self.circle == scope.circle_id() && self.topic.is_none_or(reads);
        if is_seen {
            ConflictingItem::of(self.kind, self.id)
        } else {
            ConflictingItem::busy(write_instant(self.from), write_instant(self.to))
        }
    }
}

/// Refuses a time that overlaps something that the caller has claimed or accepted, in any
/// of their circles. It takes one query, whatever the number of circles.
/// The lock on the caller makes two claims in two circles wait for each other. Nothing in
/// the past is refused.
pub async fn check_overlap(write: &CircleWrite, wanted: &BusyTime) -> Result<(), Problem> {
    if wanted.to <= write.now() {
        return Ok(());
    }
    write.lock_self().await?;
    let mut busy_times = all_busy_times(write, wanted).await?;
    busy_times.retain(|other| other.overlaps(wanted) && !other.goes_with(wanted));
    if busy_times.is_empty() {
        return Ok(());
    }
    busy_times.sort_by_key(|other| (other.from, other.id));
    let conflicts = busy_times
        .into_iter()
        .map(|other| other.as_seen(write))
        .collect();
    let detail = "You have something else at that time. To do both, send `allow_overlap: true`.";
    Err(Conflict {
        conflicts,
        ..Conflict::of(ProblemCode::Overlap, detail)
    }
    .into())
}

/// What may overlap, by columns that both databases can compare.
fn near<E: TakesPlace>(rows: Select<E>, wanted: &BusyTime) -> Select<E> {
    rows.filter(E::ON.is_null())
        .filter(E::OVER_AT.gt(wanted.from - WITHOUT_AN_END))
        .filter(E::BEGINS_AT.lt(wanted.to))
}

/// Where a statement finds the time that something takes: the same as [`TakesTime::busy_time`] says of
/// a row.
pub struct BusyColumns {
    /// Null if it has none of its own.
    pub topic: Expr,
    /// The appointment that this is, or at which it is done.
    pub at: Expr,
    pub from: Expr,
    /// Null without an end of its own.
    pub ends_at: Expr,
}

/// A time of the caller as it is read.
#[derive(Row)]
struct BusyRow {
    kind: String,
    id: Uuid,
    circle: CircleId,
    topic: Option<Topic>,
    at: Option<AppointmentId>,
    from: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

/// The times that the caller has claimed of one kind and that may overlap, in any of
/// their circles.
fn busy_times_of<E: TakesTime>(write: &CircleWrite, wanted: &BusyTime) -> SelectStatement {
    let taken_on = write.find_held::<E, E::Parts>(
        E::Parts::parent_column(),
        E::Parts::member_column(),
        E::Parts::state_column().eq(E::Parts::TAKEN),
    );
    let column = |column: E::Column| Expr::col((E::default(), column));
    let BusyColumns {
        topic,
        at,
        from,
        ends_at,
    } = E::busy_columns();
    let mut rows = near(taken_on, wanted).filter(E::is_binding()).select_only();
    QueryTrait::query(&mut rows)
        .expr(Expr::value(E::SUBJECT))
        .exprs([column(E::id_column()), column(E::circle_column())])
        .exprs([topic, at, from, ends_at])
        .take()
}

macro_rules! overlaps {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        /// What each kind is called.
        const KINDS: &[&str] = &[$(<crate::entity::$entity::Entity as CircleOwned>::SUBJECT),+];

        fn of_all_kinds(write: &CircleWrite, wanted: &BusyTime) -> Vec<SelectStatement> {
            vec![$(busy_times_of::<crate::entity::$entity::Entity>(write, wanted)),+]
        }
    };
}

subjects!(overlaps);

/// The times of everything that the caller has claimed and that may overlap: one statement.
async fn all_busy_times(write: &CircleWrite, wanted: &BusyTime) -> Result<Vec<BusyTime>, Problem> {
    let mut selects = of_all_kinds(write, wanted).into_iter();
    let mut select = selects.next().unwrap_or_default();
    select.unions(selects.map(|other| (UnionType::All, other)));
    let statement = write.tx().get_database_backend().build(&select);
    let rows = write.tx().rows::<BusyRow>(statement).await?;
    let busy_time = |row: BusyRow| {
        let kind = KINDS.iter().find(|kind| **kind == row.kind)?;
        let time = BusyTime {
            kind,
            id: row.id,
            circle: row.circle,
            topic: row.topic,
            at: None,
            from: row.from,
            to: end_of(row.from, row.ends_at),
            is_open_ended: row.ends_at.is_none(),
        };
        Some(time.at(row.at))
    };
    Ok(rows.into_iter().filter_map(busy_time).collect())
}

/// Without an end, or with one that is not later, it counts as one hour.
fn end_of(from: DateTime<Utc>, ends_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let later = ends_at.filter(|ends_at| *ends_at > from);
    later.unwrap_or(from + WITHOUT_AN_END)
}
