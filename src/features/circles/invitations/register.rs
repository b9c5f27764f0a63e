//! `register_with_invitation`, and the same from the page behind the link: a person
//! without an account gets one and becomes a member. `accept.rs` is for people with an
//! account.

use axum::http::StatusCode;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accept::accept;
use super::preview::invitation_offer;
use super::store::{circle_of, open_invitation_of};
use super::used_links::{check_registered_before, refuse_declined};
use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::{NewUser, insert_user, mail_tokens, throttle};
use crate::entity::change::ActorKind;
use crate::entity::ids::UserId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership;
use crate::features::accounts::{SessionTokens, open_session, session_example};
use crate::features::circles::members::{Member, describe_member};
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::response::{NoContent, Resource, Secret};
use crate::platform::language::{LanguageTag, known_or_none};
use crate::platform::text::{DeviceLabel, NewPassword, PersonName};
use crate::platform::time::civil::{ZoneName, named_or_unknown};
use crate::problem::Problem;

/// A new account for the person who has the token of an invitation.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "name": "Ben Díaz",
    "password": "correct horse battery staple",
    "time_zone": "Europe/Berlin",
    "locale": "es"
})))]
pub struct RegisterWithInvitationRequest {
    /// The `token` in the link of the email.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    /// Your name, as the others in the circle see it.
    #[garde(dive)]
    pub name: PersonName,
    /// The password of your new account: 12 to 256 characters of any kind, or more than
    /// 12 if `GET /v1/server` says so.
    #[garde(dive)]
    pub password: NewPassword,
    /// The time zone of your emails and your agenda. Default: the circle's, for a device
    /// that does not know its own.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    /// The language of your emails and pages. Default: that of each circle. A language that this
    /// server does not have counts as none.
    #[serde(default, deserialize_with = "known_or_none")]
    #[garde(dive)]
    pub locale: Option<LanguageTag>,
    /// What this device is called in the list of your sessions.
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
}

/// A new account that is signed in and a member of its first circle. Both are null if you
/// registered before.
#[derive(Default, Serialize, ToSchema)]
#[schema(examples(json!({
    "session": session_example(),
    "member": {
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "version": 1,
        "account_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
        "name": "Ben Díaz",
        "email": "ben@example.org",
        "email_state": "works",
        "avatar_url": null,
        "access": "helper",
        "is_patient": false,
        "is_proxy": false,
        "relationship": "son",
        "released": null,
        "phone": null,
        "capacity": null,
        "contact_member_id": null,
        "state": "active",
        "topic_levels": { "daily": "read", "family": "none", "health": "none", "decisions": "none" },
        "topic_expiries": { "daily": null, "family": null, "health": null, "decisions": null },
        "actions": [],
        "created_at": "2027-01-02T12:00:00.000Z",
        "updated_at": "2027-01-02T12:00:00.000Z"
    }
})))]
pub struct InvitationOutcome {
    /// The tokens of your new session. Null if you registered before: sign in.
    pub session: Option<SessionTokens>,
    /// You as a member of the circle. Null if you registered before.
    pub member: Option<Member>,
}

/// Register with an invitation and join its circle.
///
/// Creates your account, signs you in and makes you a member. The token proves your email
/// address, so no further email is needed. If the address has an account, sign in and
/// accept the invitation instead. If you registered with the same token and password
/// before, the answer is 200 with `session` null, and no new session starts: sign in.
///
/// - 409 `account_exists`: the address has an account already
/// - 409 `invitation_declined`: you declined with this token; ask for a new invitation
/// - 409 `patient_exists`: you are invited as the patient, and the circle has one already
/// - 410 `no_longer_valid`: the token is unknown, used, expired or withdrawn
/// - 422 `password_too_weak`, `password_breached`: choose another password
/// - 429 `too_many_requests`: too many attempts from this address; wait as `Retry-After`
///   says
#[utoipa::path(
    post, path = "/invitations/register", tag = "invitations", security(()),
    responses(
        (status = CREATED, description = "You are signed in and a member", body = InvitationOutcome),
        (status = OK, description = "You registered before: sign in", body = InvitationOutcome),
        Problem, TriedTooOften,
    ),
)]
pub async fn register_with_invitation(
    app: App,
    request: AnonymousRequest,
    Json(new): Json<RegisterWithInvitationRequest>,
) -> Result<Secret<InvitationOutcome>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    match register_once(&app, &request, &new).await {
        Err(Problem::Gone) => {
            refuse_declined(&app, &new.token).await?;
            check_registered_before(&app, &request.0, &new).await?;
            Ok(Secret(StatusCode::OK, InvitationOutcome::default()))
        }
        done => Ok(Secret(StatusCode::CREATED, done?)),
    }
}

async fn register_once(
    app: &App,
    request: &AnonymousRequest,
    new: &RegisterWithInvitationRequest,
) -> Result<InvitationOutcome, Problem> {
    let label = new.device_label.as_ref().map(DeviceLabel::as_str);
    let new_person = NewPerson {
        name: &new.name,
        password: &new.password,
        time_zone: new.time_zone.as_ref(),
        locale: new.locale.as_ref(),
    };
    let (write, member, user_id) =
        create_account_and_join(app, request, &new.token, new_person).await?;
    let session = open_session(app, write.transaction(), user_id, label).await?;
    let member = describe_member(write.tx(), write.scope(), member).await?;
    let done = write.commit(Resource::new(member)).await?;
    Ok(InvitationOutcome {
        session: Some(session),
        member: Some(done.body),
    })
}

/// What a person without an account sends about themselves.
pub struct NewPerson<'a> {
    pub name: &'a PersonName,
    pub password: &'a NewPassword,
    /// Default: the circle's zone.
    pub time_zone: Option<&'a ZoneName>,
    /// Default: the language of each circle.
    pub locale: Option<&'a LanguageTag>,
}

/// Creates the account and the membership; the caller commits.
async fn create_account_and_join(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    new: NewPerson<'_>,
) -> Result<(CircleWrite, membership::Model, UserId), Problem> {
    let now = app.clock().now();
    let early = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let offered = invitation_offer(app, token).await?;
    let known = vec![
        offered.email,
        offered.circle_alias,
        new.name.as_str().to_owned(),
    ];
    app.passwords()
        .check_new("/password", new.password, known)
        .await?;
    let password_hash = app.passwords().hash(new.password.expose()).await?;

    let request = Some(request.0.clone());
    let write =
        CircleWrite::begin_as_system(app, circle_of(&early)?, ActorKind::EmailLink, request)
            .await?;
    let now = write.now();
    let token = mail_tokens::require(write.tx(), MailTokenKind::Invitation, token, now).await?;
    let invitation = open_invitation_of(&write, &token).await?;
    let time_zone = match new.time_zone {
        Some(zone) => zone.as_str().to_owned(),
        None => write.circle().await?.time_zone,
    };
    let new = NewUser {
        email: invitation.email,
        name: new.name.as_str().to_owned(),
        password_hash,
        time_zone,
        locale: new.locale.cloned().map(Into::into),
    };
    let user = insert_user(write.transaction(), new).await?;
    let (write, member) = accept(write, token, &user).await?;
    Ok((write, member, user.id))
}

/// Creates an account from the page behind the link, and joins the circle.
pub async fn register_by_link(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    new: NewPerson<'_>,
) -> Result<(), Problem> {
    let (write, _, _) = create_account_and_join(app, request, token, new).await?;
    write.commit(NoContent).await?;
    Ok(())
}
