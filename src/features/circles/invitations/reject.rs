//! `reject_invitation`: a coordinator decides against a person whom a member proposed.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedInvitation;
use super::rules::InvitationVerb;
use super::types::{Invitation, InvitationPath};
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::app::App;
use crate::entity::invitation::InvitationState;
use crate::entity::notification::NotificationKind;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications::{Notification, notify};
use crate::problem::Problem;

/// Reject a proposed invitation.
///
/// No email is sent to the person. The member who proposed them is told.
///
/// - 403 `forbidden`: only coordinators can reject an invitation
/// - 409 `invalid_transition`: it is not proposed any more
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations/{invitation_id}/reject", tag = "invitations",
    params(CirclePath, InvitationPath),
    responses((status = OK, description = "The invitation", body = Invitation), Problem),
)]
pub async fn reject_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<InvitationPath>,
) -> Result<Resource<Invitation>, Problem> {
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    if invitation.check_unless_in_effect(InvitationVerb::Reject)? {
        let mut row = invitation.row.clone().into_active_model();
        row.state = Set(InvitationState::Rejected);
        invitation
            .save_later(InvitationVerb::Reject, row, vec!["state"])
            .await?;
        let kind = NotificationKind::Rejected;
        let zone = invitation.write.scope().time_zone();
        let proposer = invitation.row.created_by_member_id;
        let told = Notification::of(kind, &invitation.row, zone).to(proposer);
        notify(&invitation.write, vec![told]).await?;
    }
    invitation.respond().await
}
