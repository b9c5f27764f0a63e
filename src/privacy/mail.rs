//! The emails about the deletion of an account.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::require_user;
use crate::entity::ids::UserId;
use crate::entity::user;
use crate::notify::posting::{deliver, post};
use crate::platform::language::Language;
use crate::platform::mail::{AccountDeletion, AccountErased};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{ReaderZone, for_reader};

/// Tells when the account will be deleted and how to cancel that, unless it was canceled already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailDeletion {
    pub user_id: UserId,
}

impl Run<App> for MailDeletion {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let user = require_user(app.reader(), self.user_id).await?;
        let Some(deletion_scheduled_for) = user.deletion_scheduled_for else {
            return Ok(());
        };
        let language = Language::first_of([user.locale.as_deref()]);
        let zone = ReaderZone::named(&user.time_zone).in_language(language);
        let letter = AccountDeletion {
            language,
            when: for_reader(deletion_scheduled_for, zone),
            name: user.name,
        };
        post(app, lease, &user.email, &letter).await
    }
}

/// The last email to an address that is not stored any more. It is sent only once: if the mail
/// server refuses it, no queue may keep the address.
pub(super) async fn mail_account_erased(app: &App, user: user::Model) {
    let letter = AccountErased {
        language: Language::first_of([user.locale.as_deref()]),
        name: user.name,
    };
    let sent = deliver(app, user.id.0, &user.email, &letter, None).await;
    if sent.is_err() {
        tracing::warn!(user = %user.id, "the last email to an erased account was not sent");
    }
}
