//! Signs in with the second factor.

use axum::http::StatusCode;
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::code::{JudgedCode, judge_code, spend};
use super::ticket::{find_open, use_up};
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{Event, lock_user, note_event};
use crate::entity::account_event::EventKind;
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::sign_in_attempt::Attempt;
use crate::features::accounts::types::Tokens;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{NoContent, Secret};
use crate::platform::text::{FactorCode, PresentedSecret};
use crate::problem::Problem;

/// The ticket of the first factor, and the second.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "ticket": "q0TqkB9mX3v5…", "code": "042137" })))]
pub struct SecondFactor {
    #[garde(dive)]
    pub ticket: PresentedSecret,
    #[garde(dive)]
    pub code: FactorCode,
}

/// Sign in with the second factor.
///
/// Takes the ticket that the first factor was answered with, and a code of the
/// authenticator app or a recovery code. Five wrong codes in a quarter of an
/// hour, then the answer is 429.
#[utoipa::path(
    post, path = "/sessions/second-factor", tag = "accounts", security(()),
    responses(
        (status = CREATED, description = "Signed in", body = Tokens),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn complete_sign_in(
    app: App,
    request: AnonymousRequest,
    Json(factor): Json<SecondFactor>,
) -> Result<Secret<Tokens>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let transaction = app.begin().await?;
    let ticket = find_open(&transaction, factor.ticket.expose()).await?;
    throttle::record_second_factor(&transaction, ticket.user_id).await?;
    transaction.commit(NoContent).await?;
    let shown = judge_code(&app, ticket.user_id, &factor.code).await?;

    let transaction = app.begin().await?;
    let now = transaction.now();
    let user = lock_user(transaction.tx(), ticket.user_id).await?;
    let ticket = find_open(&transaction, factor.ticket.expose()).await?;
    let accepted = match shown.filter(|_| user.state.lets_in()) {
        Some(shown) => spend(transaction.tx(), user.id, shown, now).await?,
        None => false,
    };
    if !accepted {
        let event = Event::of(EventKind::SecondFactorRefused, user.id, &request.0);
        note_event(&transaction, event).await?;
        transaction.commit(NoContent).await?;
        let detail = "This code is not right, or was used before.";
        return Err(Problem::WrongCredentials(detail));
    }
    use_up(&transaction, &ticket).await?;
    throttle::reset_attempts(transaction.tx(), AttemptKey::SecondFactor(user.id)).await?;
    if matches!(shown, Some(JudgedCode::Recovery(_))) {
        let event = Event::of(EventKind::RecoveryCodeUsed, user.id, &request.0);
        let event = note_event(&transaction, event).await?;
        mail_event(&transaction, event).await?;
    }
    let attempt = Attempt {
        event: ticket.account_event_id,
        failures: ticket.failures,
    };
    let label = ticket.device_label.as_deref();
    let device = ticket.known_device_id;
    let tokens = attempt
        .succeed(&app, &transaction, &user, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(Secret(StatusCode::CREATED, tokens))
}
