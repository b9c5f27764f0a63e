//! `approve_join_request`: a coordinator lets a person in.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedJoinRequest;
use super::rules::JoinRequestVerb;
use super::types::{JoinRequest, JoinRequestPath};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::app::App;
use crate::auth::require_user;
use crate::entity::join_link;
use crate::entity::join_request::JoinRequestState;
use crate::entity::membership::{self, AccessLevel};
use crate::entity::notification::NotificationKind;
use crate::entity::user::UserState;
use crate::features::circles::members::{NewMember, find_former_member, put_member};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::{Notification, notify};
use crate::problem::Problem;

/// How the person joins.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "access": "helper" })))]
pub struct ApproveJoinRequestRequest {
    /// The access level that the person gets. Default: that of the link.
    #[serde(default)]
    #[garde(skip)]
    pub access: Option<AccessLevel>,
}

/// Approve a join request.
///
/// The person is a member from now on, and is told. The body may be left out.
///
/// - 403 `forbidden`: only coordinators can approve a join request
/// - 403 `reauthentication_required`: you let a coordinator in and have not confirmed your
///   identity in the last ten minutes
/// - 409 `already_member`, `member_suspended`: the person is a member by now, or a suspended one
/// - 409 `invalid_transition`: it was declined, or the account of the person is not in use any more
/// - 409 `limit_reached`: the circle has too many members, or the person is in too many circles
#[utoipa::path(
    post, path = "/circles/{circle_id}/join-requests/{join_request_id}/approve",
    tag = "invitations", params(CirclePath, JoinRequestPath),
    responses((status = OK, description = "The join request", body = JoinRequest), Problem),
)]
pub async fn approve_join_request(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<JoinRequestPath>,
    body: Option<Json<ApproveJoinRequestRequest>>,
) -> Result<Resource<JoinRequest>, Problem> {
    let mut request = LockedJoinRequest::open(&app, &circle, path.join_request_id).await?;
    if !request.check_unless_in_effect(JoinRequestVerb::Approve)? {
        return request.respond().await;
    }
    let access = if let Some(access) = body.and_then(|Json(body)| body.access) {
        access
    } else {
        let link = request.row.join_link_id;
        let link = request.write.require::<join_link::Entity>(link).await?;
        link.access
    };
    if access == AccessLevel::Coordinator {
        circle.check_recent()?;
    }
    let user = require_user(request.write.tx(), request.row.user_id).await?;
    if user.state != UserState::Active {
        return Err(request.does_not_fit());
    }
    let former = find_former_member(&request.write, user.id).await?;
    let new = NewMember {
        user: &user,
        access,
        is_patient: false,
        relationship: None,
    };
    let write = &mut request.write;
    let id = former
        .as_ref()
        .map_or_else(|| write.new_id(), |former| former.id);
    let (member, _) = put_member(write, new, id, former).await?;
    write
        .log(Change::to::<membership::Entity>("joined", &member))
        .await?;
    let mut row = request.row.clone().into_active_model();
    row.state = Set(JoinRequestState::Approved);
    request
        .save_later(JoinRequestVerb::Approve, row, vec!["state"])
        .await?;
    let kind = NotificationKind::JoinApproved;
    let zone = request.write.scope().time_zone();
    let told = Notification::of(kind, &request.row, zone).to([member.id]);
    notify(&request.write, vec![told]).await?;
    request.respond().await
}
