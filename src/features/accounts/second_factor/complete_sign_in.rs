//! Completes a sign-in with the second factor.

use axum::http::StatusCode;
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::code::{JudgedCode, judge_code, spend};
use super::ticket::{find_open, use_up};
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{Event, note_event};
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::sign_in_attempt::Attempt;
use crate::features::accounts::sign_in_facts::SignInFacts;
use crate::features::accounts::types::SessionTokens;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{NoContent, Secret};
use crate::platform::db::{LockedRow, Transaction};
use crate::platform::text::{FactorCode, PresentedSecret};
use crate::problem::Problem;

/// The ticket of the sign-in, and a code.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "ticket": "q0TqkB9mX3v5…", "code": "042137" })))]
pub struct CompleteSignInRequest {
    /// The `ticket` in `second_factor` of the first answer.
    #[garde(dive)]
    pub ticket: PresentedSecret,
    #[garde(dive)]
    pub code: FactorCode,
}

/// Complete your sign-in with the second factor.
///
/// Takes the ticket in `second_factor` of the first answer, and a code from the authenticator
/// app or a recovery code. Opens a session and answers with its tokens. You get an email if
/// you used a recovery code, if the device is new, or if five or more tries failed before.
///
/// - 401 `wrong_credentials`: the code is not right, or was used before
/// - 410 `no_longer_valid`: the ticket was used, or is older than five minutes; sign in again
/// - 429 `too_many_requests`: five codes were tried in the last quarter of an hour, or there
///   were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/sessions/second-factor", tag = "sign in", security(()),
    responses(
        (status = CREATED, description = "Signed in", body = SessionTokens),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn complete_sign_in(
    app: App,
    request: AnonymousRequest,
    Json(factor): Json<CompleteSignInRequest>,
) -> Result<Secret<SessionTokens>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let transaction = app.begin().await?;
    let ticket = find_open(&transaction, factor.ticket.expose()).await?;
    throttle::record_second_factor(&transaction, ticket.user_id).await?;
    transaction.commit(NoContent).await?;
    let shown = judge_code(&app, ticket.user_id, &factor.code).await?;

    let user_id = ticket.user_id;
    let locked = LockedRow::Account(user_id);
    let transaction = Transaction::begin_locked(&app, locked).await?;
    let (tx, now) = (transaction.tx(), transaction.now());
    let account = SignInFacts::read(&app, tx, user_id, now).await?;
    let ticket = find_open(&transaction, factor.ticket.expose()).await?;
    let accepted = match shown.filter(|_| account.user.state.lets_in()) {
        Some(shown) => spend(tx, user_id, shown, now).await?,
        None => false,
    };
    if !accepted {
        let event = Event::of(SecurityEventKind::SecondFactorRefused, user_id, &request.0);
        note_event(&transaction, event);
        transaction.commit(NoContent).await?;
        let detail = "This code is not right, or was used before.";
        return Err(Problem::WrongCredentials(detail));
    }
    use_up(&transaction, &ticket);
    throttle::reset_attempts(&transaction, &[AttemptKey::SecondFactor(user_id)]);
    if matches!(shown, Some(JudgedCode::Recovery(_))) {
        let event = Event::of(SecurityEventKind::RecoveryCodeUsed, user_id, &request.0);
        let event = note_event(&transaction, event);
        mail_event(&transaction, event).await?;
    }
    let attempt = Attempt::noted_before(ticket.security_event_id, ticket.failures);
    let label = ticket.device_label.as_deref();
    let device = ticket.known_device_id;
    let tokens = attempt
        .succeed(&app, &transaction, &account, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(Secret(StatusCode::CREATED, tokens))
}
