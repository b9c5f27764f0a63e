//! Accepting an invitation: by an account of its address, or by making one.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::again::{accepted_before, offered_before, registered_before};
use super::describing::describe_member;
use super::invitation_types::{InvitationOffer, InvitationToken, InvitedRegistration, Welcome};
use super::invitations::has_patient;
use super::joining::{NewMember, add_member};
use super::types::Member;
use crate::access::change_log::Change;
use crate::access::{CircleGlance, CircleWrite};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::mail_tokens;
use crate::auth::throttle;
use crate::auth::{NewUser, find_user_by_email, insert_user, lock_user_of, require_user};
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, InvitationId, UserId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::user::UserState;
use crate::entity::{membership, user};
use crate::features::accounts::{AlreadyIn, Tokens, open_session};
use crate::http::extract::{Asked, Json};
use crate::http::openapi::{LinkGone, TriedTooOften};
use crate::http::response::{Body, Resource, Secret};
use crate::platform::text::{DeviceLabel, NewPassword, PersonName};
use crate::platform::time::civil::ZoneName;
use crate::problem::{Conflict, Problem};

/// Look at an invitation.
///
/// The token of the mail shows what it offers. Nothing changes. If the token
/// has let somebody in who is still there, `already_in` says so.
#[utoipa::path(
    post, path = "/invitations/describe", tag = "invitations", security(()),
    responses((status = OK, description = "What it offers", body = InvitationOffer), Problem),
)]
pub async fn describe_invitation(
    app: App,
    Json(InvitationToken { token }): Json<InvitationToken>,
) -> Result<Body<InvitationOffer>, Problem> {
    match offer(&app, &token).await {
        Err(Problem::Gone) => offered_before(&app, &token).await.map(Body),
        offer => offer.map(Body),
    }
}

/// Accept an invitation with one's account.
///
/// The account must be the one of the address that was invited. 409
/// `other_address`, `already_member`, `suspended` or `has_patient`. Who has accepted
/// with this token before gets their membership again.
#[utoipa::path(
    post, path = "/invitations/accept", tag = "invitations",
    responses((status = OK, description = "The new membership", body = Member), Problem, LinkGone),
)]
pub async fn accept_invitation(
    app: App,
    caller: Caller,
    Json(InvitationToken { token }): Json<InvitationToken>,
) -> Result<Resource<Member>, Problem> {
    match accept_once(&app, &caller, &token).await {
        Err(Problem::Gone) => accepted_before(&app, &caller, &token).await,
        done => done,
    }
}

async fn accept_once(app: &App, caller: &Caller, token: &str) -> Result<Resource<Member>, Problem> {
    let account = app.begin_account_write(caller).await?;
    let user = require_user(account.tx(), caller.user_id()).await?;
    let now = account.now();
    let token = mail_tokens::require(account.tx(), MailTokenKind::Invitation, token, now).await?;
    let write = CircleWrite::join(account, circle_of(&token)?).await?;
    let (write, member) = accept(write, token, &user).await?;
    let member = describe_member(write.tx(), write.scope(), member).await?;
    write.commit(Resource::new(member)).await
}

/// Make an account from an invitation, sign in and join.
///
/// The token proves the address: no other mail is needed. An address that has
/// an account signs in with it and accepts. The same token and password again answer 200 and
/// sign nobody in.
#[utoipa::path(
    post, path = "/invitations/register", tag = "invitations", security(()),
    responses(
        (status = CREATED, description = "Signed in and in the circle", body = Welcome),
        (status = OK, description = "In by this token before; sign in", body = AlreadyIn),
        Problem, TriedTooOften,
    ),
)]
pub async fn register_with_invitation(
    app: App,
    request: Asked,
    Json(new): Json<InvitedRegistration>,
) -> Result<Registered, Problem> {
    throttle::check_client(&app, &request.0).await?;
    match register_once(&app, &request, &new).await {
        Err(Problem::Gone) => registered_before(&app, &request.0, &new)
            .await
            .map(Registered::Before),
        done => done.map(|welcome| Registered::Now(Box::new(welcome))),
    }
}

/// How somebody registered with an invitation.
pub enum Registered {
    Now(Box<Welcome>),
    Before(AlreadyIn),
}

impl IntoResponse for Registered {
    fn into_response(self) -> Response {
        match self {
            Self::Now(welcome) => Secret(StatusCode::CREATED, welcome).into_response(),
            Self::Before(already) => Body(already).into_response(),
        }
    }
}

async fn register_once(
    app: &App,
    request: &Asked,
    new: &InvitedRegistration,
) -> Result<Welcome, Problem> {
    let label = new.device_label.as_ref().map(DeviceLabel::as_str);
    let new_person = NewPerson {
        name: &new.name,
        password: &new.password,
        time_zone: new.time_zone.as_ref(),
    };
    let (write, member, user_id) = join_anew(app, request, &new.token, new_person).await?;
    let tokens: Tokens = open_session(app, write.transaction(), user_id, label).await?;
    let member = describe_member(write.tx(), write.scope(), member).await?;
    let done = write.commit(Resource::new(member)).await?;
    Ok(Welcome {
        tokens,
        member: done.body,
    })
}

/// What whoever has no account yet says of themselves.
pub struct NewPerson<'a> {
    pub name: &'a PersonName,
    pub password: &'a NewPassword,
    /// Default: the circle's.
    pub time_zone: Option<&'a ZoneName>,
}

/// Makes the account and the membership; the caller commits.
async fn join_anew(
    app: &App,
    request: &Asked,
    token: &str,
    new: NewPerson<'_>,
) -> Result<(CircleWrite, membership::Model, UserId), Problem> {
    let now = app.clock().now();
    let early = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let offered = offer(app, token).await?;
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
    let write = app
        .begin_circle_write(circle_of(&early)?, ActorKind::Mail, request)
        .await?;
    let now = write.now();
    let token = mail_tokens::require(write.tx(), MailTokenKind::Invitation, token, now).await?;
    let invitation = invitation_of(&write, &token).await?;
    let time_zone = match new.time_zone {
        Some(zone) => zone.as_str().to_owned(),
        None => write.circle().await?.time_zone,
    };
    let new = NewUser {
        email: invitation.email,
        name: new.name.as_str().to_owned(),
        password_hash,
        time_zone,
    };
    let user = insert_user(write.transaction(), new).await?;
    let (write, member) = accept(write, token, &user).await?;
    Ok((write, member, user.id))
}

/// Accepts from the page of the mailed link, for an address that has an
/// account: the link proves the address, and nobody is signed in by it.
pub async fn accept_by_link(app: &App, request: &Asked, token: &str) -> Result<(), Problem> {
    let invited = offer(app, token).await?.email;
    let transaction = app.begin().await?;
    // The account is locked before the circle, as everywhere: its owner may be asking for
    // it to be erased at this moment.
    let user = lock_user_of(transaction.tx(), &invited)
        .await?
        .filter(|user| user.state == UserState::Active)
        .ok_or(Problem::Gone)?;
    let now = transaction.now();
    let token =
        mail_tokens::require(transaction.tx(), MailTokenKind::Invitation, token, now).await?;
    let request = Some(request.0.clone());
    let write =
        CircleWrite::join_transaction(transaction, circle_of(&token)?, ActorKind::Mail, request)
            .await?;
    let (write, _) = accept(write, token, &user).await?;
    write.commit(crate::http::response::NoContent).await?;
    Ok(())
}

/// Makes an account from the page of the mailed link, and joins.
pub async fn register_by_link(
    app: &App,
    request: &Asked,
    token: &str,
    new: NewPerson<'_>,
) -> Result<(), Problem> {
    let (write, _, _) = join_anew(app, request, token, new).await?;
    write.commit(crate::http::response::NoContent).await?;
    Ok(())
}

/// What an invitation offers.
pub async fn offer(app: &App, token: &str) -> Result<InvitationOffer, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let glance = CircleGlance::at(app, circle_of(&token)?).await?;
    let invitation = glance
        .find_one::<invitation::Entity>(InvitationId(token.subject_id))
        .await?;
    let invitation = while_open(invitation, now)?;
    describe_offer(app, &glance, invitation, false).await
}

/// What an invitation says to the person who holds its token.
pub(super) async fn describe_offer(
    app: &App,
    glance: &CircleGlance<'_>,
    invitation: invitation::Model,
    already_in: bool,
) -> Result<InvitationOffer, Problem> {
    let inviter = match invitation.created_by {
        Some(id) => glance.find_one::<membership::Entity>(id).await?,
        None => None,
    };
    let account = find_user_by_email(app.reader(), &invitation.email).await?;
    Ok(InvitationOffer {
        circle_alias: glance.circle().alias.clone(),
        invited_by: inviter.map(|member| member.name).unwrap_or_default(),
        email: invitation.email,
        access: invitation.access,
        as_patient: invitation.as_patient,
        note: invitation.note,
        has_account: account.is_some(),
        expires_at: invitation.expires_at,
        already_in,
    })
}

/// Uses the token up and makes its holder a member.
async fn accept(
    mut write: CircleWrite,
    token: mail_token::Model,
    user: &user::Model,
) -> Result<(CircleWrite, membership::Model), Problem> {
    let invitation = invitation_of(&write, &token).await?;
    if invitation.email != user.email {
        let detail = "This invitation is bound to another address.";
        return Err(Conflict::of("other_address", detail).into());
    }
    if invitation.as_patient && has_patient(&write).await? {
        let detail = "The patient is in the circle already.";
        return Err(Conflict::of("has_patient", detail).into());
    }
    mail_tokens::spend(write.tx(), token, write.now()).await?;
    let new = NewMember {
        user,
        access: invitation.access,
        is_patient: invitation.as_patient,
        relationship: invitation.relationship.clone(),
    };
    let member = add_member(&mut write, new).await?;
    let mut row = invitation.clone().into_active_model();
    row.state = Set(InvitationState::Accepted);
    let invitation = write.update::<invitation::Entity>(&invitation, row).await?;
    write
        .log(Change::to::<invitation::Entity>("accepted", &invitation))
        .await?;
    write
        .log(Change::to::<membership::Entity>("joined", &member))
        .await?;
    // What is answered is what the new member sees, not what Kith itself does.
    write.see_as(&member).await?;
    Ok((write, member))
}

fn circle_of(token: &mail_token::Model) -> Result<CircleId, Problem> {
    token.circle_id.ok_or(Problem::Gone)
}

/// The invitation of a token, while it is open.
async fn invitation_of(
    write: &CircleWrite,
    token: &mail_token::Model,
) -> Result<invitation::Model, Problem> {
    let invitation = write
        .find_one::<invitation::Entity>(InvitationId(token.subject_id))
        .await?;
    while_open(invitation, write.now())
}

fn while_open(
    invitation: Option<invitation::Model>,
    now: DateTime<Utc>,
) -> Result<invitation::Model, Problem> {
    invitation
        .filter(|it| it.state == InvitationState::Open && it.expires_at > now)
        .ok_or(Problem::Gone)
}
