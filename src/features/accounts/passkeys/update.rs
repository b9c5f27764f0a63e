//! Renames a passkey.

use sea_orm::IntoActiveModel;

use super::types::{Passkey, PasskeyPath};
use crate::access::change_log::merge_patch;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::passkey::{self, Entity};
use crate::http::extract::{Json, Path};
use crate::http::response::Body;
use crate::platform::text::PasskeyName;
use crate::problem::Problem;

merge_patch! {
    /// What to change in a passkey.
    #[schema(examples(json!({ "name": "Old phone" })))]
    #[schema(as = UpdatePasskeyRequest)]
    pub struct PasskeyPatch for passkey {
        #[garde(dive)]
        name: PasskeyName,
    }
}

/// Rename a passkey.
///
/// Only you see the name, in the list of your passkeys.
///
/// - 404 `not_found`: you have no such passkey
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
#[utoipa::path(
    patch, path = "/me/passkeys/{passkey_id}", tag = "security", params(PasskeyPath),
    responses((status = OK, description = "The passkey", body = Passkey), Problem),
)]
pub async fn update_passkey(
    app: App,
    caller: Caller,
    Path(path): Path<PasskeyPath>,
    Json(changes): Json<PasskeyPatch>,
) -> Result<Body<Passkey>, Problem> {
    let write = app.begin_write(&caller).await?;
    let mut passkey = write.require::<Entity>(path.passkey_id).await?;
    let mut row = passkey.clone().into_active_model();
    if !changes.write_to(&mut row).is_empty() {
        passkey = write.update::<Entity>(row).await?;
    }
    write.commit(Body(passkey.into())).await
}
