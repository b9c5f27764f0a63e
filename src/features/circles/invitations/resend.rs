//! `resend_invitation`: emails a new link for an open invitation.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedInvitation;
use super::rules::InvitationVerb;
use super::send::{LIFE, send};
use super::types::{Invitation, InvitationPath};
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::app::App;
use crate::entity::membership::AccessLevel;
use crate::http::extract::Path;
use crate::http::openapi::LinkGone;
use crate::http::rate_limits;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Send an invitation again.
///
/// The invited person gets an email with a new link that works for seven days. The old
/// link stops working.
///
/// - 403 `forbidden`: only coordinators can invite people
/// - 403 `reauthentication_required`: it invites a coordinator and you have not confirmed
///   your identity in the last ten minutes
/// - 409 `invalid_transition`: it was accepted, declined or withdrawn. Create a new one.
/// - 429 `too_many_requests`: the address got three invitations today, or the circle sent
///   too many in this hour
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations/{invitation_id}/resend", tag = "invitations",
    params(CirclePath, InvitationPath),
    responses((status = OK, description = "The invitation", body = Invitation), Problem, LinkGone),
)]
pub async fn resend_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<InvitationPath>,
) -> Result<Resource<Invitation>, Problem> {
    rate_limits::check_invitations(&app, circle.request(), circle.circle_id()).await?;
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    invitation.check(InvitationVerb::Resend)?;
    if invitation.row.access == AccessLevel::Coordinator {
        circle.check_recent()?;
    }
    let mut row = invitation.row.clone().into_active_model();
    row.expires_at = Set(invitation.write.now() + LIFE);
    let fields = vec!["expires_at"];
    invitation
        .save_later(InvitationVerb::Resend, row, fields)
        .await?;
    send(&mut invitation.write, &invitation.row).await?;
    invitation.respond().await
}
