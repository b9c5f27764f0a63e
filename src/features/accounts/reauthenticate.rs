//! Proves again who holds a signed-in device: what a lost phone must not be able to do
//! asks for a proof of the last ten minutes.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use super::passkeys::{PasskeyProof, check_proof};
use super::password::check_own_password;
use super::second_factor;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountWrite, AnyCaller, Caller, require_user};
use crate::entity::account_event::EventKind;
use crate::entity::session::{ActiveModel, Column, Entity};
use crate::entity::user;
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::NoContent;
use crate::platform::text::{FactorCode, PresentedSecret};
use crate::problem::Problem;

/// Proof that it is still the same person: a password, or a passkey.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "password": "correct horse battery staple" })))]
pub struct Reauthentication {
    #[serde(default)]
    #[garde(dive)]
    pub password: Option<PresentedSecret>,
    /// Of the authenticator app, or a recovery code; required with the password
    /// where there is an app.
    #[serde(default)]
    #[garde(dive)]
    pub code: Option<FactorCode>,
    /// Instead of the password; takes no code.
    #[serde(default)]
    #[garde(dive)]
    pub passkey: Option<PasskeyProof>,
}

/// Prove that it is still you.
///
/// For ten minutes this device may do what needs a recent proof, and would
/// otherwise answer 403 `reauthentication_needed`. A sign-in counts as one.
/// What is wrong is 422, and counted like a sign-in (429).
#[utoipa::path(
    post, path = "/sessions/reauthenticate", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = NO_CONTENT, description = "Proven"), Problem, TriedTooOften),
)]
pub async fn reauthenticate(
    app: App,
    AnyCaller(caller): AnyCaller,
    Json(proof): Json<Reauthentication>,
) -> Result<NoContent, Problem> {
    match proof {
        Reauthentication {
            password: Some(password),
            code,
            passkey: None,
        } => prove_by_password(&app, &caller, password.expose(), code.as_ref()).await,
        Reauthentication {
            password: None,
            code: None,
            passkey: Some(passkey),
        } => prove_by_passkey(&app, &caller, &passkey).await,
        _ => {
            let detail = "Send a password, with a code where there is an app, or a passkey.";
            Err(Problem::field("/password", "one_of", detail))
        }
    }
}

async fn prove_by_password(
    app: &App,
    caller: &Caller,
    password: &str,
    code: Option<&FactorCode>,
) -> Result<NoContent, Problem> {
    let before = require_user(app.reader(), caller.user_id()).await?;
    let attempt_key = AttemptKey::Session(caller.token().session_id);
    let (mut matches, turn) = check_own_password(app, attempt_key, &before, password).await?;
    let mut shown = None;
    if matches && second_factor::is_on(app.reader(), before.id).await? {
        shown = check_second_factor(app, &before, code).await?;
        matches = shown.is_some();
    }

    let write = app.begin_write(caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    if let Some(shown) = shown {
        matches = second_factor::spend(write.tx(), user.id, shown, write.now()).await?;
    }
    if !matches || user.password_hash != before.password_hash {
        let detail = "The password is not yours, or the code is not right.";
        return refuse(write, Problem::field("/password", "wrong", detail)).await;
    }
    throttle::reset_attempts(write.tx(), attempt_key).await?;
    throttle::reset_attempts(write.tx(), AttemptKey::SecondFactor(user.id)).await?;
    let done = accept(write).await?;
    turn.was_right();
    Ok(done)
}

async fn prove_by_passkey(
    app: &App,
    caller: &Caller,
    proof: &PasskeyProof,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(caller).await?;
    match check_proof(app, &write, proof).await? {
        Ok(()) => accept(write).await,
        Err(problem) => refuse(write, problem).await,
    }
}

async fn accept(write: AccountWrite) -> Result<NoContent, Problem> {
    let row = ActiveModel {
        authenticated_at: Set(Some(write.now())),
        ..Default::default()
    };
    let this = Column::Id.eq(write.session_id());
    let account = write.account();
    account.update_all::<Entity>(write.tx(), row, this).await?;
    write.note(EventKind::Reauthenticated).await?;
    write.commit(NoContent).await
}

async fn refuse(write: AccountWrite, problem: Problem) -> Result<NoContent, Problem> {
    write.note(EventKind::ReauthenticationRefused).await?;
    write.commit_without_replay().await?;
    Err(problem)
}

/// The second factor, counted and judged; without one it is not the same person.
async fn check_second_factor(
    app: &App,
    user: &user::Model,
    code: Option<&FactorCode>,
) -> Result<Option<second_factor::JudgedCode>, Problem> {
    let Some(code) = code else {
        let detail = "Required, because the account has an authenticator app.";
        return Err(Problem::field("/code", "missing", detail));
    };
    let transaction = app.begin().await?;
    throttle::record_second_factor(&transaction, user.id).await?;
    transaction.commit(NoContent).await?;
    second_factor::judge_code(app, user.id, code).await
}
