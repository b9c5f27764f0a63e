//! Invitation links that are opened a second time: the person who joined or declined by the
//! link reads that, not that the link is invalid. A used link signs nobody
//! in.

use sea_orm::{ColumnTrait, QueryFilter};

use super::accept::email_mismatch;
use super::preview::{InvitationPreview, describe_offer};
use super::register::RegisterWithInvitationRequest;
use super::store::circle_of;
use crate::access::{CircleWrite, SystemCircleView, grants_of};
use crate::app::App;
use crate::auth::{Caller, find_user_by_email, mail_tokens, require_user};
use crate::entity::ids::{InvitationId, UserId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership::{self, MemberState};
use crate::entity::user::{self, UserState};
use crate::features::accounts::check_password;
use crate::features::circles::members::{Member, describe_member};
use crate::http::request::RequestInfo;
use crate::http::response::Resource;
use crate::platform::db::ReadRows;
use crate::problem::{Conflict, Problem, ProblemCode};

/// What a person has answered by a link that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They joined, and are still a member.
    Joined,
    Declined,
}

/// What a person has answered by this link before, if the link tells.
pub async fn answer_by_link(app: &App, token: &str) -> Result<Option<Answer>, Problem> {
    if declined_by(app, token).await?.is_some() {
        return Ok(Some(Answer::Declined));
    }
    let joined = joined_by(app, token).await?;
    Ok(joined.map(|_| Answer::Joined))
}

/// Does nothing if this token was used to decline. A person who joined with it reads that, and
/// everybody else gets 410.
pub(super) async fn declined_before(app: &App, token: &str) -> Result<(), Problem> {
    match answer_by_link(app, token).await? {
        Some(Answer::Declined) => Ok(()),
        Some(Answer::Joined) => {
            let detail = "You joined the circle with this invitation. To leave the circle, sign \
                in and leave it in your app.";
            Err(Conflict::of(ProblemCode::AlreadyMember, detail).into())
        }
        None => Err(Problem::Gone),
    }
}

/// Refuses a token that was used to decline.
pub(super) async fn refuse_declined(app: &App, token: &str) -> Result<(), Problem> {
    if declined_by(app, token).await?.is_none() {
        return Ok(());
    }
    let detail = "You declined this invitation. Ask the member who invited you for a new one.";
    Err(Conflict::of(ProblemCode::InvitationDeclined, detail).into())
}

/// Refuses a token that was used to decline, as far as it is the caller's: they may have joined
/// with another invitation since.
pub(super) async fn refuse_declined_by(
    app: &App,
    caller: &Caller,
    token: &str,
) -> Result<(), Problem> {
    let Some((view, invitation)) = declined_by(app, token).await? else {
        return Ok(());
    };
    let user = require_user(view.db(), caller.user_id()).await?;
    if invitation.email != user.email {
        return Err(email_mismatch());
    }
    if is_member(&view, user.id).await? {
        let detail = "You are a member of this circle already.";
        return Err(Conflict::of(ProblemCode::AlreadyMember, detail).into());
    }
    refuse_declined(app, token).await
}

/// What a used link offered to a person who declined or is still a member, until the invitation
/// expires. Everybody else gets 410: an old email must not tell who is in a circle.
pub(super) async fn offered_before(app: &App, token: &str) -> Result<InvitationPreview, Problem> {
    let declined = declined_by(app, token).await?;
    let (view, invitation, is_member) = if let Some((view, invitation)) = declined {
        (view, invitation, false)
    } else {
        let joined = joined_by(app, token).await?.ok_or(Problem::Gone)?;
        (joined.view, joined.invitation, true)
    };
    if invitation.expires_at <= app.clock().now() {
        return Err(Problem::Gone);
    }
    describe_offer(app, &view, invitation, is_member).await
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
    let grants = grants_of(write.tx(), write.scope(), &[member.id]).await?;
    write.see_as(&member, &grants);
    let member = describe_member(write.tx(), write.scope(), member).await?;
    write.commit(Resource::new(member)).await
}

/// Lets pass a person who registered with this token before, and proves it by the password.
/// Everybody else gets 410.
pub(super) async fn check_registered_before(
    app: &App,
    request: &RequestInfo,
    new: &RegisterWithInvitationRequest,
) -> Result<(), Problem> {
    let joined = joined_by(app, &new.token).await?.ok_or(Problem::Gone)?;
    if check_password(app, request, &joined.user, new.password.expose()).await? {
        Ok(())
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
    let answered = answered_by(app, token, InvitationState::Accepted).await?;
    let Some((view, invitation)) = answered else {
        return Ok(None);
    };
    let user = find_user_by_email(view.db(), &invitation.email).await?;
    let Some(user) = user.filter(|user| user.state == UserState::Active) else {
        return Ok(None);
    };
    if !is_member(&view, user.id).await? {
        return Ok(None);
    }
    Ok(Some(Joined {
        view,
        invitation,
        user,
    }))
}

async fn is_member(view: &SystemCircleView<'_>, user: UserId) -> Result<bool, Problem> {
    let member = view
        .find::<membership::Entity>()
        .filter(membership::Column::UserId.eq(user))
        .filter(membership::Column::State.eq(MemberState::Active));
    Ok(member.read_one(view.db()).await?.is_some())
}

/// The invitation that was declined with this token.
async fn declined_by<'a>(
    app: &'a App,
    token: &str,
) -> Result<Option<(SystemCircleView<'a>, invitation::Model)>, Problem> {
    answered_by(app, token, InvitationState::Declined).await
}

/// The invitation that was answered with this token, if it is in this state.
async fn answered_by<'a>(
    app: &'a App,
    token: &str,
    state: InvitationState,
) -> Result<Option<(SystemCircleView<'a>, invitation::Model)>, Problem> {
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
    let invitation = invitation.filter(|invitation| invitation.state == state);
    Ok(invitation.map(|invitation| (view, invitation)))
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
    Ok(found.filter(|invitation| invitation.state == InvitationState::Accepted))
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
