//! `preview_join_link`: what a join link offers to a person who has it. The page behind the link
//! shows the same.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{led_to, state_of};
use super::types::JoinLinkTokenRequest;
use crate::access::SystemCircleView;
use crate::app::App;
use crate::entity::join_link::{self, JoinLinkState};
use crate::entity::membership::{self, AccessLevel};
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// What a join link offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_alias": "Ana's circle",
    "invited_by_name": "Ana Díaz",
    "access": "helper",
    "needs_approval": true,
    "state": "open",
    "expires_at": "2027-01-09T12:00:00.000Z"
})))]
pub struct JoinLinkPreview {
    /// The neutral name of the circle, as in emails.
    pub circle_alias: String,
    /// The name of the member who created the link.
    pub invited_by_name: String,
    /// The access level that you get.
    pub access: AccessLevel,
    /// Whether a coordinator has to approve you.
    pub needs_approval: bool,
    /// Whether you can use it now, or why not.
    pub state: JoinLinkState,
    /// When it stops working.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

/// Preview a join link.
///
/// Shows what the link offers. If it has expired, was revoked, as many people as it allows have
/// used it, or nobody can join the circle any more, `state` says so. Nothing changes and nobody is told.
///
/// - 410 `no_longer_valid`: the token is unknown
#[utoipa::path(
    post, path = "/join-links/preview", tag = "invitations", security(()),
    responses((status = OK, description = "What the link offers", body = JoinLinkPreview), Problem),
)]
pub async fn preview_join_link(
    app: App,
    Json(JoinLinkTokenRequest { token }): Json<JoinLinkTokenRequest>,
) -> Result<Body<JoinLinkPreview>, Problem> {
    join_link_offer(&app, &token).await.map(Body)
}

/// What a join link offers.
pub async fn join_link_offer(app: &App, token: &str) -> Result<JoinLinkPreview, Problem> {
    let (circle_id, id) = led_to(app.reader(), token).await?;
    let view = SystemCircleView::of(app, circle_id).await?;
    let link = view.find_one::<join_link::Entity>(id).await?;
    let link = link.ok_or(Problem::Gone)?;
    let inviter = match link.created_by_member_id {
        Some(id) => view.find_one::<membership::Entity>(id).await?,
        None => None,
    };
    Ok(JoinLinkPreview {
        circle_alias: view.circle().alias.clone(),
        invited_by_name: inviter.map(|member| member.name).unwrap_or_default(),
        access: link.access,
        needs_approval: link.needs_approval,
        state: state_of(&link, view.scope(), view.now()),
        expires_at: link.expires_at,
    })
}
