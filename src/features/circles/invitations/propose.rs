//! `propose_invitation`: a member who cannot invite proposes a person. No email is sent until a
//! coordinator approves it.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::send::LIFE;
use super::store::show_invitation;
use super::types::Invitation;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, ProposePeople, limits};
use crate::app::App;
use crate::entity::ids::InvitationId;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::membership::AccessLevel;
use crate::entity::notification::NotificationKind;
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::notify::notifications::{Notification, notify};
use crate::platform::text::{EmailAddress, InvitationNote, PersonName, Relationship};
use crate::problem::Problem;

/// A person to propose.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ben@example.org", "name": "Ben Díaz", "relationship": "neighbor" })))]
pub struct ProposeInvitationRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<InvitationId>,
    /// The email address of the person.
    #[garde(dive)]
    pub email: EmailAddress,
    /// The name of the person, for the coordinators.
    #[serde(default)]
    #[garde(dive)]
    pub name: Option<PersonName>,
    /// What the person is to the patient, such as "neighbor".
    #[serde(default)]
    #[garde(dive)]
    pub relationship: Option<Relationship>,
    /// A personal line that the coordinators read, and that is shown with the invitation.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<InvitationNote>,
}

/// Propose a person to invite.
///
/// The invitation waits as `proposed`. The coordinators are told. When one of them approves it, the
/// person gets the email. Until then nobody outside the circle is told.
///
/// - 403 `forbidden`: helpers and viewers cannot propose people
/// - 409 `limit_reached`: too many proposals wait
#[utoipa::path(
    post, path = "/circles/{circle_id}/invitations/propose", tag = "invitations",
    params(CirclePath),
    responses((status = CREATED, description = "The invitation", body = Invitation), Problem),
)]
pub async fn propose_invitation(
    app: App,
    circle: CircleAccess<ProposePeople>,
    Json(new): Json<ProposeInvitationRequest>,
) -> Result<Created<Invitation>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<invitation::Entity>(new.id).await? {
        let before = show_invitation(write.scope(), before);
        return write.commit(Created::again(before)).await;
    }
    let waiting = invitation::Column::State.eq(InvitationState::Proposed);
    let waiting = Condition::all().add(waiting);
    write
        .check_limit::<invitation::Entity>(limits::PROPOSED_INVITATIONS, waiting)
        .await?;
    let row = invitation::ActiveModel {
        id: Set(new.id.unwrap_or_else(|| write.new_id())),
        email: Set(new.email.into()),
        name: Set(new.name.map(Into::into)),
        access: Set(AccessLevel::Helper),
        as_patient: Set(false),
        relationship: Set(new.relationship.map(Into::into)),
        note: Set(new.note.map(Into::into)),
        state: Set(InvitationState::Proposed),
        expires_at: Set(write.now() + LIFE),
        ..Default::default()
    };
    let invitation = match new.id {
        Some(_) => write.create::<invitation::Entity>(row).await?,
        None => write.create_later::<invitation::Entity>(row)?,
    };
    write
        .log(Change::to::<invitation::Entity>("proposed", &invitation))
        .await?;
    let kind = NotificationKind::PersonProposed;
    let told = Notification::of(kind, &invitation, write.scope().time_zone());
    notify(&write, vec![told]).await?;
    let invitation = show_invitation(write.scope(), invitation);
    write.commit(Created::new(invitation)).await
}
