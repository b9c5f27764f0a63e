//! Ends a personal access token.

use sea_orm::ColumnTrait;
use serde::Deserialize;
use utoipa::IntoParams;

use super::store::end_personal_tokens;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::account_event::EventKind;
use crate::entity::ids::PersonalTokenId;
use crate::entity::personal_token::{self, Column};
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// The token in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PersonalTokenPath {
    /// The token.
    #[param(inline)]
    pub access_token_id: PersonalTokenId,
}

/// Take a personal access token back.
///
/// It stops working at once.
#[utoipa::path(
    post, path = "/me/access-tokens/{access_token_id}/revoke", tag = "accounts",
    params(PersonalTokenPath),
    responses((status = NO_CONTENT, description = "It is good for nothing any more"), Problem),
)]
pub async fn revoke_personal_token(
    app: App,
    caller: Caller,
    Path(path): Path<PersonalTokenPath>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let row = write.require::<personal_token::Entity>(path.access_token_id);
    let this = Column::Id.eq(row.await?.id);
    end_personal_tokens(write.tx(), write.user_id(), this, write.now()).await?;
    write.note(EventKind::PersonalTokenRevoked).await?;
    write.commit(NoContent).await
}
