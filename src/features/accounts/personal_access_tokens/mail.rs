//! The email before a personal access token expires.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::{lookup, require_user};
use crate::entity::ids::PersonalAccessTokenId;
use crate::entity::personal_access_token;
use crate::entity::user::UserState;
use crate::notify::posting::post;
use crate::platform::db::ReadRows;
use crate::platform::language::Language;
use crate::platform::mail::TokenExpiry;
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{ReaderZone, for_reader};

/// Tells the owner of a token that it expires soon, unless it has ended. The email leaves out the
/// token's name: it may say something private.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailTokenExpiry {
    pub personal_access_token_id: PersonalAccessTokenId,
}

impl Run<App> for MailTokenExpiry {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.personal_access_token_id;
        let now = app.clock().now();
        let row = lookup::by_id::<personal_access_token::Entity>(id);
        let row = row.read_one(app.reader()).await?;
        let Some(row) = row.filter(|row| row.ended_at.is_none() && row.expires_at > now) else {
            return Ok(());
        };
        let user = require_user(app.reader(), row.user_id).await?;
        if user.state != UserState::Active {
            return Ok(());
        }
        let language = Language::first_of([user.locale.as_deref()]);
        let zone = ReaderZone::named(&user.time_zone).in_language(language);
        let letter = TokenExpiry {
            language,
            made: for_reader(row.created_at, zone),
            until: for_reader(row.expires_at, zone),
            name: user.name,
        };
        post(app, lease, &user.email, &letter).await
    }
}
