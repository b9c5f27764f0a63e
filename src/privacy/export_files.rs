//! The files in the export of an account: the picture of the person, and the photos of the patients
//! whom they see.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{CallerCircles, CircleScope};
use crate::app::App;
use crate::entity::ids::{CircleId, FileId};
use crate::entity::{circle, user};
use crate::features::pictures::{self, PictureSize};
use crate::platform::db::{ReadRows, SelectByPosition, in_list};
use crate::problem::Problem;

/// A file of the export.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "table": "users",
    "record_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "name": "avatar",
    "media_type": "image/jpeg",
    "content": "/9j/4AAQSkZJRgABAQ…"
})))]
pub struct ExportedFile {
    /// The table of the record that the file belongs to.
    pub table: &'static str,
    /// The id of that record.
    pub record_id: Uuid,
    /// What it is: `avatar` of an account, or `patient_photo` of a circle.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes, as Base64.
    pub content: String,
}

/// The files of a person.
pub(super) async fn read_files(
    app: &App,
    mine: &CallerCircles,
    user: &user::Model,
) -> Result<Vec<ExportedFile>, Problem> {
    let avatar = user.avatar_file_id.map(|id| (user.id.into(), id));
    let mut files = Vec::new();
    if let Some((record_id, id)) = avatar {
        files.extend(picture(app, "users", "avatar", record_id, id).await?);
    }
    for (circle_id, id) in photos(app, mine).await? {
        let record_id = circle_id.into();
        files.extend(picture(app, "circles", "patient_photo", record_id, id).await?);
    }
    Ok(files)
}

/// The photos of the patients.
#[expect(
    clippy::disallowed_methods,
    reason = "the rows of the circles themselves, by ids that were proven"
)]
async fn photos(app: &App, mine: &CallerCircles) -> Result<Vec<(CircleId, FileId)>, Problem> {
    let ids = in_list(mine.scopes().iter().map(CircleScope::circle_id));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let photos = circle::Entity::find()
        .select_only()
        .columns([circle::Column::Id, circle::Column::PatientPhotoFileId])
        .filter(circle::Column::Id.is_in(ids))
        .filter(circle::Column::PatientPhotoFileId.is_not_null())
        .by_position::<(CircleId, FileId)>()
        .read(app.reader())
        .await?;
    Ok(photos)
}

/// A picture. One that is missing in the store does not stop the export.
async fn picture(
    app: &App,
    table: &'static str,
    name: &'static str,
    record_id: Uuid,
    id: FileId,
) -> Result<Option<ExportedFile>, Problem> {
    match pictures::read(app, id, PictureSize::Large).await {
        Ok(content) => Ok(Some(ExportedFile {
            table,
            record_id,
            name,
            media_type: "image/jpeg",
            content: BASE64_STANDARD.encode(content),
        })),
        Err(Problem::NotFound) => Ok(None),
        Err(problem) => Err(problem),
    }
}
