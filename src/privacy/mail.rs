//! The mail to somebody whose account is going to be erased.

use crate::app::App;
use crate::auth::require_user;
use crate::entity::ids::UserId;
use crate::platform::mail::{AccountDeletion, post};
use crate::platform::queue::{Failure, Leased};
use crate::platform::time::civil::for_reader;

/// Tells when the account is erased and how to keep it, unless it is kept already.
pub async fn mail_deletion(app: &App, lease: &Leased, id: UserId) -> Result<(), Failure> {
    let user = require_user(app.reader(), id).await?;
    let Some(erase_at) = user.erase_at else {
        return Ok(());
    };
    let letter = AccountDeletion {
        name: user.name,
        when: for_reader(erase_at, &user.time_zone),
    };
    post(app, lease, &user.email, &letter).await
}
