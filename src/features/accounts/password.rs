//! Whether a person knows the password of an account: each attempt is counted.

use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, CountFuture, Turn};
use crate::auth::{Event, note_event};
use crate::entity::account_event::EventKind;
use crate::entity::user;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Whether this is the password of an account. The attempt is counted, and is being judged
/// until the turn is dropped.
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

/// Whether a person who is not signed in knows the password of an account. It is counted
/// like a sign-in, and signs nobody in. A wrong password is noted in the account's log; a
/// right one resets nothing.
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
        let refused = Event::of(EventKind::SignInRefused, user.id, request);
        note_event(&transaction, refused).await?;
        transaction.commit(NoContent).await?;
    }
    Ok(matches)
}
