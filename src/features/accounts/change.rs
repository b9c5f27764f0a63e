//! A password that its owner knows and replaces.

use super::factor_change::{FactorChange, finish_factor_change};
use super::types::PasswordChange;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, Counting, Turn};
use crate::auth::{AccountWrite, RecentCaller};
use crate::auth::{Event, note_event};
use crate::auth::{check_new_password, require_user, set_password};
use crate::entity::account_event::EventKind;
use crate::entity::user;
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::request::RequestInfo;
use crate::http::response::Done;
use crate::problem::Problem;

/// Change one's password.
///
/// Signs all other devices out, unless they are to stay; personal access tokens
/// stay, a change of address that waits does not. The owner is told by mail.
/// Where this device has not proved in the last ten minutes who holds it: 403
/// `reauthentication_needed`. An account without a password sets one by `POST
/// /v1/password-resets`.
#[utoipa::path(
    post, path = "/me/password", tag = "accounts",
    responses((status = NO_CONTENT, description = "Changed"), Problem, TriedTooOften),
)]
pub async fn change_password(
    app: App,
    caller: RecentCaller,
    Json(change): Json<PasswordChange>,
) -> Result<Done, Problem> {
    AccountWrite::replay(&app, &caller).await?;
    let before = require_user(app.reader(), caller.user_id()).await?;
    check_new_password(&app, "/new_password", &change.new_password, &before).await?;
    let current = change.current_password.expose();
    let attempt_key = AttemptKey::Session(caller.token().session_id);
    let (matches, turn) = guess_own_password(&app, attempt_key, &before, current).await?;
    let password_hash = app.passwords().hash(change.new_password.expose()).await?;

    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    // It may have been replaced while it was verified.
    if !matches || user.password_hash != before.password_hash {
        let detail = "This is not your password.";
        return Err(Problem::field("/current_password", "wrong", detail));
    }
    throttle::reset_attempts(write.tx(), attempt_key).await?;
    set_password(write.tx(), user.id, password_hash, write.now()).await?;
    let change = FactorChange {
        kind: EventKind::PasswordChanged,
        keep_other_sessions: change.keep_other_sessions,
    };
    let done = finish_factor_change(write, change, Done).await?;
    turn.was_right();
    Ok(done)
}

/// Whether this is the password of somebody who is signed in; counted like any
/// other guess, and being judged until the turn is over.
pub(super) async fn guess_own_password(
    app: &App,
    attempt_key: AttemptKey<'_>,
    user: &user::Model,
    password: &str,
) -> Result<(bool, Turn), Problem> {
    let count = || -> Counting<'_, ()> { Box::pin(count_one(app, attempt_key)) };
    let ((), turn) = throttle::in_turn(app, attempt_key, count).await?;
    let hash = user.password_hash.clone();
    let matches = app.passwords().verify(password, hash).await?;
    Ok((matches, turn))
}

async fn count_one(app: &App, attempt_key: AttemptKey<'_>) -> Result<(), Problem> {
    let unit = app.begin().await?;
    throttle::record_attempt(&unit, attempt_key).await?;
    unit.commit(Done).await?;
    Ok(())
}

/// Whether somebody who is not signed in knows the password of an account; counted like a
/// sign-in, and nobody is signed in. A wrong one stands in the account's log; a right one takes
/// none of the failures away.
pub async fn guess_password(
    app: &App,
    request: &RequestInfo,
    user: &user::Model,
    password: &str,
) -> Result<bool, Problem> {
    let attempt_key = AttemptKey::SignIn(&user.email);
    let (matches, _turn) = guess_own_password(app, attempt_key, user, password).await?;
    if !matches {
        let unit = app.begin().await?;
        let refused = Event::of(EventKind::SignInRefused, user.id, request);
        note_event(&unit, refused).await?;
        unit.commit(Done).await?;
    }
    Ok(matches)
}
