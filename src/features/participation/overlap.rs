//! Two things at the same time: worth a question before somebody takes both on.
//!
//! Asked about is everything that the person has taken on or accepted, in every
//! circle of theirs. A due time alone takes no time: it says by when, not when. A
//! date takes none either: nobody is busy from midnight to midnight. What has a
//! start and no end counts as an hour.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter, Select};
use uuid::Uuid;

use super::part::Part;
use super::work::HasParts;
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::appointment;
use crate::entity::ids::{AppointmentId, CircleId};
use crate::entity::subjects;
use crate::entity::topic_grant::Topic;
use crate::notify::subject::Subject;
use crate::platform::time::timestamps::write_instant;
use crate::problem::{Conflict, ConflictWith, Problem};
use crate::schedule::WITHOUT_AN_END;
use crate::schedule::window::TakesPlace;

/// The time that something takes of the person who has taken it on.
#[derive(Clone, Copy, Debug)]
pub struct BusyTime {
    kind: &'static str,
    id: Uuid,
    circle: CircleId,
    topic: Option<Topic>,
    /// The appointment that it is, or that it is done at.
    at: Option<AppointmentId>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Nobody said when it ends.
    is_open_ended: bool,
}

impl BusyTime {
    /// Of something that begins at a moment, in a circle. Without an end it counts as an
    /// hour.
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
            to: ends_at
                .filter(|ends_at| *ends_at > from)
                .unwrap_or(from + WITHOUT_AN_END),
            is_open_ended: ends_at.is_none(),
        }
    }

    /// The appointment that it is, or that it is done at.
    #[must_use]
    pub fn at(mut self, appointment: Option<AppointmentId>) -> Self {
        self.at = appointment;
        self
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.id != other.id && self.from < other.to && other.from < self.to
    }

    /// Whether somebody may well do both at one appointment: who drives there comes
    /// along or takes part. Two needs with ends of their own are two things.
    fn goes_with(&self, other: &Self) -> bool {
        let is_one = |one: &Self| one.kind == appointment::Entity::SUBJECT || one.is_open_ended;
        (is_one(self) || is_one(other))
            && self.at.is_some()
            && (self.circle, self.at) == (other.circle, other.at)
    }

    /// What the caller is told of it: here what it is; of what they may not see
    /// here, in another circle or of another topic, only when it is.
    fn as_seen(self, write: &CircleWrite) -> ConflictWith {
        let scope = write.scope();
        let reads = |topic| scope.topics().readable().contains(&topic);
        let is_seen = self.circle == scope.circle_id() && self.topic.is_none_or(reads);
        if is_seen {
            ConflictWith::of(self.kind, self.id)
        } else {
            ConflictWith::busy(write_instant(self.from), write_instant(self.to))
        }
    }
}

/// Refuses what overlaps something that the caller has taken on or accepted, in any
/// of their circles: a query for each kind, however many those are. What they take on in two
/// circles at one moment is judged one after the other.
/// What is over already is no promise any more.
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
    let detail = "You have taken on something else for that time. To do both, send \
        `allow_overlap: true`.";
    Err(Conflict {
        conflicts,
        ..Conflict::of("overlap", detail)
    }
    .into())
}

/// What may overlap, told by columns that both databases compare.
fn near<E: TakesPlace>(rows: Select<E>, wanted: &BusyTime) -> Select<E> {
    rows.filter(E::ON.is_null())
        .filter(E::OVER_AT.gt(wanted.from - WITHOUT_AN_END))
        .filter(E::BEGINS_AT.lt(wanted.to))
}

/// The times of what the caller has taken on of one kind and that may overlap, in any of
/// their circles.
async fn busy_times_of<E: HasParts>(
    write: &CircleWrite,
    wanted: &BusyTime,
) -> Result<Vec<BusyTime>, Problem> {
    let taken_on = write.find_held::<E, E::Parts>(
        E::Parts::parent_column(),
        E::Parts::member_column(),
        E::Parts::state_column().eq(E::Parts::TAKEN),
    );
    let rows = near(taken_on, wanted)
        .filter(E::is_binding())
        .all(write.tx())
        .await?;
    Ok(rows.iter().filter_map(E::busy_time).collect())
}

macro_rules! overlaps {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        /// The times of all that the caller has taken on and that may overlap: one query a kind.
        async fn all_busy_times(
            write: &CircleWrite,
            wanted: &BusyTime,
        ) -> Result<Vec<BusyTime>, Problem> {
            let mut busy_times = Vec::new();
            $(
                let of_kind = busy_times_of::<crate::entity::$entity::Entity>(write, wanted);
                busy_times.extend(of_kind.await?);
            )+
            Ok(busy_times)
        }
    };
}

subjects!(overlaps);
