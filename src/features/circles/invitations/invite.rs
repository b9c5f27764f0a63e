//! `invite`: makes an invitation and mails its link. The one that was open for this address is
//! withdrawn.

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
use crate::auth::find_user_id;
use crate::entity::ids::InvitationId;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::membership::Access;
use crate::features::circles::members::find_former_member;
use crate::http::extract::Json;
use crate::http::rate_limits;
use crate::http::response::Created;
use crate::platform::text::{EmailAddress, InvitationNote, Relationship};
use crate::problem::{Conflict, Problem};

/// Somebody to invite.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ben@example.org", "access": "helper", "relationship": "son" })))]
pub struct NewInvitation {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<InvitationId>,
    #[garde(dive)]
    pub email: EmailAddress,
    #[garde(skip)]
    pub access: Access,
    /// Whether this is the patient; accepting links their account.
    #[serde(default)]
    #[garde(skip)]
    pub as_patient: bool,
    #[serde(default)]
    #[garde(dive)]
    pub relationship: Option<Relationship>,
    /// Shown with the invitation, not in the mail.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<InvitationNote>,
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
        let before = show_invitation(write.scope(), before);
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
    let invitation = show_invitation(write.scope(), invitation);
    write.commit(Created::new(invitation)).await
}
