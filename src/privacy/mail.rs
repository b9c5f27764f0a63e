//! The mails about the deletion of an account.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::require_user;
use crate::entity::ids::UserId;
use crate::entity::user;
use crate::notify::posting::{deliver, post};
use crate::platform::mail::{AccountDeletion, AccountErased};
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

/// The last mail to an address that is not stored any more. If the mail server does
/// not take it there is nobody left to tell.
pub(super) async fn mail_account_erased(app: &App, user: user::Model) {
    let letter = AccountErased { name: user.name };
    let sent = deliver(app, user.id.0, &user.email, &letter, None).await;
    if sent.is_err() {
        tracing::warn!(user = %user.id, "the last mail to an erased account was not sent");
    }
}
