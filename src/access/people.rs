//! The people of a circle: the names behind the ids in answers, the patient, and who is active.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::joined::in_circle_of;
use super::owned::CircleOwned;
use super::scope::CircleScope;
use super::write::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::platform::db::{ByPosition, ReadRows, Reads, SelectByPosition, in_list};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::row::Row;

/// What answers show of a member, also of a member who has left.
#[derive(Clone, Debug, Row)]
pub struct Person {
    pub name: String,
    pub state: MemberState,
}

/// The members with these ids: one query, however many there are.
pub async fn people_of(
    connection: &impl Reads,
    scope: &CircleScope,
    mut members: Vec<MemberId>,
) -> Result<HashMap<MemberId, Person>, Problem> {
    use membership::Column;
    members.sort_unstable();
    members.dedup();
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let people = scope
        .find::<membership::Entity>()
        .select_only()
        .columns([Column::Id, Column::Name, Column::State])
        .filter(Column::Id.is_in(in_list(members)))
        .by_position::<(MemberId, String, MemberState)>()
        .read(connection)
        .await?;
    Ok(people
        .into_iter()
        .map(|(id, name, state)| (id, Person { name, state }))
        .collect())
}

/// Rows with the member whom each of them names in the column `member`, in one query. Every member
/// of the circle sees who that is.
pub fn with_person<E: CircleOwned>(
    mut rows: Select<E>,
    member: E::Column,
) -> ByPosition<(E::Model, Person)> {
    use membership::Column;
    let person = |column: Column| Expr::col((membership::Entity, column));
    let of_row = in_circle_of::<E, membership::Entity>(member, Column::Id);
    QueryTrait::query(&mut rows)
        .inner_join(membership::Entity, of_row)
        .expr(person(Column::Name))
        .expr(person(Column::State));
    rows.by_position()
}

/// The names of the members with these ids.
pub async fn names_of(
    connection: &impl Reads,
    scope: &CircleScope,
    members: Vec<MemberId>,
) -> Result<HashMap<MemberId, String>, Problem> {
    let people = people_of(connection, scope, members).await?;
    Ok(people
        .into_iter()
        .map(|(id, person)| (id, person.name))
        .collect())
}

/// The member who is the patient, if the patient is in the circle.
pub async fn patient_of(
    connection: &impl Reads,
    scope: &CircleScope,
) -> Result<Option<membership::Model>, Problem> {
    use membership::Column;
    let in_the_circle = [
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ];
    Ok(scope
        .find::<membership::Entity>()
        .filter(Column::IsPatient.eq(true))
        .filter(Column::State.is_in(in_the_circle))
        .read_one(connection)
        .await?)
}

/// The id of the patient. Nothing is read if the caller is the patient.
pub async fn patient_id_of(
    connection: &impl Reads,
    scope: &CircleScope,
) -> Result<Option<MemberId>, Problem> {
    if scope.is_patient() {
        return Ok(scope.member_id());
    }
    let patient = patient_of(connection, scope).await?;
    Ok(patient.map(|member| member.id))
}

/// The fault of a field that names no active member of the circle. A member of another circle gets
/// it too, so that it tells nothing of other circles.
pub fn unknown_member(pointer: impl Into<String>) -> FieldError {
    let detail =
        "There is no active member with this id in this circle. Send the id of an active member.";
    FieldError::new(pointer, FieldErrorCode::UnknownMember, detail)
}

/// Which of these members are active.
pub async fn active_members(
    write: &CircleWrite,
    ids: &[MemberId],
) -> Result<Vec<membership::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(write
        .find::<membership::Entity>()
        .filter(membership::Column::Id.is_in(ids.iter().copied()))
        .filter(membership::Column::State.eq(MemberState::Active))
        .all(write.tx())
        .await?)
}
