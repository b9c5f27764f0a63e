//! `resend_invitation`: mails a new link for an open invitation.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedInvitation;
use super::rules::InvitationVerb;
use super::send::{LIFE, send};
use super::types::{Invitation, InvitationPath};
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::app::App;
use crate::entity::membership::Access;
use crate::http::extract::Path;
use crate::http::openapi::LinkGone;
use crate::http::rate_limits;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Send an invitation again.
///
/// With a new link, good for seven days; the one before is void. Counts as an
/// invitation: 429 after three a day.
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
    rate_limits::check_mail(&app, circle.request(), circle.circle_id()).await?;
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    invitation.check(InvitationVerb::Resend)?;
    if invitation.row.access == Access::Coordinator {
        circle.check_recent()?;
    }
    let mut row = invitation.row.clone().into_active_model();
    row.expires_at = Set(invitation.write.now() + LIFE);
    let fields = vec!["expires_at"];
    invitation.save(InvitationVerb::Resend, row, fields).await?;
    send(&mut invitation.write, &invitation.row).await?;
    invitation.respond().await
}
