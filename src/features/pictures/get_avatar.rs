//! `get_avatar`: the caller's picture.

use super::store::read;
use super::types::{Keeping, Picture, PictureBytes, PictureQuery, tag_of};
use crate::app::App;
use crate::auth::{CallerOrToken, require_user};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::problem::Problem;

/// Get your picture.
///
/// To show it in a page, put `avatar_url` of your account into an `<img>`.
///
/// - 404 `not_found`: you have no picture
#[utoipa::path(
    get, path = "/me/avatar", tag = "me", params(PictureQuery),
    security(("personal_access_token" = [TokenScope::AccountRead])),
    responses(
        (status = OK, description = "The picture, a square", body = inline(PictureBytes),
            content_type = "image/jpeg", headers(("ETag" = String, description = "The version of this answer."))),
        Problem,
    ),
)]
pub async fn get_avatar(
    app: App,
    caller: CallerOrToken,
    Query(query): Query<PictureQuery>,
) -> Result<Picture, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    let id = user.avatar_file_id.ok_or(Problem::NotFound)?;
    let tag = tag_of(id, query.size());
    caller.request().unless_seen(&tag)?;
    Ok(Picture {
        tag,
        bytes: Some(read(&app, id, query.size()).await?),
        keeping: Keeping::Asked,
    })
}
