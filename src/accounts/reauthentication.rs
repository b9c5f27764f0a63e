//! Proving again who holds a signed-in device: what a lost phone must not be
//! able to do asks for a proof of the last ten minutes.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::change::guess_own_password;
use super::second_factor;
use super::types::Reauthentication;
use super::user::require_user;
use crate::access::Caller;
use crate::answer::Done;
use crate::app::App;
use crate::entity::account_event::EventKind;
use crate::entity::session::{ActiveModel, Column, Entity};
use crate::entity::user;
use crate::extract::Json;
use crate::problem::Problem;
use crate::throttle::{self, Guesser};

/// Prove that it is still you.
///
/// For ten minutes this device may do what needs a recent proof, and would
/// otherwise answer 403 `reauthentication_needed`. A sign-in counts as one.
#[utoipa::path(
    post, path = "/sessions/reauthenticate", tag = "accounts",
    responses((status = NO_CONTENT, description = "Proven"), Problem),
)]
#[expect(clippy::disallowed_methods, reason = "sessions belong to no circle")]
pub async fn reauthenticate(
    app: App,
    caller: Caller,
    Json(proof): Json<Reauthentication>,
) -> Result<Done, Problem> {
    let before = require_user(app.reader(), caller.user_id()).await?;
    let session_id = caller.token().session_id;
    let guesser = Guesser::Session(session_id);
    let password = proof.password.expose();
    let mut matches = guess_own_password(&app, guesser, &before, password).await?;
    let mut shown = None;
    if matches && second_factor::is_on(app.reader(), before.id).await? {
        shown = judge_second(&app, &before, proof.code.as_deref()).await?;
        matches = shown.is_some();
    }

    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    if let Some(shown) = shown {
        matches = second_factor::spend(write.tx(), shown, write.now()).await?;
    }
    if !matches || user.password_hash != before.password_hash {
        write.note(EventKind::ReauthenticationRefused).await?;
        write.commit(Done).await?;
        let detail = "The password is not yours, or the code is not right.";
        return Err(Problem::field("/password", "wrong", detail));
    }
    throttle::forgive(write.tx(), guesser).await?;
    throttle::forgive(write.tx(), Guesser::SecondFactor(user.id)).await?;
    Entity::update_many()
        .set(ActiveModel {
            authenticated_at: Set(Some(write.now())),
            ..Default::default()
        })
        .filter(Column::Id.eq(session_id))
        .exec(write.tx())
        .await?;
    write.note(EventKind::Reauthenticated).await?;
    write.commit(Done).await
}

/// The second factor, counted and judged; without one it is not the same person.
async fn judge_second(
    app: &App,
    user: &user::Model,
    code: Option<&str>,
) -> Result<Option<second_factor::Shown>, Problem> {
    let Some(code) = code else {
        let detail = "Required, because the account has an authenticator app.";
        return Err(Problem::field("/code", "missing", detail));
    };
    let unit = app.begin_open_write().await?;
    throttle::count_second_factor(&unit, user.id).await?;
    unit.commit(Done).await?;
    second_factor::judge_code(app, user.id, code).await
}
