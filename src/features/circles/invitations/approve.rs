//! `approve_invitation`: a coordinator approves a person whom a member proposed. The email is sent.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedInvitation;
use super::rules::InvitationVerb;
use super::send::{LIFE, send};
use super::types::{Invitation, InvitationPath};
use super::withdraw::withdraw_open;
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::app::App;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::membership::AccessLevel;
use crate::entity::notification::NotificationKind;
use crate::features::circles::members::{find_member_with_address, refuse_member};
use crate::http::extract::{Json, Path};
use crate::http::rate_limits;
use crate::http::response::Resource;
use crate::notify::notifications::{Notification, notify};
use crate::problem::Problem;

/// How the proposed person is invited.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "access": "helper" })))]
pub struct ApproveInvitationRequest {
    /// The access level that the person gets. Default: `helper`.
    #[serde(default)]
    #[garde(skip)]
    pub access: Option<AccessLevel>,
}

/// Approve a proposed invitation.
///
/// The person gets an email with a link that works for seven days. It names the member who proposed
/// them, who is told too. The body may be left out.
///
/// - 403 `forbidden`: only coordinators can approve an invitation
/// - 403 `reauthentication_required`: you invite a coordinator and have not confirmed your
///   identity in the last ten minutes
/// - 409 `already_member`, `member_suspended`: the person is a member of the circle, or a
///   suspended one
/// - 409 `invalid_transition`: it is not proposed any more
/// - 429 `too_many_requests`: the address got three invitations today, or the circle sent
///   too many in this hour
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations/{invitation_id}/approve", tag = "invitations",
    params(CirclePath, InvitationPath),
    responses((status = OK, description = "The invitation", body = Invitation), Problem),
)]
pub async fn approve_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<InvitationPath>,
    body: Option<Json<ApproveInvitationRequest>>,
) -> Result<Resource<Invitation>, Problem> {
    rate_limits::check_invitations(&app, circle.request(), circle.circle_id()).await?;
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    invitation.check(InvitationVerb::Approve)?;
    let access = body.and_then(|Json(body)| body.access);
    let access = access.unwrap_or(invitation.row.access);
    if access == AccessLevel::Coordinator {
        circle.check_recent()?;
    }
    let member = find_member_with_address(&invitation.write, &invitation.row.email).await?;
    refuse_member(member.as_ref())?;
    let same = invitation::Column::Email.eq(&invitation.row.email);
    withdraw_open(&mut invitation.write, same).await?;
    let mut row = invitation.row.clone().into_active_model();
    row.state = Set(InvitationState::Open);
    row.access = Set(access);
    row.expires_at = Set(invitation.write.now() + LIFE);
    invitation
        .save_later(InvitationVerb::Approve, row, vec!["state"])
        .await?;
    send(&mut invitation.write, &invitation.row).await?;
    let kind = NotificationKind::Approved;
    let zone = invitation.write.scope().time_zone();
    let told =
        Notification::of(kind, &invitation.row, zone).to(invitation.row.created_by_member_id);
    notify(&invitation.write, vec![told]).await?;
    invitation.respond().await
}
