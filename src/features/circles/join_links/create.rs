//! `create_join_link`: one link for several people. It is shown once.

use chrono::TimeDelta;
use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{show_link, url_of};
use super::types::JoinLink;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, InvitePeople, limits};
use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::entity::join_link;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership::AccessLevel;
use crate::features::circles::with_link::WithLink;
use crate::http::extract::Json;
use crate::platform::text::{JoinLinkDays, JoinLinkUses};
use crate::problem::{FieldErrorCode, Problem};

/// How many people can use a link, and for how many days, if the request does not say.
const USES: i32 = 10;
const DAYS: i32 = 7;

/// A join link to create.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "access": "helper", "max_uses": 10, "expires_in_days": 7 })))]
pub struct CreateJoinLinkRequest {
    /// The access level of the people who join by it. Nobody becomes a coordinator by a link.
    #[garde(skip)]
    pub access: AccessLevel,
    /// How many people can use it. Default: 10.
    #[serde(default)]
    #[garde(dive)]
    pub max_uses: Option<JoinLinkUses>,
    /// For how many days it works. Default: 7.
    #[serde(default)]
    #[garde(dive)]
    pub expires_in_days: Option<JoinLinkDays>,
    /// Whether people join at once. Default: false, and a coordinator approves each of them.
    #[serde(default)]
    #[garde(skip)]
    pub without_approval: bool,
}

/// Create a join link.
///
/// Show it as a QR code, or send it to a group. People who have it and an account ask to join, and
/// a coordinator approves each of them. With `without_approval` they join at once. The link is only
/// in this answer. Nobody is told.
///
/// - 403 `forbidden`: only coordinators can create a join link
/// - 409 `limit_reached`: the circle has too many join links
/// - 422 `invalid_value`: nobody becomes a coordinator by a link
#[utoipa::path(
    post, path = "/circles/{circle_id}/join-links", tag = "invitations", params(CirclePath),
    responses((status = CREATED, description = "The join link", body = JoinLink), Problem),
)]
pub async fn create_join_link(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Json(new): Json<CreateJoinLinkRequest>,
) -> Result<WithLink<JoinLink>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if new.access == AccessLevel::Coordinator {
        let detail = "Nobody becomes a coordinator by a link. Send another access level.";
        let code = FieldErrorCode::InvalidValue;
        return Err(Problem::field("/access", code, detail));
    }
    write
        .check_limit::<join_link::Entity>(limits::JOIN_LINKS, Condition::all())
        .await?;
    let days = new.expires_in_days.map_or(DAYS, JoinLinkDays::get);
    let expires_at = write.now() + TimeDelta::days(days.into());
    let row = join_link::ActiveModel {
        id: Set(write.new_id()),
        access: Set(new.access),
        max_uses: Set(new.max_uses.map_or(USES, JoinLinkUses::get)),
        uses: Set(0),
        needs_approval: Set(!new.without_approval),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    let link = write.insert_later::<join_link::Entity>(row)?;
    let subject = TokenSubject::join_link(link.circle_id, link.id);
    let kind = MailTokenKind::JoinLink;
    let token = mail_tokens::issue(write.transaction(), kind, subject, Some(expires_at)).await?;
    write
        .log(Change::to::<join_link::Entity>("created", &link))
        .await?;
    let answer = WithLink {
        shown: show_link(&link, Some(url_of(&app, token))),
        kept: show_link(&link, None),
    };
    write.commit(answer).await
}
