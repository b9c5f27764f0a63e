//! Invitations by e-mail: bound to the address, single use, seven days.
//! Accepting one proves the address, so that one mail is enough.

use chrono::TimeDelta;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};

use super::invitation_rules::InvitationVerb;
use super::invitation_types::{
    Invitation, InvitationPage, InvitationPath, NewInvitation, invitation_seen_by,
};
use super::joining::find_former_member;
use super::locked::LockedInvitation;
use super::mail::MailInvitation;
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{CircleAccess, CircleGlance, CirclePath, CircleWrite, InvitePeople, Verb};
use crate::app::App;
use crate::auth::mail_tokens::{self, Subject};
use crate::auth::throttle;
use crate::auth::{find_user_id, require_user};
use crate::entity::ids::{MemberId, UserId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership::{self, Access, MemberState};
use crate::http::extract::{Json, Path, Query};
use crate::http::openapi::LinkGone;
use crate::http::pagination::{OrderBy, list_query};
use crate::http::rate_limits;
use crate::http::response::{Created, Page, Resource};
use crate::problem::{Conflict, Problem};

const LIFE: TimeDelta = TimeDelta::days(7);

list_query! {
    /// Which invitations.
    pub struct InvitationQuery {
        /// Only invitations in one of these states. Default: all.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<InvitationState>,
    }
}

/// Invite somebody by e-mail.
///
/// The mail names the circle by its alias and whoever invites. Inviting an
/// address again makes a new invitation and voids the one before. An address
/// gets three invitations a day at most, over all circles. Somebody who is in
/// the circle is 409 `already_member`, or `suspended`. A second patient is 409
/// `has_patient`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations", tag = "invitations", params(CirclePath),
    responses((status = CREATED, description = "The invitation", body = Invitation), Problem),
)]
pub async fn invite(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Json(new): Json<NewInvitation>,
) -> Result<Created<Invitation>, Problem> {
    rate_limits::check_mail(&app, circle.request(), circle.circle_id()).await?;
    if new.access == Access::Coordinator {
        circle.check_recent()?;
    }
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<invitation::Entity>(new.id).await? {
        let before = invitation_seen_by(write.scope(), before);
        return write.commit(Created::again(before)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    if new.as_patient && has_patient(&write).await? {
        let detail = "The patient is in the circle already.";
        return Err(Conflict::of("has_patient", detail).into());
    }
    let email = String::from(new.email);
    // No more of the account than its id, and nobody is looked up as well, so that an
    // address without one takes as long.
    let user = find_user_id(write.tx(), &email).await?;
    let user = user.unwrap_or_else(|| write.new_id());
    find_former_member(&write, user).await?;
    withdraw_open(&mut write, invitation::Column::Email.eq(&email)).await?;

    let open = Condition::all()
        .add(invitation::Column::State.eq(InvitationState::Open))
        .add(invitation::Column::ExpiresAt.gt(write.now()));
    write
        .check_limit::<invitation::Entity>(limits::OPEN_INVITATIONS, open)
        .await?;
    let row = invitation::ActiveModel {
        id: Set(id),
        email: Set(email),
        access: Set(new.access),
        as_patient: Set(new.as_patient),
        relationship: Set(new.relationship.map(Into::into)),
        note: Set(new.note.map(Into::into)),
        state: Set(InvitationState::Open),
        expires_at: Set(write.now() + LIFE),
        ..Default::default()
    };
    let invitation = write.create::<invitation::Entity>(row).await?;
    send(&mut write, &invitation).await?;
    write
        .log(Change::to::<invitation::Entity>("created", &invitation))
        .await?;
    let invitation = invitation_seen_by(write.scope(), invitation);
    write.commit(Created::new(invitation)).await
}

/// List the invitations.
///
/// The newest first.
#[utoipa::path(
    get, path = "/circles/{circle_id}/invitations", tag = "invitations",
    params(CirclePath, InvitationQuery),
    responses((status = OK, description = "A page of invitations", body = InvitationPage), Problem),
)]
pub async fn list_invitations(
    circle: CircleAccess<InvitePeople>,
    Query(query): Query<InvitationQuery>,
) -> Result<Page<InvitationPage>, Problem> {
    use invitation::Column;
    let listing = circle.listing("invitations", &query)?;
    let mut rows = circle.find::<invitation::Entity>();
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    let order = OrderBy::descending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let seen = |row| invitation_seen_by(circle.scope(), row);
    let data = rows.into_iter().map(seen).collect();
    circle.listed(&InvitationPage { data, next_cursor })
}

/// Send an invitation again.
///
/// With a new link, good for seven days; the one before is void. Counts as an
/// invitation: 429 after three a day.
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations/{invitation_id}/resend", tag = "invitations",
    params(CirclePath, InvitationPath),
    responses((status = OK, description = "The invitation", body = Invitation), Problem, LinkGone),
)]
pub async fn resend_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<InvitationPath>,
) -> Result<Resource<Invitation>, Problem> {
    rate_limits::check_mail(&app, circle.request(), circle.circle_id()).await?;
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    invitation.check(InvitationVerb::Resend)?;
    if invitation.row.access == Access::Coordinator {
        circle.check_recent()?;
    }
    let mut row = invitation.row.clone().into_active_model();
    row.expires_at = Set(invitation.write.now() + LIFE);
    let fields = vec!["expires_at"];
    invitation.save(InvitationVerb::Resend, row, fields).await?;
    send(&mut invitation.write, &invitation.row).await?;
    invitation.respond().await
}

/// Withdraw an invitation.
///
/// Its link stops working at once.
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations/{invitation_id}/withdraw", tag = "invitations",
    params(CirclePath, InvitationPath),
    responses((status = OK, description = "The invitation", body = Invitation), Problem, LinkGone),
)]
pub async fn withdraw_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<InvitationPath>,
) -> Result<Resource<Invitation>, Problem> {
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    if invitation.begins(InvitationVerb::Withdraw)? {
        let open = invitation.row.clone();
        invitation.row = withdraw_one(&mut invitation.write, open).await?;
    }
    invitation.respond().await
}

/// Withdraws what somebody invited who may no longer invite.
pub(super) async fn withdraw_invitations_of(
    write: &mut CircleWrite,
    member: MemberId,
) -> Result<(), Problem> {
    withdraw_open(write, invitation::Column::CreatedBy.eq(member)).await
}

/// Withdraws what would let somebody back in who goes.
pub(super) async fn withdraw_invitations_to(
    write: &mut CircleWrite,
    user: UserId,
) -> Result<(), Problem> {
    let email = require_user(write.tx(), user).await?.email;
    withdraw_open(write, invitation::Column::Email.eq(email)).await
}

async fn withdraw_open(write: &mut CircleWrite, which: Expr) -> Result<(), Problem> {
    let open = write
        .find::<invitation::Entity>()
        .filter(invitation::Column::State.eq(InvitationState::Open))
        .filter(which)
        .all(write.tx())
        .await?;
    for invitation in open {
        withdraw_one(write, invitation).await?;
    }
    Ok(())
}

async fn withdraw_one(
    write: &mut CircleWrite,
    before: invitation::Model,
) -> Result<invitation::Model, Problem> {
    let subject = Subject::invitation(before.circle_id, before.id);
    mail_tokens::void(write.tx(), MailTokenKind::Invitation, subject, write.now()).await?;
    let mut row = before.clone().into_active_model();
    row.state = Set(InvitationState::Withdrawn);
    let after = write.update::<invitation::Entity>(&before, row).await?;
    let change = Change::to::<invitation::Entity>(InvitationVerb::Withdraw.word(), &after);
    write.log(change).await?;
    Ok(after)
}

async fn send(write: &mut CircleWrite, invitation: &invitation::Model) -> Result<(), Problem> {
    throttle::check_invitation(write.transaction(), &invitation.email).await?;
    let subject = Subject::invitation(invitation.circle_id, invitation.id);
    let until = Some(invitation.expires_at);
    mail_tokens::issue(
        write.transaction(),
        MailTokenKind::Invitation,
        subject,
        until,
    )
    .await?;
    let job = MailInvitation {
        circle_id: invitation.circle_id,
        invitation_id: invitation.id,
    };
    write.enqueue(&job).await
}

/// The zone of the circle that a mailed invitation leads to.
pub async fn zone_of_invitation(app: &App, token: &str) -> Result<String, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let glance = CircleGlance::at(app, token.circle_id.ok_or(Problem::Gone)?).await?;
    Ok(glance.circle().time_zone.clone())
}

/// Whether a member is linked to the patient.
pub(super) async fn has_patient(write: &CircleWrite) -> Result<bool, Problem> {
    let patient = write
        .find::<membership::Entity>()
        .filter(membership::Column::IsPatient.eq(true))
        .filter(membership::Column::State.is_in([
            MemberState::Active,
            MemberState::Suspended,
            MemberState::Leaving,
        ]))
        .one(write.tx())
        .await?;
    Ok(patient.is_some())
}
