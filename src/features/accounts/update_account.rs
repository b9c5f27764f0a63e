//! Updates the caller's account.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::types::Account;
use crate::access::change_log::merge_patch;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::user;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::platform::text::PersonName;
use crate::platform::time::civil::ZoneName;
use crate::problem::Problem;

merge_patch! {
    /// What to change in your account.
    #[schema(examples(json!({ "time_zone": "America/New_York" })))]
    #[schema(as = UpdateAccountRequest)]
    pub struct AccountPatch for user {
        /// Your name in circles that you join from now on. Change your name in a circle there.
        #[garde(dive)]
        name: PersonName,
        /// The time zone of the times in your emails.
        #[garde(dive)]
        time_zone: ZoneName,
    }
}

/// Update your account.
///
/// Your name in the circles that you are in already stays as it is.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 412 `version_mismatch`: the account was changed since you read it
#[utoipa::path(
    patch, path = "/me", tag = "me",
    responses((status = OK, description = "The account", body = Account), Problem),
)]
pub async fn update_account(
    app: App,
    caller: Caller,
    Json(changes): Json<AccountPatch>,
) -> Result<Resource<Account>, Problem> {
    let write = app.begin_write(&caller).await?;
    let user = write.user().clone();
    caller.request().check_version(user.version)?;

    let (version, before) = (user.version + 1, user.clone());
    let mut row = user.into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return write
            .commit(Resource::new(Account::of(before, app.public_url())))
            .await;
    }
    row.version = Set(version);
    row.updated_at = Set(write.now());
    let user = write.update::<user::Entity>(row).await?;
    write
        .commit(Resource::new(Account::of(user, app.public_url())))
        .await
}
