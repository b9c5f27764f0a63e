//! `set_avatar`: sets the caller's picture.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::store::{discard, keep};
use super::types::PictureToSet;
use crate::app::App;
use crate::auth::{AccountWrite, Caller};
use crate::entity::ids::FileId;
use crate::entity::user;
use crate::features::accounts::Account;
use crate::http::extract::Upload;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Set your picture.
///
/// Send the bytes of a JPEG, PNG or WebP file, with any media type, and at most 5 MiB. Let the app
/// make it smaller first: more than 512 pixels are never shown. The server turns the picture as the
/// camera was held, cuts its middle to a square, and stores nothing else of the file, such as the
/// place where it was taken.
///
/// The members of your circles see it: `avatar_url` of a member. Nobody is told. The picture before
/// is deleted.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 412 `version_mismatch`: the account was changed since you read it
/// - 413 `body_too_large`: the file has more than 5 MiB
/// - 415 `unsupported_picture`: it is no JPEG, PNG or WebP file. iPhones take pictures as HEIC:
///   convert them to JPEG
/// - 422 `picture_refused`: the picture is damaged, or has more than 25 million pixels
#[utoipa::path(
    put, path = "/me/avatar", tag = "me",
    request_body(content = inline(PictureToSet), content_type = "application/octet-stream",
        description = "The bytes of a JPEG, PNG or WebP file."),
    responses((status = OK, description = "The account", body = Account), Problem),
)]
pub async fn set_avatar(
    app: App,
    caller: Caller,
    picture: Upload,
) -> Result<Resource<Account>, Problem> {
    let id = keep(&app, picture).await?;
    let write = app.begin_write(&caller).await?;
    caller.request().check_version(write.user().version)?;
    let before = write.user().avatar_file_id;
    let user = write_avatar(&write, Some(id)).await?;
    let account = Account::of(user, app.public_url());
    let answer = write.commit(Resource::new(account)).await?;
    discard(&app, before).await;
    Ok(answer)
}

/// Writes which picture the account has.
pub(super) async fn write_avatar(
    write: &AccountWrite,
    id: Option<FileId>,
) -> Result<user::Model, Problem> {
    let user = write.user().clone();
    let version = user.version + 1;
    let mut row = user.into_active_model();
    row.avatar_file_id = Set(id);
    row.version = Set(version);
    row.updated_at = Set(write.now());
    Ok(write.update::<user::Entity>(row).await?)
}
