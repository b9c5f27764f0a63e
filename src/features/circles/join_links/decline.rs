//! `decline_join_request`: a coordinator does not let a person in.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedJoinRequest;
use super::rules::JoinRequestVerb;
use super::types::{JoinRequest, JoinRequestPath};
use crate::access::{CircleAccess, CirclePath, InvitePeople};
use crate::app::App;
use crate::entity::join_request::JoinRequestState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Decline a join request.
///
/// The person does not join. They get no email; their request says `declined` when they ask again
/// with the same link.
///
/// - 403 `forbidden`: only coordinators can decline a join request
/// - 409 `invalid_transition`: it was approved already
#[utoipa::path(
    post, path = "/circles/{circle_id}/join-requests/{join_request_id}/decline",
    tag = "invitations", params(CirclePath, JoinRequestPath),
    responses((status = OK, description = "The join request", body = JoinRequest), Problem),
)]
pub async fn decline_join_request(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<JoinRequestPath>,
) -> Result<Resource<JoinRequest>, Problem> {
    let mut request = LockedJoinRequest::open(&app, &circle, path.join_request_id).await?;
    if request.check_unless_in_effect(JoinRequestVerb::Decline)? {
        let mut row = request.row.clone().into_active_model();
        row.state = Set(JoinRequestState::Declined);
        request
            .save_later(JoinRequestVerb::Decline, row, vec!["state"])
            .await?;
    }
    request.respond().await
}
