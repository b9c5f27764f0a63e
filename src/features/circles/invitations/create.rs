//! `create_invitation`: creates an invitation and emails its link. An older open invitation for the
//! same address is withdrawn.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::send::{LIFE, send};
use super::store::{has_patient, show_invitation};
use super::types::Invitation;
use super::withdraw::withdraw_open;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, InvitePeople, limits};
use crate::app::App;
use crate::entity::ids::{InvitationId, MemberId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::membership::AccessLevel;
use crate::features::circles::members::{find_member_with_address, refuse_member};
use crate::features::participation::require_active;
use crate::http::extract::Json;
use crate::http::rate_limits;
use crate::http::response::Created;
use crate::platform::text::{EmailAddress, InvitationNote, Relationship};
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// A person to invite.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ben@example.org", "access": "helper", "relationship": "son" })))]
pub struct CreateInvitationRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<InvitationId>,
    /// The email address to invite. It is stored in lower case, with its domain in
    /// punycode.
    #[garde(dive)]
    pub email: EmailAddress,
    /// The access level that the invited person gets.
    #[garde(skip)]
    pub access: AccessLevel,
    /// Whether the invited person is the patient. Their account is linked when they
    /// accept.
    #[serde(default)]
    #[garde(skip)]
    pub as_patient: bool,
    /// What the invited person is to the patient, such as "son".
    #[serde(default)]
    #[garde(dive)]
    pub relationship: Option<Relationship>,
    /// A personal line that is shown with the invitation, but not in the email.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<InvitationNote>,
    /// The member without an account whom the invitation gives one. They keep their id and their
    /// history.
    #[serde(default)]
    #[garde(skip)]
    pub member_id: Option<MemberId>,
}

/// Invite a person by email.
///
/// The email says who invites and names the circle by its alias. Its link works for seven
/// days. If this address has an open invitation for the circle, that one is withdrawn.
///
/// - 403 `forbidden`: only coordinators can invite people
/// - 403 `reauthentication_required`: you invite a coordinator and have not confirmed your
///   identity in the last ten minutes
/// - 409 `already_member`, `member_suspended`: the person is a member of the circle, or a
///   suspended one
/// - 409 `patient_exists`: the patient is a member already
/// - 409 `limit_reached`: the circle has too many open invitations
/// - 422 `unknown_member`, `member_has_account`: `member_id` names no active member without an account
/// - 429 `too_many_requests`: the address got three invitations today, or the circle sent
///   too many in this hour
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations", tag = "invitations", params(CirclePath),
    responses((status = CREATED, description = "The invitation", body = Invitation), Problem),
)]
pub async fn create_invitation(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Json(new): Json<CreateInvitationRequest>,
) -> Result<Created<Invitation>, Problem> {
    rate_limits::check_invitations(&app, circle.request(), circle.circle_id()).await?;
    if new.access == AccessLevel::Coordinator {
        circle.check_recent()?;
    }
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<invitation::Entity>(new.id).await? {
        let before = show_invitation(write.scope(), before);
        return write.commit(Created::again(before)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    if new.as_patient && has_patient(&write).await? {
        let detail = "The patient is a member of this circle already. Send `as_patient: false`.";
        return Err(Conflict::of(ProblemCode::PatientExists, detail).into());
    }
    if let Some(member) = new.member_id {
        let member = require_active(&write, "/member_id", member).await?;
        if !member.is_managed() {
            let detail = "This member has an account already. Leave the field out.";
            let code = FieldErrorCode::MemberHasAccount;
            return Err(Problem::field("/member_id", code, detail));
        }
    }
    let email = String::from(new.email);
    // One statement, with and without an account, so that the answer takes as long and does not
    // tell whether the address has an account.
    let member = find_member_with_address(&write, &email).await?;
    refuse_member(member.as_ref())?;
    let of_member = new
        .member_id
        .map(|member| invitation::Column::MemberId.eq(member));
    let older = Condition::any()
        .add(invitation::Column::Email.eq(&email))
        .add_option(of_member);
    withdraw_open(&mut write, older).await?;

    // Those to this address were withdrawn above.
    let open = Condition::all()
        .add(invitation::Column::State.eq(InvitationState::Open))
        .add(invitation::Column::Email.ne(&email))
        .add(invitation::Column::ExpiresAt.gt(write.now()));
    write
        .check_limit::<invitation::Entity>(limits::OPEN_INVITATIONS, open)
        .await?;
    let row = invitation::ActiveModel {
        id: Set(id),
        email: Set(email),
        member_id: Set(new.member_id),
        access: Set(new.access),
        as_patient: Set(new.as_patient),
        relationship: Set(new.relationship.map(Into::into)),
        note: Set(new.note.map(Into::into)),
        state: Set(InvitationState::Open),
        expires_at: Set(write.now() + LIFE),
        ..Default::default()
    };
    let invitation = match new.id {
        Some(_) => write.create::<invitation::Entity>(row).await?,
        None => write.create_later::<invitation::Entity>(row)?,
    };
    send(&mut write, &invitation).await?;
    write
        .log(Change::to::<invitation::Entity>("created", &invitation))
        .await?;
    let invitation = show_invitation(write.scope(), invitation);
    write.commit(Created::new(invitation)).await
}
