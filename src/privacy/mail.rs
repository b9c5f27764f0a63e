//! The mail to somebody whose account is going to be erased.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::require_user;
use crate::entity::ids::UserId;
use crate::notify::posting::post;
use crate::platform::mail::AccountDeletion;
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::for_reader;

/// Tells when the account is erased and how to keep it, unless it is kept already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailDeletion {
    pub user_id: UserId,
}

impl Run<App> for MailDeletion {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let user = require_user(app.reader(), self.user_id).await?;
        let Some(erase_at) = user.erase_at else {
            return Ok(());
        };
        let letter = AccountDeletion {
            name: user.name,
            when: for_reader(erase_at, &user.time_zone),
        };
        post(app, lease, &user.email, &letter).await
    }
}
