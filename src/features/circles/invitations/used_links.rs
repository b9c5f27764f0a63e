//! Invitation links that are opened a second time: the person who joined by the link
//! reads that they are a member, not that the link is invalid. A used link signs nobody
//! in.

use sea_orm::{ColumnTrait, QueryFilter};

use super::preview::{InvitationPreview, describe_offer};
use super::register::RegisterWithInvitationRequest;
use super::store::circle_of;
use crate::access::{CircleWrite, SystemCircleView};
use crate::app::App;
use crate::auth::{Caller, find_user_by_email, mail_tokens, require_user};
use crate::entity::ids::{InvitationId, UserId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership::{self, MemberState};
use crate::entity::user::{self, UserState};
use crate::features::accounts::{AlreadyIn, check_password};
use crate::features::circles::members::{Member, describe_member};
use crate::http::request::RequestInfo;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Whether a person joined by this link and is still a member.
pub async fn has_joined_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    Ok(joined_by(app, token).await?.is_some())
}

/// What a used link offered to a person who is still a member, until the invitation
/// expires. Everybody else gets 410: an old email must not tell who is in a circle.
pub(super) async fn offered_before(app: &App, token: &str) -> Result<InvitationPreview, Problem> {
    let joined = joined_by(app, token).await?.ok_or(Problem::Gone)?;
    if joined.invitation.expires_at <= app.clock().now() {
        return Err(Problem::Gone);
    }
    describe_offer(app, &joined.view, joined.invitation, true).await
}

/// The membership of a caller who accepted with this token before. Everybody else gets
/// 410.
pub(super) async fn accepted_before(
    app: &App,
    caller: &Caller,
    token: &str,
) -> Result<Resource<Member>, Problem> {
    let token = require_used(app, token).await?;
    let account = app.begin_write(caller).await?;
    let user = require_user(account.tx(), caller.user_id()).await?;
    let circle_id = circle_of(&token)?;
    let mut write = match CircleWrite::join(account, circle_id).await {
        Err(Problem::NotFound) => return Err(Problem::Gone),
        write => write?,
    };
    let is_theirs = accepted_invitation_of(&write, &token)
        .await?
        // An invitation is deleted after a month, so it may be missing here.
        .is_none_or(|invitation| invitation.email == user.email);
    let member = member_of(&write, user.id).await?;
    let member = member.filter(|_| is_theirs).ok_or(Problem::Gone)?;
    write.act_as(member.id);
    // As the first time, the answer shows what the member sees.
    write.see_as(&member).await?;
    let member = describe_member(write.tx(), write.scope(), member).await?;
    write.commit(Resource::new(member)).await
}

/// Tells a person who registered with this token before, and proves it by the password,
/// that they are a member. Everybody else gets 410.
pub(super) async fn registered_before(
    app: &App,
    request: &RequestInfo,
    new: &RegisterWithInvitationRequest,
) -> Result<AlreadyIn, Problem> {
    let joined = joined_by(app, &new.token).await?.ok_or(Problem::Gone)?;
    if check_password(app, request, &joined.user, new.password.expose()).await? {
        Ok(AlreadyIn::default())
    } else {
        Err(Problem::Gone)
    }
}

/// A person who joined by a link and is still a member.
struct Joined<'a> {
    view: SystemCircleView<'a>,
    invitation: invitation::Model,
    user: user::Model,
}

async fn joined_by<'a>(app: &'a App, token: &str) -> Result<Option<Joined<'a>>, Problem> {
    let token = match require_used(app, token).await {
        Err(Problem::Gone) => return Ok(None),
        token => token?,
    };
    let circle_id = circle_of(&token)?;
    let view = match SystemCircleView::of(app, circle_id).await {
        Err(Problem::NotFound) => return Ok(None),
        view => view?,
    };
    let id = InvitationId(token.subject_id);
    let invitation = view.find_one::<invitation::Entity>(id).await?;
    let Some(invitation) = invitation.filter(is_accepted) else {
        return Ok(None);
    };
    let user = find_user_by_email(view.db(), &invitation.email).await?;
    let Some(user) = user.filter(|user| user.state == UserState::Active) else {
        return Ok(None);
    };
    let member = view
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.eq(user.id))
        .filter(membership::Column::State.eq(MemberState::Active));
    if member.one(view.db()).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(Joined {
        view,
        invitation,
        user,
    }))
}

async fn require_used(app: &App, token: &str) -> Result<mail_token::Model, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::Invitation, token).await?;
    let used = found.filter(|token| token.used_at.is_some());
    used.ok_or(Problem::Gone)
}

/// The invitation of a token that was used.
async fn accepted_invitation_of(
    write: &CircleWrite,
    token: &mail_token::Model,
) -> Result<Option<invitation::Model>, Problem> {
    let found = write
        .find_one::<invitation::Entity>(InvitationId(token.subject_id))
        .await?;
    Ok(found.filter(is_accepted))
}

fn is_accepted(invitation: &invitation::Model) -> bool {
    invitation.state == InvitationState::Accepted
}

async fn member_of(
    write: &CircleWrite,
    user: UserId,
) -> Result<Option<membership::Model>, Problem> {
    let found = write
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.eq(user))
        .filter(membership::Column::State.eq(MemberState::Active));
    Ok(found.one(write.tx()).await?)
}
