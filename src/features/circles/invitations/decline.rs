//! `decline_invitation`, and the same from the page behind the link: a person says that they do
//! not want to join. They need no account.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::store::{circle_of, open_invitation_of};
use super::types::InvitationTokenRequest;
use super::used_links::declined_before;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::app::App;
use crate::auth::mail_tokens;
use crate::entity::change::ActorKind;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::notification::NotificationKind;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::response::NoContent;
use crate::notify::notifications::{Notification, notify};
use crate::problem::Problem;

/// Decline an invitation.
///
/// You do not join the circle, and the token stops working. You need no account. The member
/// who invited you is told by email, if they get emails about replies to what they asked. If you
/// declined with this token before, the answer is the same and nobody is told again.
///
/// - 409 `already_member`: you joined the circle with this token; leave the circle instead
/// - 410 `no_longer_valid`: the token is unknown, expired or withdrawn
#[utoipa::path(
    post, path = "/invitations/decline", tag = "invitations", security(()),
    responses((status = NO_CONTENT, description = "The invitation is declined"), Problem),
)]
pub async fn decline_invitation(
    app: App,
    request: AnonymousRequest,
    Json(InvitationTokenRequest { token }): Json<InvitationTokenRequest>,
) -> Result<NoContent, Problem> {
    decline(&app, &request, &token).await?;
    Ok(NoContent)
}

/// Declines an invitation, or finds that the person with this token has declined it before.
pub async fn decline(app: &App, request: &AnonymousRequest, token: &str) -> Result<(), Problem> {
    match decline_once(app, request, token).await {
        Err(Problem::Gone) => declined_before(app, token).await,
        done => done,
    }
}

async fn decline_once(app: &App, request: &AnonymousRequest, token: &str) -> Result<(), Problem> {
    let now = app.clock().now();
    let early = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let request = Some(request.0.clone());
    let circle_id = circle_of(&early)?;
    let mut write =
        CircleWrite::begin_as_system(app, circle_id, ActorKind::EmailLink, request).await?;
    let now = write.now();
    let token = mail_tokens::require(write.tx(), MailTokenKind::Invitation, token, now).await?;
    let open = open_invitation_of(&write, &token).await?;
    mail_tokens::spend(write.tx(), token, now).await?;
    let mut row = open.clone().into_active_model();
    row.state = Set(InvitationState::Declined);
    let declined = write.update::<invitation::Entity>(&open, row).await?;
    write
        .log(Change::to::<invitation::Entity>("declined", &declined))
        .await?;
    let zone = write.scope().time_zone();
    let told = Notification::of(NotificationKind::Declined, &declined, zone)
        .asked_by(declined.created_by_member_id);
    notify(&write, vec![told]).await?;
    write.commit(NoContent).await?;
    Ok(())
}
