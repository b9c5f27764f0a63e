//! `get_circle`: one circle with its patient.

use super::store::describe_circle;
use super::types::Circle;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a circle.
///
/// The answer includes the patient and what you may do with the circle.
///
/// - 404 `not_found`: the circle does not exist, or you are not a member
#[utoipa::path(
    get, path = "/circles/{circle_id}", tag = "circles", params(CirclePath),
    security(("personal_access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn get_circle(circle: CircleAccess<ViewCircle>) -> Result<Resource<Circle>, Problem> {
    let row = circle.circle().await?;
    let body = describe_circle(circle.db(), circle.scope(), row).await?;
    circle.found(body)
}
