//! `describe_invitation`: what an invitation offers, for the person who holds its token. The
//! mailed page shows the same.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{circle_of, while_open};
use super::types::InvitationToken;
use super::used_links::offered_before;
use crate::access::SystemCircleView;
use crate::app::App;
use crate::auth::{find_user_by_email, mail_tokens};
use crate::entity::ids::InvitationId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership::Access;
use crate::entity::{invitation, membership};
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// What an invitation offers, for whoever holds its token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_alias": "Ana's circle",
    "invited_by": "Ana Díaz",
    "email": "ben@example.org",
    "access": "helper",
    "as_patient": false,
    "note": null,
    "has_account": false,
    "expires_at": "2027-01-09T12:00:00.000Z",
    "already_in": false
})))]
pub struct InvitationOffer {
    pub circle_alias: String,
    pub invited_by: String,
    /// The address it is bound to.
    pub email: String,
    pub access: Access,
    pub as_patient: bool,
    pub note: Option<String>,
    /// Whether the address has an account to sign in with.
    pub has_account: bool,
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// The token was used, and whom it let in is still in the circle: sign in.
    pub already_in: bool,
}

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
    match invitation_offer(&app, &token).await {
        Err(Problem::Gone) => offered_before(&app, &token).await.map(Body),
        offer => offer.map(Body),
    }
}

/// What an invitation offers.
pub async fn invitation_offer(app: &App, token: &str) -> Result<InvitationOffer, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let view = SystemCircleView::of(app, circle_of(&token)?).await?;
    let invitation = view
        .find_one::<invitation::Entity>(InvitationId(token.subject_id))
        .await?;
    let invitation = while_open(invitation, now)?;
    describe_offer(app, &view, invitation, false).await
}

/// What an invitation says to the person who holds its token.
pub(super) async fn describe_offer(
    app: &App,
    view: &SystemCircleView<'_>,
    invitation: invitation::Model,
    already_in: bool,
) -> Result<InvitationOffer, Problem> {
    let inviter = match invitation.created_by {
        Some(id) => view.find_one::<membership::Entity>(id).await?,
        None => None,
    };
    let account = find_user_by_email(app.reader(), &invitation.email).await?;
    Ok(InvitationOffer {
        circle_alias: view.circle().alias.clone(),
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

/// The zone of the circle that a mailed invitation leads to.
pub async fn zone_of_invitation(app: &App, token: &str) -> Result<String, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let view = SystemCircleView::of(app, circle_of(&token)?).await?;
    Ok(view.circle().time_zone.clone())
}
