//! Checks the password of an account. Each attempt is counted.

use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, CountFuture, Turn};
use crate::auth::{Event, note_event};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Whether this is the password of an account. The attempt is counted first. Drop the turn when
/// the outcome is stored: until then the attempt counts as wrong.
pub(super) async fn check_own_password(
    app: &App,
    attempt_key: AttemptKey<'_>,
    user: &user::Model,
    password: &str,
) -> Result<(bool, Turn), Problem> {
    let count = || -> CountFuture<'_, ()> { Box::pin(record(app, attempt_key)) };
    let ((), turn) = throttle::in_turn(app, attempt_key, count).await?;
    let hash = user.password_hash.clone();
    let matches = app.passwords().verify(password, hash).await?;
    Ok((matches, turn))
}

async fn record(app: &App, attempt_key: AttemptKey<'_>) -> Result<(), Problem> {
    let transaction = app.begin().await?;
    throttle::record_attempt(&transaction, attempt_key).await?;
    transaction.commit(NoContent).await?;
    Ok(())
}

/// Whether this is the password of an account, for a person who is not signed in. The attempt is
/// counted like a sign-in, but opens no session. A wrong password becomes a security event. A
/// right one does not reset the count.
pub async fn check_password(
    app: &App,
    request: &RequestInfo,
    user: &user::Model,
    password: &str,
) -> Result<bool, Problem> {
    let attempt_key = AttemptKey::SignIn(&user.email);
    let (matches, _turn) = check_own_password(app, attempt_key, user, password).await?;
    if !matches {
        let transaction = app.begin().await?;
        let refused = Event::of(SecurityEventKind::SignInRefused, user.id, request);
        note_event(&transaction, refused);
        transaction.commit(NoContent).await?;
    }
    Ok(matches)
}
