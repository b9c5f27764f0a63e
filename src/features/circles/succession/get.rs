//! `get_succession`: the newest request that a member becomes coordinator.

use super::store::{open_first, show_succession};
use super::types::Succession;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::succession;
use crate::http::response::Resource;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// Get the succession of a circle.
///
/// The newest request that a member becomes coordinator, and what became of it.
///
/// - 404 `not_found`: nobody has asked for it yet
#[utoipa::path(
    get, path = "/circles/{circle_id}/succession", tag = "circles", params(CirclePath),
    security(("personal_access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The succession", body = Succession), Problem),
)]
pub async fn get_succession(
    circle: CircleAccess<ViewCircle>,
) -> Result<Resource<Succession>, Problem> {
    let current = open_first(circle.find::<succession::Entity>());
    let row = current.read_one(circle.db()).await?;
    let row = row.ok_or(Problem::NotFound)?;
    circle.found(show_succession(circle.scope(), &row))
}
