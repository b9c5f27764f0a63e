//! `set_patient_photo`: sets the photo of the patient.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::store::{discard, keep};
use super::types::PictureToSet;
use crate::access::{CircleAccess, CirclePath, ManageCircle};
use crate::app::App;
use crate::entity::ids::FileId;
use crate::features::circles::{Circle, CircleVerb, LockedCircle};
use crate::http::extract::Upload;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Set the photo of the patient.
///
/// Send it as at `PUT /v1/me/avatar`. The members of the circle see it: `patient.photo_url` of the
/// circle. Nobody is told. The photo before is deleted.
///
/// - 403 `forbidden`: only coordinators can change the circle
/// - 413 `body_too_large`: the file has more than 5 MiB
/// - 415 `unsupported_picture`: it is no JPEG, PNG or WebP file. iPhones take pictures as HEIC:
///   convert them to JPEG
/// - 422 `picture_refused`: the picture is damaged, or has more than 25 million pixels
#[utoipa::path(
    put, path = "/circles/{circle_id}/patient-photo", tag = "circles", params(CirclePath),
    request_body(content = inline(PictureToSet), content_type = "application/octet-stream",
        description = "The bytes of a JPEG, PNG or WebP file."),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn set_patient_photo(
    app: App,
    access: CircleAccess<ManageCircle>,
    picture: Upload,
) -> Result<Resource<Circle>, Problem> {
    let id = keep(&app, picture).await?;
    let mut circle = LockedCircle::open(&app, &access).await?;
    circle.check(CircleVerb::Update)?;
    let before = circle.row.patient_photo_file_id;
    write_photo(&mut circle, Some(id)).await?;
    let answer = circle.respond().await?;
    discard(&app, before).await;
    Ok(answer)
}

/// Writes which photo the patient has.
pub(super) async fn write_photo(
    circle: &mut LockedCircle,
    id: Option<FileId>,
) -> Result<(), Problem> {
    let mut row = circle.row.clone().into_active_model();
    row.patient_photo_file_id = Set(id);
    circle.write_row(row)?;
    circle.log(CircleVerb::Update, vec!["patient_photo"]).await
}
