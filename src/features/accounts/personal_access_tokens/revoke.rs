//! Revokes a personal access token.

use sea_orm::ColumnTrait;
use serde::Deserialize;
use utoipa::IntoParams;

use super::store::end_personal_access_tokens;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::PersonalAccessTokenId;
use crate::entity::personal_access_token::{self, Column};
use crate::entity::security_event::SecurityEventKind;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// The token in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PersonalAccessTokenPath {
    /// The id of the personal access token.
    #[param(inline)]
    pub personal_access_token_id: PersonalAccessTokenId,
}

/// Revoke a personal access token.
///
/// It stops working at once. If it was revoked before, nothing changes. Nobody is told.
///
/// - 404 `not_found`: you have no such token
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
#[utoipa::path(
    delete, path = "/me/access-tokens/{personal_access_token_id}", tag = "security",
    params(PersonalAccessTokenPath),
    responses((status = NO_CONTENT, description = "The token is revoked"), Problem),
)]
pub async fn revoke_personal_access_token(
    app: App,
    caller: Caller,
    Path(path): Path<PersonalAccessTokenPath>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let row = write.require::<personal_access_token::Entity>(path.personal_access_token_id);
    let this = Column::Id.eq(row.await?.id);
    let ended = end_personal_access_tokens(write.tx(), write.user_id(), this, write.now()).await?;
    if ended > 0 {
        write.note(SecurityEventKind::PersonalAccessTokenRevoked);
    }
    write.commit(NoContent).await
}
