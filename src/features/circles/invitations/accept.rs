//! `accept_invitation`, and the same from the page behind the link: a person with an
//! account becomes a member. `register.rs` is for people without an account.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::preview::invitation_offer;
use super::store::{circle_of, has_patient, open_invitation_of};
use super::types::InvitationTokenRequest;
use super::used_links::{accepted_before, refuse_declined_by};
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::app::App;
use crate::auth::{Caller, account_deleting, lock_user_of, mail_tokens, require_user};
use crate::entity::change::ActorKind;
use crate::entity::ids::MemberId;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership::MemberState;
use crate::entity::user::UserState;
use crate::entity::{membership, user};
use crate::features::circles::members::{
    Member, NewMember, add_member, describe_member, find_former_member, void_links,
};
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::LinkGone;
use crate::http::response::{NoContent, Resource};
use crate::problem::{Conflict, Problem, ProblemCode};

/// Accept an invitation.
///
/// You become a member of the circle. Your account must have the email address that was
/// invited. If you accepted with this token before, you get your membership again. Nobody
/// is told.
///
/// - 409 `email_mismatch`: the invitation was sent to another email address
/// - 409 `already_member`, `member_suspended`: you are a member already, or a suspended one
/// - 409 `patient_exists`: you are invited as the patient, and the circle has one already
/// - 409 `invitation_declined`: you declined with this token; ask for a new invitation
/// - 409 `limit_reached`: the circle has too many members, or you are in too many circles
/// - 410 `no_longer_valid`: the token is unknown, used, expired or withdrawn
#[utoipa::path(
    post, path = "/invitations/accept", tag = "invitations",
    responses((status = OK, description = "You as a member", body = Member), Problem, LinkGone),
)]
pub async fn accept_invitation(
    app: App,
    caller: Caller,
    Json(InvitationTokenRequest { token }): Json<InvitationTokenRequest>,
) -> Result<Resource<Member>, Problem> {
    match accept_once(&app, &caller, &token).await {
        Err(Problem::Gone) => {
            refuse_declined_by(&app, &caller, &token).await?;
            accepted_before(&app, &caller, &token).await
        }
        done => done,
    }
}

async fn accept_once(app: &App, caller: &Caller, token: &str) -> Result<Resource<Member>, Problem> {
    let account = app.begin_write(caller).await?;
    let user = require_user(account.tx(), caller.user_id()).await?;
    let now = account.now();
    let token = mail_tokens::require(account.tx(), MailTokenKind::Invitation, token, now).await?;
    let write = CircleWrite::join(account, circle_of(&token)?).await?;
    let (write, member) = accept(write, token, &user).await?;
    let member = describe_member(write.tx(), write.scope(), member).await?;
    write.commit(Resource::new(member)).await
}

/// Accepts from the page behind the link, for an address that has an account. The link
/// proves the address, but it signs nobody in.
pub async fn accept_by_link(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
) -> Result<(), Problem> {
    let invited = invitation_offer(app, token).await?.email;
    let transaction = app.begin().await?;
    // Locks the account before the circle, as everywhere: its owner may schedule its deletion
    // at this moment.
    let user = lock_user_of(transaction.tx(), &invited)
        .await?
        .ok_or(Problem::Gone)?;
    match user.state {
        UserState::Active => {}
        UserState::Deleting => return Err(account_deleting()),
        UserState::Disabled => return Err(Problem::Gone),
    }
    let now = transaction.now();
    let token =
        mail_tokens::require(transaction.tx(), MailTokenKind::Invitation, token, now).await?;
    let request = Some(request.0.clone());
    let write = CircleWrite::join_transaction(
        transaction,
        circle_of(&token)?,
        ActorKind::EmailLink,
        request,
    )
    .await?;
    let (write, _) = accept(write, token, &user).await?;
    write.commit(NoContent).await?;
    Ok(())
}

/// The refusal for a caller with another address than the one that was invited.
pub(super) fn email_mismatch() -> Problem {
    let detail = "This invitation was sent to another email address. Sign in with the account of \
        that address.";
    Conflict::of(ProblemCode::EmailMismatch, detail).into()
}

/// The member without an account whom an invitation gives one, or 410 if there is none any more.
async fn require_managed(
    write: &CircleWrite,
    member: MemberId,
) -> Result<membership::Model, Problem> {
    let member = write.find_one::<membership::Entity>(member).await?;
    let here =
        |member: &membership::Model| member.is_managed() && member.state == MemberState::Active;
    member.filter(here).ok_or(Problem::Gone)
}

/// The refusal for a former member whose invitation would make them another member.
fn was_member_before() -> Problem {
    let detail = "You were a member of this circle before. Ask for an invitation that does not \
        stand for another member.";
    Conflict::of(ProblemCode::AlreadyMember, detail).into()
}

/// Uses up the token and makes its holder a member.
pub(super) async fn accept(
    mut write: CircleWrite,
    token: mail_token::Model,
    user: &user::Model,
) -> Result<(CircleWrite, membership::Model), Problem> {
    let invitation = open_invitation_of(&write, &token).await?;
    if invitation.email != user.email {
        return Err(email_mismatch());
    }
    if invitation.as_patient && has_patient(&write).await? {
        let detail =
            "The patient is a member of this circle already. Ask the member who invited you.";
        return Err(Conflict::of(ProblemCode::PatientExists, detail).into());
    }
    mail_tokens::spend(write.tx(), token, write.now()).await?;
    let new = NewMember {
        user,
        access: invitation.access,
        is_patient: invitation.as_patient,
        relationship: invitation.relationship.clone(),
    };
    let former = find_former_member(&write, user.id).await?;
    let before = match invitation.member_id {
        Some(_) if former.is_some() => return Err(was_member_before()),
        Some(member) => Some(require_managed(&write, member).await?),
        None => former,
    };
    if let Some(managed) = before.as_ref().filter(|member| member.is_managed()) {
        void_links(&write, managed);
    }
    // From here on answers show what the new member sees, not what the server sees.
    let member = add_member(&mut write, new, before).await?;
    let mut row = invitation.clone().into_active_model();
    row.state = Set(InvitationState::Accepted);
    let invitation = write.update_later::<invitation::Entity>(&invitation, row)?;
    write
        .log(Change::to::<invitation::Entity>("accepted", &invitation))
        .await?;
    write
        .log(Change::to::<membership::Entity>("joined", &member))
        .await?;
    // The answer is read from the new rows.
    write.transaction().send_later().await?;
    Ok((write, member))
}
