//! `read_circle`: one circle with its patient.

use super::store::describe_circle;
use super::types::Circle;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read a circle.
///
/// With its patient, and what the reader may do.
#[utoipa::path(
    get, path = "/circles/{circle_id}", tag = "circles", params(CirclePath),
    security(("access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn read_circle(circle: CircleAccess<ViewCircle>) -> Result<Resource<Circle>, Problem> {
    let row = circle.circle().await?;
    let body = describe_circle(circle.db(), circle.scope(), row).await?;
    circle.found(body)
}
