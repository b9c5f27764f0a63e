//! Changes the caller's account.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::types::Profile;
use crate::access::change_log::merge_patch;
use crate::app::App;
use crate::auth::{Caller, require_user};
use crate::entity::user;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::platform::text::PersonName;
use crate::platform::time::civil::ZoneName;
use crate::problem::Problem;

merge_patch! {
    /// What to change of one's account.
    #[schema(examples(json!({ "time_zone": "America/New_York" })))]
    #[schema(as = ProfileChanges)]
    pub struct ProfilePatch for user {
        /// One's name in circles joined from now on; each circle's name is changed there.
        #[garde(dive)]
        name: PersonName,
        /// The zone in which mails tell the time.
        #[garde(dive)]
        time_zone: ZoneName,
    }
}

/// Change one's own account.
///
/// Names in circles one is in already stay.
#[utoipa::path(
    patch, path = "/me", tag = "accounts",
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
pub async fn update_profile(
    app: App,
    caller: Caller,
    Json(changes): Json<ProfilePatch>,
) -> Result<Resource<Profile>, Problem> {
    let write = app.begin_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    caller.request().check_version(user.version)?;

    let (version, before) = (user.version + 1, user.clone());
    let mut row = user.into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return write.commit(Resource::new(before.into())).await;
    }
    row.version = Set(version);
    row.updated_at = Set(write.now());
    let user = write.update::<user::Entity>(row).await?;
    write.commit(Resource::new(user.into())).await
}
