//! `delete_avatar`: deletes the caller's picture.

use super::set_avatar::write_avatar;
use super::store::discard;
use crate::app::App;
use crate::auth::Caller;
use crate::http::openapi::Fact;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete your picture.
///
/// From now on nobody sees it. Without a picture nothing changes. Nobody is told.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 412 `version_mismatch`: the account was changed since you read it
#[utoipa::path(
    delete, path = "/me/avatar", tag = "me",
    extensions(("x-facts" = json!([Fact::ChangesAVersion]))),
    responses((status = NO_CONTENT, description = "You have no picture"), Problem),
)]
pub async fn delete_avatar(app: App, caller: Caller) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let before = write.user().avatar_file_id;
    if before.is_none() {
        return write.commit(NoContent).await;
    }
    caller.request().check_version(write.user().version)?;
    write_avatar(&write, None).await?;
    let answer = write.commit(NoContent).await?;
    discard(&app, before).await;
    Ok(answer)
}
