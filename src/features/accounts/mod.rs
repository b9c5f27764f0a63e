//! People's accounts: registering, signing in, one's own profile.
//!
//! No answer tells whether an address is known: a registration is a row of its
//! own, and the mail says what is the case.

mod change;
mod devices;
mod email_change;
mod events;
mod factor_change;
mod known_devices;
mod mail;
mod passkeys;
mod personal_tokens;
mod profile;
mod reauthentication;
mod registration;
mod reset;
mod second_factor;
mod session;
mod sign_in;
mod sign_in_code;
mod types;

use axum::http::StatusCode;

pub use change::*;
pub use devices::*;
pub use email_change::*;
pub use events::*;
pub use mail::{
    MailEmailChange, MailEmailChanged, MailPasswordReset, MailSignInCode, MailVerification,
};
pub use passkeys::*;
pub use personal_tokens::*;
pub use profile::*;
pub use reauthentication::*;
pub use registration::{
    Confirmed, Verification, describe_verification, is_verified_by_link, verify_by_link,
};
pub use reset::*;
pub use second_factor::*;
pub use session::{IDLE, end_sessions_of, long_used, open_session};
pub use sign_in_code::*;
pub use types::*;

use self::sign_in::SignIn;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::auth::throttle;
use crate::entity::account_event::EventKind;
use crate::http::extract::{Asked, Json, Path};
use crate::http::openapi::{Fact, SignupsClosed, TriedTooOften, WrongCredentials};
use crate::http::response::{Done, Report, Secret};
use crate::problem::Problem;

/// Register with an e-mail address.
///
/// The answer is the same whether the address is known or not. A mail follows
/// with a link and a six-digit code. Confirming the code here signs this app
/// in; the link only proves the address. 403 `signups_closed` where people come
/// by invitation only; 429 for an address to which many mails went unproven.
#[utoipa::path(
    post, path = "/registrations", tag = "accounts", security(()),
    responses(
        (status = ACCEPTED, description = "A mail is on its way", body = Registration),
        Problem, SignupsClosed, TriedTooOften,
    ),
)]
pub async fn register(
    app: App,
    request: Asked,
    Json(new): Json<NewRegistration>,
) -> Result<(StatusCode, Report<Registration>), Problem> {
    throttle::check_client(&app, &request.0).await?;
    if !app.signups_allowed() {
        return Err(Problem::SignupsClosed);
    }
    let registration = registration::register(&app, new).await?;
    Ok((StatusCode::ACCEPTED, Report(registration)))
}

/// Confirm a registration by the mail's code, and sign in.
///
/// Five tries and 15 minutes a code. After the last try, or when the code is
/// too old, the answer is 410: ask for a new one. The same code again answers 200 and signs
/// nobody in.
#[utoipa::path(
    post, path = "/registrations/{registration_id}/confirm", tag = "accounts", security(()),
    params(RegistrationPath),
    responses(
        (status = CREATED, description = "The account exists and this app is signed in", body = Tokens),
        (status = OK, description = "It was confirmed before; sign in", body = AlreadyIn),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn confirm_registration(
    app: App,
    request: Asked,
    Path(path): Path<RegistrationPath>,
    Json(confirmation): Json<Confirmation>,
) -> Result<Confirmed, Problem> {
    throttle::check_client(&app, &request.0).await?;
    registration::confirm(&app, path.registration_id, confirmation).await
}

/// Ask for a new code.
///
/// The codes before it are void. Five codes a registration. After those 409
/// `too_many_codes`.
#[utoipa::path(
    post, path = "/registrations/{registration_id}/resend", tag = "accounts", security(()),
    params(RegistrationPath),
    responses(
        (status = ACCEPTED, description = "A mail is on its way", body = Registration),
        Problem, TriedTooOften,
    ),
)]
pub async fn resend_registration(
    app: App,
    request: Asked,
    Path(path): Path<RegistrationPath>,
) -> Result<(StatusCode, Report<Registration>), Problem> {
    throttle::check_client(&app, &request.0).await?;
    let registration = registration::resend(&app, path.registration_id).await?;
    Ok((StatusCode::ACCEPTED, Report(registration)))
}

/// Sign in with address and password.
///
/// Opens a session for this device. The access token is good for ten minutes;
/// the refresh token renews it, once. The device token comes with the first
/// sign-in of a device only: send it with the next ones, and no stranger who
/// guesses can make this device wait.
///
/// An account with a second factor answers 202 with a ticket: send that with a
/// code to `POST /v1/sessions/second-factor`. After five wrong passwords each
/// further try waits, a second to a quarter of an hour; after a hundred, until
/// the password is replaced by mail, or 30 days: 429 with `Retry-After`.
#[utoipa::path(
    post, path = "/sessions", tag = "accounts", security(()),
    responses(
        (status = CREATED, description = "Signed in", body = Tokens),
        (status = ACCEPTED, description = "The second factor is missing", body = SecondFactorNeeded),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn sign_in(
    app: App,
    request: Asked,
    Json(credentials): Json<Credentials>,
) -> Result<SignIn, Problem> {
    throttle::check_client(&app, &request.0).await?;
    sign_in::sign_in(&app, &request.0, credentials).await
}

/// Renew the access token.
///
/// A refresh token is good for one use and is replaced by the one in the
/// answer. If that answer was lost, the old token may be used again as long as
/// nothing of the lost answer was used; any other second use ends the session,
/// and so does any use of what was in an answer that counts as lost. The owner is
/// told of that by mail.
///
/// Refresh in one place at a time, and share the new tokens: two tabs or processes
/// that refresh on their own with the same token end the session for both.
#[utoipa::path(
    post, path = "/sessions/refresh", tag = "accounts", security(()),
    responses((status = OK, description = "New tokens", body = Tokens), Problem, WrongCredentials),
)]
pub async fn refresh_session(
    app: App,
    request: Asked,
    Json(refresh): Json<Refresh>,
) -> Result<Secret<Tokens>, Problem> {
    let tokens = session::refresh(&app, &request.0, refresh.refresh_token.expose()).await?;
    Ok(Secret(StatusCode::OK, tokens))
}

/// Sign out.
///
/// Ends this session at once: its access token stops working too.
#[utoipa::path(
    post, path = "/sessions/sign-out", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn sign_out(app: App, AnyCaller(caller): AnyCaller) -> Result<Done, Problem> {
    let write = app.begin_account_write(&caller).await?;
    session::end(
        write.tx(),
        write.user_id(),
        caller.token().session_id,
        write.now(),
    )
    .await?;
    write.note(EventKind::SignedOut).await?;
    write.commit(Done).await
}
