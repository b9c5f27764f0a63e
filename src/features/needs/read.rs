//! `read_need`: one need. Its appointment is shown only to those who see it.

use super::store;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::need;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read a need.
///
/// With who takes it; its appointment only for who sees that.
#[utoipa::path(
    get, path = "/circles/{circle_id}/needs/{need_id}", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn read_need(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<NeedPath>,
) -> Result<Resource<Need>, Problem> {
    let row = circle.require::<need::Entity>(path.need_id).await?;
    let need = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(need)
}
