//! The people behind the ids: who did something, for answers; and who is there, for offers.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use super::scope::CircleScope;
use super::write::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::problem::Problem;

/// What others show of a member, gone or not.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub state: MemberState,
}

/// The members of these ids: one query, however many.
pub async fn people_of(
    connection: &impl ConnectionTrait,
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
        .filter(Column::Id.is_in(members))
        .into_tuple::<(MemberId, String, MemberState)>()
        .all(connection)
        .await?;
    Ok(people
        .into_iter()
        .map(|(id, name, state)| (id, Person { name, state }))
        .collect())
}

/// What the members of these ids are called.
pub async fn names_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    members: Vec<MemberId>,
) -> Result<HashMap<MemberId, String>, Problem> {
    let people = people_of(connection, scope, members).await?;
    Ok(people
        .into_iter()
        .map(|(id, person)| (id, person.name))
        .collect())
}

/// Those of these members who are active.
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
