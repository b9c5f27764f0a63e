//! `get_absence`: one absence.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store;
use super::types::{Absence, AbsencePath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::absence::{self, Column};
use crate::entity::membership;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Get an absence.
///
/// Every member sees when somebody is away. Only the member, the contact of a member without an
/// account, and coordinators see the note.
///
/// - 404 `not_found`: there is no such absence in this circle
#[utoipa::path(
    get, path = "/circles/{circle_id}/absences/{absence_id}", tag = "absences",
    params(CirclePath, AbsencePath),
    responses((status = OK, description = "The absence", body = Absence), Problem),
)]
pub async fn get_absence(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AbsencePath>,
) -> Result<Resource<Absence>, Problem> {
    let rows = circle
        .find::<absence::Entity>()
        .filter(Column::Id.eq(path.absence_id));
    let (row, member) = store::with_member(circle.scope(), rows)
        .by_position::<(absence::Model, membership::Model)>()
        .read_one(circle.db())
        .await?
        .ok_or(Problem::NotFound)?;
    circle.found(store::assemble(circle.scope(), row, &member))
}
