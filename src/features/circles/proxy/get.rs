//! `get_proxy`: who decides for the patient when the patient cannot.

use super::store::{current_first, show_proxy};
use super::types::Proxy;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::proxy;
use crate::http::response::Resource;
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// Get the proxy of the patient.
///
/// The member who was named last, also if the proxy is revoked.
///
/// - 404 `not_found`: nobody was named yet
#[utoipa::path(
    get, path = "/circles/{circle_id}/proxy", tag = "circles", params(CirclePath),
    security(("personal_access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The proxy", body = Proxy), Problem),
)]
pub async fn get_proxy(circle: CircleAccess<ViewCircle>) -> Result<Resource<Proxy>, Problem> {
    let current = current_first(circle.find::<proxy::Entity>());
    let row = current.read_one(circle.db()).await?;
    let row = row.ok_or(Problem::NotFound)?;
    circle.found(show_proxy(circle.scope(), &row))
}
