//! `delete_patient_photo`: deletes the photo of the patient.

use super::set_patient_photo::write_photo;
use super::store::discard;
use crate::access::{CircleAccess, CirclePath, ManageCircle};
use crate::app::App;
use crate::features::circles::{CircleVerb, LockedCircle};
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete the photo of the patient.
///
/// From now on nobody sees it. Without a photo nothing changes. Nobody is told.
///
/// - 403 `forbidden`: only coordinators can change the circle
#[utoipa::path(
    delete, path = "/circles/{circle_id}/patient-photo", tag = "circles", params(CirclePath),
    responses((status = NO_CONTENT, description = "The patient has no photo"), Problem),
)]
pub async fn delete_patient_photo(
    app: App,
    access: CircleAccess<ManageCircle>,
) -> Result<NoContent, Problem> {
    let mut circle = LockedCircle::open(&app, &access).await?;
    let before = circle.row.patient_photo_file_id;
    if before.is_none() {
        return circle.write.commit(NoContent).await;
    }
    circle.check(CircleVerb::Update)?;
    write_photo(&mut circle, None).await?;
    let answer = circle.write.commit(NoContent).await?;
    discard(&app, before).await;
    Ok(answer)
}
