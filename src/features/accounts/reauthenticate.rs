//! Confirms the caller's identity again. Operations that a lost phone must not be able to do
//! require that this happened in the last ten minutes.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use super::passkeys::{PasskeyAssertion, check_proof};
use super::password::check_own_password;
use super::second_factor;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountWrite, AnyCaller, Caller};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::session::{ActiveModel, Column, Entity};
use crate::entity::user;
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::NoContent;
use crate::platform::text::{FactorCode, PresentedSecret};
use crate::problem::{FieldErrorCode, Problem};

/// What confirms your identity: your password, or a passkey.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "password": "correct horse battery staple" })))]
pub struct ReauthenticateRequest {
    /// Your password.
    #[serde(default)]
    #[garde(dive)]
    pub password: Option<PresentedSecret>,
    /// A code from the authenticator app, or a recovery code. Required with the password if
    /// the account has an authenticator app.
    #[serde(default)]
    #[garde(dive)]
    pub code: Option<FactorCode>,
    /// A challenge that a passkey has signed. Send it instead of password and code.
    #[serde(default)]
    #[garde(dive)]
    pub passkey: Option<PasskeyAssertion>,
}

/// Confirm your identity.
///
/// For the next ten minutes this session can use the operations that otherwise answer 403
/// `reauthentication_required`. A sign-in confirms your identity, too.
///
/// - 409 `passkeys_not_supported`: you sent a passkey, and this server does not support them
/// - 422 `incorrect`: the password, the code or the passkey is not right
/// - 422 `unknown_passkey_challenge`: the challenge was used, is older than five minutes, or belongs
///   to another session
/// - 429 `too_many_requests`: there were too many wrong passwords, or five codes in a
///   quarter of an hour; `Retry-After` says how long to wait
#[utoipa::path(
    post, path = "/me/reauthenticate", tag = "security",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = NO_CONTENT, description = "Your identity is confirmed"), Problem, TriedTooOften),
)]
pub async fn reauthenticate(
    app: App,
    AnyCaller(caller): AnyCaller,
    Json(proof): Json<ReauthenticateRequest>,
) -> Result<NoContent, Problem> {
    match proof {
        ReauthenticateRequest {
            password: Some(password),
            code,
            passkey: None,
        } => prove_by_password(&app, &caller, password.expose(), code.as_ref()).await,
        ReauthenticateRequest {
            password: None,
            code: None,
            passkey: Some(passkey),
        } => prove_by_passkey(&app, &caller, &passkey).await,
        _ => {
            let detail = "Send either `password`, with `code` if you have an authenticator app, \
                          or `passkey`.";
            Err(Problem::field(
                "/password",
                FieldErrorCode::ExactlyOneRequired,
                detail,
            ))
        }
    }
}

async fn prove_by_password(
    app: &App,
    caller: &Caller,
    password: &str,
    code: Option<&FactorCode>,
) -> Result<NoContent, Problem> {
    let (before, has_second_factor) = second_factor::user_and_factor(app, caller.user_id()).await?;
    let attempt_key = AttemptKey::Session(caller.token().session_id);
    let (mut matches, turn) = check_own_password(app, attempt_key, &before, password).await?;
    let mut shown = None;
    if matches && has_second_factor {
        shown = check_second_factor(app, &before, code).await?;
        matches = shown.is_some();
    }

    let write = app.begin_write(caller).await?;
    if let Some(shown) = shown {
        matches = second_factor::spend(write.tx(), before.id, shown, write.now()).await?;
    }
    // The account may have changed while the password was verified.
    let is_proven_in_part = shown.is_none() && write.has_second_factor();
    let has_changed = write.user().password_hash != before.password_hash;
    if !matches || is_proven_in_part || has_changed {
        let detail = "The password or the code is not right.";
        return refuse(
            write,
            Problem::field("/password", FieldErrorCode::Incorrect, detail),
        )
        .await;
    }
    let right = [attempt_key, AttemptKey::SecondFactor(before.id)];
    throttle::reset_attempts(write.transaction(), &right);
    let done = accept(write).await?;
    turn.was_right();
    Ok(done)
}

async fn prove_by_passkey(
    app: &App,
    caller: &Caller,
    proof: &PasskeyAssertion,
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
    account.update_all_later::<Entity>(write.transaction(), row, this);
    write.note(SecurityEventKind::Reauthenticated);
    write.commit(NoContent).await
}

async fn refuse(write: AccountWrite, problem: Problem) -> Result<NoContent, Problem> {
    write.note(SecurityEventKind::ReauthenticationRefused);
    write.commit_without_replay().await?;
    Err(problem)
}

/// Counts and judges the second factor of an account that has one. A missing code is refused.
async fn check_second_factor(
    app: &App,
    user: &user::Model,
    code: Option<&FactorCode>,
) -> Result<Option<second_factor::JudgedCode>, Problem> {
    let Some(code) = code else {
        let detail = "Send a code from your authenticator app, or a recovery code.";
        return Err(Problem::field("/code", FieldErrorCode::Required, detail));
    };
    let transaction = app.begin().await?;
    throttle::record_second_factor(&transaction, user.id).await?;
    transaction.commit(NoContent).await?;
    second_factor::judge_code(app, user.id, code).await
}
