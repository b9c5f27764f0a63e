//! `get_need`: one need. Its appointment is shown only to readers who see it.

use super::store;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::need;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a need.
///
/// The answer shows who has claimed it and what you may do now. It names the appointment
/// only if you see the appointment.
///
/// - 404 `not_found`: there is no such need, or you do not see everyday things
#[utoipa::path(
    get, path = "/circles/{circle_id}/needs/{need_id}", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn get_need(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<NeedPath>,
) -> Result<Resource<Need>, Problem> {
    let row = circle.require::<need::Entity>(path.need_id).await?;
    let need = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(need)
}
