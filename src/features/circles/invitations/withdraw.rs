//! `withdraw_invitation`, and the functions that withdraw invitations when a member goes
//! or an address is invited again.

use sea_orm::sea_query::{IntoCondition, Query as Select};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};

use super::locked::LockedInvitation;
use super::rules::InvitationVerb;
use super::types::InvitationPath;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, InvitePeople, Verb};
use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::entity::ids::MemberId;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership::{self, AccessLevel};
use crate::entity::user;
use crate::features::circles::join_links::revoke_links_of_later;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Withdraw an invitation.
///
/// Its link stops working at once. It stays in the list as `withdrawn`. Nobody is told. If it is
/// withdrawn already, nothing changes.
///
/// - 403 `forbidden`: only coordinators can withdraw an invitation
/// - 409 `invalid_transition`: it was accepted or declined already
#[utoipa::path(
    delete, path = "/circles/{circle_id}/invitations/{invitation_id}", tag = "invitations",
    params(CirclePath, InvitationPath),
    responses((status = NO_CONTENT, description = "The invitation is withdrawn"), Problem),
)]
pub async fn withdraw_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<InvitationPath>,
) -> Result<NoContent, Problem> {
    let mut invitation = LockedInvitation::open(&app, &circle, path.invitation_id).await?;
    if invitation.check_unless_in_effect(InvitationVerb::Withdraw)? {
        withdraw_one(&mut invitation.write, &invitation.row).await?;
    }
    invitation.write.commit(NoContent).await
}

/// Withdraws the invitations of a member who may no longer invite, and revokes their join links.
pub(in crate::features::circles) async fn withdraw_invitations_of(
    write: &mut CircleWrite,
    member: MemberId,
) -> Result<(), Problem> {
    revoke_links_of_later(write, member);
    withdraw_open(write, invitation::Column::CreatedByMemberId.eq(member)).await
}

/// Withdraws the invitations by which a member who goes could come back, and those that they sent
/// if they are a coordinator. The join links of a coordinator are revoked.
pub(in crate::features::circles) async fn withdraw_invitations_around(
    write: &mut CircleWrite,
    member: &membership::Model,
) -> Result<(), Problem> {
    let to_them = member.user_id.map(|user| {
        let email = Select::select()
            .column(user::Column::Email)
            .from(user::Entity)
            .and_where(user::Column::Id.eq(user))
            .to_owned();
        invitation::Column::Email.in_subquery(email)
    });
    let sent = member.access == AccessLevel::Coordinator;
    if sent {
        revoke_links_of_later(write, member.id);
    }
    let sent = sent.then(|| invitation::Column::CreatedByMemberId.eq(member.id));
    let which = Condition::any()
        .add_option(to_them)
        .add(invitation::Column::MemberId.eq(member.id))
        .add_option(sent);
    withdraw_open(write, which).await
}

/// Withdraws these open invitations, when the transaction commits.
pub(in crate::features::circles) async fn withdraw_open(
    write: &mut CircleWrite,
    which: impl IntoCondition,
) -> Result<(), Problem> {
    let open = write
        .find::<invitation::Entity>()
        .filter(invitation::Column::State.eq(InvitationState::Open))
        .filter(which)
        .all(write.tx())
        .await?;
    for invitation in open {
        withdraw_one(write, &invitation).await?;
    }
    Ok(())
}

async fn withdraw_one(write: &mut CircleWrite, before: &invitation::Model) -> Result<(), Problem> {
    let subject = TokenSubject::invitation(before.circle_id, before.id);
    mail_tokens::void_later(write.transaction(), MailTokenKind::Invitation, subject);
    let mut row = before.clone().into_active_model();
    row.state = Set(InvitationState::Withdrawn);
    let after = write.update_later::<invitation::Entity>(before, row)?;
    let change = Change::to::<invitation::Entity>(InvitationVerb::Withdraw.word(), &after);
    write.log(change).await
}
