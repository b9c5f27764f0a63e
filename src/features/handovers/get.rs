//! `get_handover`: one handover.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::{self, Shown};
use super::types::{Handover, HandoverPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::handover::{self, Column};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Get a handover.
///
/// Every member who sees what is handed over sees the handover. Only the two members see the
/// reason and the note, or the contact of one without an account.
///
/// - 404 `not_found`: there is no such handover, or you do not see what it is about
#[utoipa::path(
    get, path = "/circles/{circle_id}/handovers/{handover_id}", tag = "handovers",
    params(CirclePath, HandoverPath),
    security(("personal_access_token" = [
        TokenScope::TasksRead, TokenScope::AppointmentsRead, TokenScope::RolesRead,
    ])),
    responses((status = OK, description = "The handover", body = Handover), Problem),
)]
pub async fn get_handover(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<HandoverPath>,
) -> Result<Resource<Handover>, Problem> {
    let rows = circle
        .find::<handover::Entity>()
        .filter(Column::Id.eq(path.handover_id));
    let (row, shown) = store::with_shown(circle.scope(), rows)
        .by_position::<(handover::Model, Shown)>()
        .read_one(circle.db())
        .await?
        .ok_or(Problem::NotFound)?;
    circle.found(store::assemble(circle.scope(), row, &shown))
}
