//! `get_picture`: the picture of an address that an answer has shown.

use serde::Deserialize;
use utoipa::IntoParams;

use super::store::{find, read};
use super::types::{Keeping, Picture, PictureBytes, PictureQuery, tag_of};
use crate::app::App;
use crate::http::extract::{AnonymousRequest, Path, Query};
use crate::http::file_address::FileAddress;
use crate::problem::Problem;

/// The picture in a path.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PicturePath {
    /// The last part of `avatar_url` or `photo_url`.
    pub picture_token: String,
}

/// Get a picture by its address.
///
/// Use `avatar_url` and `photo_url` as they are, for example in an `<img>`; for the small picture,
/// add `?size=small`. The address needs no access token: it is yours alone, and shows the picture
/// as long as you see it. Do not pass it on. Another picture has another address, so you can keep
/// what you got for good.
///
/// - 404 `not_found`: the picture was replaced or deleted, or you do not see it any more. Read the
///   member or the circle again
#[utoipa::path(
    get, path = "/pictures/{picture_token}", tag = "members", params(PicturePath, PictureQuery),
    security(()),
    responses(
        (status = OK, description = "The picture, a square", body = inline(PictureBytes),
            content_type = "image/jpeg", headers(("ETag" = String, description = "The version of this answer."))),
        Problem,
    ),
)]
pub async fn get_picture(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<PicturePath>,
    Query(query): Query<PictureQuery>,
) -> Result<Picture, Problem> {
    let address = FileAddress::read(&path.picture_token).ok_or(Problem::NotFound)?;
    let id = find(&app, &address).await?;
    let tag = tag_of(id, query.size());
    let bytes = match request.0.unless_seen(&tag) {
        Ok(()) => Some(read(&app, id, query.size()).await?),
        Err(_) => None,
    };
    Ok(Picture {
        tag,
        bytes,
        keeping: Keeping::ForGood,
    })
}
