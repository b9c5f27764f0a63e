//! Replaces the code of a registration and mails the new code.

use axum::http::StatusCode;
use sea_orm::{ActiveValue::Set, IntoActiveModel, TryIntoModel};

use super::store::{CODE_LIFE, TRIES, lock_waiting, mail_code};
use super::types::{Registration, RegistrationPath};
use crate::access::limits;
use crate::app::App;
use crate::auth::lookup;
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::ids::RegistrationId;
use crate::entity::registration;
use crate::http::extract::{AnonymousRequest, Path};
use crate::http::openapi::TriedTooOften;
use crate::http::response::Body;
use crate::platform::crypto::keys::sha256;
use crate::problem::{Conflict, Problem, ProblemCode};

const CODES: i32 = 5;

/// Send the registration code again.
///
/// An email follows with a new code. Earlier codes no longer work; the link still does.
///
/// - 404 `not_found`: there is no such registration
/// - 409 `limit_reached`: this registration has had five codes; register again
/// - 410 `no_longer_valid`: the registration was confirmed, or is older than 24 hours
/// - 429 `too_many_requests`: many emails to this address were not confirmed, or there were
///   too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/registrations/{registration_id}/resend", tag = "sign in", security(()),
    params(RegistrationPath),
    responses(
        (status = ACCEPTED, description = "An email is on its way", body = Registration),
        Problem, TriedTooOften,
    ),
)]
pub async fn resend_registration_code(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<RegistrationPath>,
) -> Result<(StatusCode, Body<Registration>), Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let registration = send_new_code(&app, path.registration_id).await?;
    Ok((StatusCode::ACCEPTED, Body(registration)))
}

async fn send_new_code(app: &App, id: RegistrationId) -> Result<Registration, Problem> {
    let transaction = app.begin().await?;
    let registration = lock_waiting(&transaction, id).await?;
    if registration.code_number == CODES {
        return Err(Conflict {
            limit: Some(limits::REGISTRATION_CODES),
            ..Conflict::of(
                ProblemCode::LimitReached,
                "This registration has had five codes. Register again.",
            )
        }
        .into());
    }
    throttle::record_attempt(&transaction, AttemptKey::Unproven(&registration.email)).await?;
    let number = registration.code_number + 1;
    let now = transaction.now();
    let mut row = registration.into_active_model();
    row.code_number = Set(number);
    row.code_hash = Set(sha256(app.keys().code(id, number).as_bytes()));
    row.tries_left = Set(TRIES);
    row.code_expires_at = Set(now + CODE_LIFE);
    let registration = row.clone().try_into_model()?;
    lookup::update_later::<registration::Entity>(&transaction, id, row);
    mail_code(transaction, &registration).await
}
