//! Between the two factors: a ticket, good for five minutes, once, for the
//! account whose first factor was right.

use axum::http::StatusCode;
use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};

use super::code::{Shown, judge_code, spend};
use super::types::{SecondFactor, SecondFactorNeeded};
use crate::app::App;
use crate::auth::lock_user;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{Account, Event, lookup, note_event};
use crate::entity::account_event::EventKind;
use crate::entity::ids::{KnownDeviceId, UserId};
use crate::entity::sign_in_ticket::{ActiveModel, Column, Entity, Model};
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::sign_in::Attempt;
use crate::features::accounts::types::Tokens;
use crate::http::extract::{Asked, Json};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{Done, Secret};
use crate::platform::crypto::keys::{random_token, sha256};
use crate::platform::db::Transaction;
use crate::problem::Problem;

const LIFE: TimeDelta = TimeDelta::minutes(5);

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
    request: Asked,
    Json(factor): Json<SecondFactor>,
) -> Result<Secret<Tokens>, Problem> {
    throttle::check_client(&app, &request.0).await?;
    let unit = app.begin().await?;
    let ticket = find_open(&unit, factor.ticket.expose()).await?;
    throttle::record_second_factor(&unit, ticket.user_id).await?;
    unit.commit(Done).await?;
    let shown = judge_code(&app, ticket.user_id, &factor.code).await?;

    let unit = app.begin().await?;
    let now = unit.now();
    let user = lock_user(unit.tx(), ticket.user_id).await?;
    let ticket = find_open(&unit, factor.ticket.expose()).await?;
    let accepted = match shown.filter(|_| user.state.lets_in()) {
        Some(shown) => spend(unit.tx(), user.id, shown, now).await?,
        None => false,
    };
    if !accepted {
        let event = Event::of(EventKind::SecondFactorRefused, user.id, &request.0);
        note_event(&unit, event).await?;
        unit.commit(Done).await?;
        let detail = "This code is not right, or was used before.";
        return Err(Problem::WrongCredentials(detail));
    }
    use_up(&unit, &ticket).await?;
    throttle::reset_attempts(unit.tx(), AttemptKey::SecondFactor(user.id)).await?;
    if matches!(shown, Some(Shown::Recovery(_))) {
        let event = Event::of(EventKind::RecoveryCodeUsed, user.id, &request.0);
        let event = note_event(&unit, event).await?;
        mail_event(&unit, event).await?;
    }
    let attempt = Attempt {
        event: ticket.account_event_id,
        failures: ticket.failures,
    };
    let label = ticket.device_label.as_deref();
    let device = ticket.known_device_id;
    let tokens = attempt.succeed(&app, &unit, &user, device, label).await?;
    unit.commit(Done).await?;
    Ok(Secret(StatusCode::CREATED, tokens))
}

/// Gives a ticket for a first factor that was right.
pub(in crate::features::accounts) async fn ask(
    unit: &Transaction,
    attempt: &Attempt,
    user_id: UserId,
    device: Option<KnownDeviceId>,
    device_label: Option<&str>,
) -> Result<SecondFactorNeeded, Problem> {
    let ticket = random_token()?;
    let expires_at = unit.now() + LIFE;
    let row = ActiveModel {
        id: Set(unit.new_id()),
        user_id: Set(user_id),
        token_hash: Set(sha256(ticket.as_bytes())),
        known_device_id: Set(device),
        device_label: Set(device_label.map(str::to_owned)),
        account_event_id: Set(attempt.event),
        failures: Set(attempt.failures),
        created_at: Set(unit.now()),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    let account = Account::of(user_id);
    account.insert_all::<Entity>(unit.tx(), [row]).await?;
    Ok(SecondFactorNeeded { ticket, expires_at })
}

async fn find_open(unit: &Transaction, ticket: &str) -> Result<Model, Problem> {
    lookup::by_hash::<Entity>(ticket)
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(unit.now()))
        .one(unit.tx())
        .await?
        .ok_or(Problem::Gone)
}

async fn use_up(unit: &Transaction, ticket: &Model) -> Result<(), Problem> {
    let row = ActiveModel {
        used_at: Set(Some(unit.now())),
        ..Default::default()
    };
    Account::of(ticket.user_id)
        .update_all::<Entity>(unit.tx(), row, Column::Id.eq(ticket.id))
        .await?;
    Ok(())
}
