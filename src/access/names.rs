//! What members are called, for answers that embed them.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use super::scope::CircleScope;
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::problem::Problem;

/// The names of members of the circle, gone or not: one query, however many.
pub async fn names_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    mut members: Vec<MemberId>,
) -> Result<HashMap<MemberId, String>, Problem> {
    members.sort_unstable();
    members.dedup();
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let names = scope
        .find::<membership::Entity>()
        .select_only()
        .columns([membership::Column::Id, membership::Column::Name])
        .filter(membership::Column::Id.is_in(members))
        .into_tuple::<(MemberId, String)>()
        .all(connection)
        .await?;
    Ok(names.into_iter().collect())
}
