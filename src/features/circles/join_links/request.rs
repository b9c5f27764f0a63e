//! `create_join_request`: a person with an account and a join link asks to join.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{check_open, led_to, show_own_request, state_of};
use super::types::JoinRequest;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::app::App;
use crate::auth::{Caller, require_user};
use crate::entity::join_request::{self, JoinRequestState};
use crate::entity::membership::MemberState;
use crate::entity::notification::NotificationKind;
use crate::entity::{join_link, membership, user};
use crate::features::circles::members::{NewMember, add_member, find_former_member};
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::notify::notifications::{Notification, notify};
use crate::platform::text::JoinRequestNote;
use crate::problem::Problem;

/// A request to join a circle.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "note": "I live next door and can drive on Fridays."
})))]
pub struct CreateJoinRequestRequest {
    /// The `token` in the link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    /// A few words for the coordinators.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<JoinRequestNote>,
}

/// Ask to join a circle.
///
/// The coordinators are told. When one of them approves the request, you are a member, and you get
/// an email. If the link needs no approval, you are a member at once, and `state` is `approved`. If
/// you were removed from the circle before, a coordinator has to approve you even then. If you asked
/// with this link before, the answer is your request as it is now.
///
/// - 409 `already_member`, `member_suspended`: you are a member already, or a suspended one
/// - 409 `join_link_closed`: the link has expired, was revoked, or is used up, or nobody can join the
///   circle any more
/// - 409 `limit_reached`: the circle has too many members, or you are in too many circles
/// - 410 `no_longer_valid`: the token is unknown
#[utoipa::path(
    post, path = "/join-requests", tag = "invitations",
    responses((status = CREATED, description = "The join request", body = JoinRequest), Problem),
)]
pub async fn create_join_request(
    app: App,
    caller: Caller,
    Json(new): Json<CreateJoinRequestRequest>,
) -> Result<Created<JoinRequest>, Problem> {
    let account = app.begin_write(&caller).await?;
    let user = require_user(account.tx(), caller.user_id()).await?;
    let (circle_id, link_id) = led_to(account.tx(), &new.token).await?;
    let mut write = match CircleWrite::join(account, circle_id).await {
        Err(Problem::NotFound) => return Err(Problem::Gone),
        write => write?,
    };
    let link = write.find_one::<join_link::Entity>(link_id).await?;
    let link = link.ok_or(Problem::Gone)?;
    let before = write
        .find::<join_request::Entity>()
        .filter(join_request::Column::JoinLinkId.eq(link.id))
        .filter(join_request::Column::UserId.eq(user.id))
        .one(write.tx())
        .await?;
    if let Some(before) = before {
        return write.commit(Created::again(show_own_request(before))).await;
    }
    let former = find_former_member(&write, user.id).await?;
    check_open(state_of(&link, write.scope(), write.now()))?;
    let mut counted = link.clone().into_active_model();
    counted.uses = Set(link.uses + 1);
    let link = write.update_later::<join_link::Entity>(&link, counted)?;
    // Who was removed must not come back with a link that is still in a group's messages.
    let was_removed = |former: &membership::Model| former.state == MemberState::Removed;
    let needs_approval = link.needs_approval || former.as_ref().is_some_and(was_removed);
    let state = if needs_approval {
        JoinRequestState::Pending
    } else {
        JoinRequestState::Approved
    };
    let request = insert_request(&write, &link, &user, new.note, state)?;
    write
        .log(Change::to::<join_request::Entity>("created", &request))
        .await?;
    if needs_approval {
        let kind = NotificationKind::JoinRequested;
        let told = Notification::of(kind, &request, write.scope().time_zone());
        notify(&write, vec![told]).await?;
    } else {
        let new = NewMember {
            user: &user,
            access: link.access,
            is_patient: false,
            relationship: None,
        };
        let member = add_member(&mut write, new, former).await?;
        write
            .log(Change::to::<membership::Entity>("joined", &member))
            .await?;
    }
    write.commit(Created::new(show_own_request(request))).await
}

fn insert_request(
    write: &CircleWrite,
    link: &join_link::Model,
    user: &user::Model,
    note: Option<JoinRequestNote>,
    state: JoinRequestState,
) -> Result<join_request::Model, Problem> {
    let row = join_request::ActiveModel {
        id: Set(write.new_id()),
        join_link_id: Set(link.id),
        user_id: Set(user.id),
        name: Set(user.name.clone()),
        note: Set(note.map(Into::into)),
        state: Set(state),
        ..Default::default()
    };
    write.insert_later::<join_request::Entity>(row)
}
