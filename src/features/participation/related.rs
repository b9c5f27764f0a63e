//! What is read with a row in which members have parts: these parts, and who the members are. One
//! statement reads all of it, and the answer is made of it after the change.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ValueType;
use sea_orm::{
    ColumnTrait, EntityTrait, Iterable, ModelTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

use super::part::{Part, Row};
use crate::access::{
    CircleOwned, CircleScope, CircleWrite, Person, people_of, seen_of, with_appointment,
};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::entity::membership;
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::Problem;
use crate::row::Joined;

/// What is read with a row in which members have parts.
pub trait RelatedParts<P: Part> {
    /// The parts of all members, the oldest first.
    fn parts(&self) -> &[Row<P>];

    fn parts_mut(&mut self) -> &mut Vec<Row<P>>;

    /// Keeps who a member is. An answer that shows their part then reads no name.
    fn know(&mut self, _member: &membership::Model) {}
}

impl<P: Part> RelatedParts<P> for Vec<<P as EntityTrait>::Model> {
    fn parts(&self) -> &[Row<P>] {
        self
    }

    fn parts_mut(&mut self) -> &mut Vec<Row<P>> {
        self
    }
}

/// The parts of all members in one row, and who these members are.
pub struct PartsAndPeople<P: Part> {
    parts: Vec<Row<P>>,
    people: HashMap<MemberId, Person>,
}

impl<P: Part> RelatedParts<P> for PartsAndPeople<P> {
    fn parts(&self) -> &[Row<P>] {
        &self.parts
    }

    fn parts_mut(&mut self) -> &mut Vec<Row<P>> {
        &mut self.parts
    }

    fn know(&mut self, member: &membership::Model) {
        let person = Person {
            name: member.name.clone(),
            state: member.state,
        };
        self.people.insert(member.id, person);
    }
}

impl<P: Part> PartsAndPeople<P> {
    /// The parts of all members in a row, the oldest first, and who these members are.
    pub fn of(parts: Vec<P::Model>, people: HashMap<MemberId, Person>) -> Self {
        Self { parts, people }
    }

    /// Those of a new row: nobody has a part in it.
    pub fn none() -> Self {
        Self {
            parts: Vec::new(),
            people: HashMap::new(),
        }
    }

    /// The members whose parts these are. Only members whose part is new are read.
    pub async fn people(&self, write: &CircleWrite) -> Result<HashMap<MemberId, Person>, Problem> {
        let members = self.parts.iter().map(P::member_of);
        let unknown = members.filter(|member| !self.people.contains_key(member));
        let mut people = people_of(write.tx(), write.scope(), unknown.collect()).await?;
        let known = self.people.iter();
        people.extend(known.map(|(member, person)| (*member, person.clone())));
        Ok(people)
    }
}

/// A row that the caller sees, with its parts, or 404: always one query.
pub async fn require_with_parts<P: Part>(
    connection: &impl Reads,
    scope: &CircleScope,
    id: <P::Parent as CircleOwned>::Id,
) -> Result<(Row<P::Parent>, PartsAndPeople<P>), Problem> {
    let row = scope
        .find::<P::Parent>()
        .filter(P::Parent::id_column().eq(id.into()));
    let rows = with_parts::<P>(scope, row)
        .by_position::<(Row<P::Parent>, Joined<(Row<P>, Person)>)>()
        .read(connection)
        .await?;
    together(rows).ok_or(Problem::NotFound)
}

/// What is read with a row that may belong to an appointment: the parts in it, and the appointment,
/// if the caller sees that.
pub struct PartsAndAppointment<P: Part> {
    pub appointment_id: Option<AppointmentId>,
    pub taken: PartsAndPeople<P>,
}

impl<P: Part> RelatedParts<P> for PartsAndAppointment<P> {
    fn parts(&self) -> &[Row<P>] {
        self.taken.parts()
    }

    fn parts_mut(&mut self) -> &mut Vec<Row<P>> {
        self.taken.parts_mut()
    }

    fn know(&mut self, member: &membership::Model) {
        self.taken.know(member);
    }
}

/// A row that the caller sees, with its parts and its appointment, or 404: always one query.
/// `appointment` is the column that names the appointment.
pub async fn require_with_parts_and_appointment<P: Part>(
    write: &CircleWrite,
    id: <P::Parent as CircleOwned>::Id,
    appointment: <P::Parent as EntityTrait>::Column,
) -> Result<(Row<P::Parent>, PartsAndAppointment<P>), Problem> {
    let row = write
        .find::<P::Parent>()
        .filter(P::Parent::id_column().eq(id.into()));
    let row = with_appointment(write.scope(), row, appointment);
    let rows = with_parts::<P>(write.scope(), row)
        .by_position::<(
            (Row<P::Parent>, Option<AppointmentId>),
            Joined<(Row<P>, Person)>,
        )>()
        .read(write.tx())
        .await?;
    let found = together::<P, _>(rows);
    let ((row, appointment_id), taken) = found.ok_or(Problem::NotFound)?;
    let related = PartsAndAppointment {
        appointment_id,
        taken,
    };
    Ok((row, related))
}

/// Selects the parts of rows, the oldest first, and the members whose parts they are. They are the
/// last columns; a row without parts stays.
pub fn with_parts<P: Part>(scope: &CircleScope, mut rows: Select<P::Parent>) -> Select<P::Parent> {
    join_parts::<P>(scope, &mut rows);
    rows.columns(P::Column::iter())
        .columns([membership::Column::Name, membership::Column::State])
        .order_by_asc(P::created_at_column())
        .order_by_asc(P::id_column())
}

/// Joins to rows their parts and the members whose parts they are.
pub fn join_parts<P: Part>(scope: &CircleScope, rows: &mut Select<P::Parent>) {
    let part = seen_of::<P::Parent, P>(scope, P::Parent::id_column(), P::parent_column());
    let member =
        seen_of::<P, membership::Entity>(scope, P::member_column(), membership::Column::Id);
    QueryTrait::query(rows)
        .left_join(P::default(), part)
        .left_join(membership::Entity, member);
}

/// One row and its parts, from the rows of a join.
pub fn together<P: Part, Found>(
    rows: impl IntoIterator<Item = (Found, Joined<(Row<P>, Person)>)>,
) -> Option<(Found, PartsAndPeople<P>)> {
    let mut found = None;
    let mut related = PartsAndPeople {
        parts: Vec::new(),
        people: HashMap::new(),
    };
    for (row, Joined(part)) in rows {
        found.get_or_insert(row);
        if let Some((part, person)) = part {
            related.people.insert(P::member_of(&part), person);
            related.parts.push(part);
        }
    }
    found.map(|row| (row, related))
}

/// Puts a changed part in the place of the old one, or a new one where a query would find it.
pub fn replace<P: Part>(parts: &mut Vec<Row<P>>, part: Row<P>) {
    let id = |part: &Row<P>| -> Uuid { P::id_of(part).into() };
    let created_at = |part: &Row<P>| -> Option<DateTime<Utc>> {
        ValueType::try_from(part.get(P::created_at_column())).ok()
    };
    if let Some(other) = parts.iter_mut().find(|other| id(other) == id(&part)) {
        *other = part;
    } else {
        parts.push(part);
        parts.sort_by_cached_key(|part| (created_at(part), id(part)));
    }
}
