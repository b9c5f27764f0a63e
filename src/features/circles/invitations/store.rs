//! How invitations are found and described.

use chrono::{DateTime, Utc};

use super::rules::{InvitationFacts, InvitationVerb};
use super::types::Invitation;
use crate::access::{CircleScope, CircleWrite, Verb, patient_id_of};
use crate::entity::ids::{CircleId, InvitationId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token;
use crate::problem::Problem;

/// The invitation as its reader sees it.
pub(super) fn show_invitation(scope: &CircleScope, row: invitation::Model) -> Invitation {
    let facts = InvitationFacts {
        scope,
        invitation: &row,
    };
    Invitation {
        actions: InvitationVerb::actions(&facts),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        email: row.email,
        name: row.name,
        member_id: row.member_id,
        access: row.access,
        as_patient: row.as_patient,
        relationship: row.relationship,
        note: row.note,
        state: row.state,
        expires_at: row.expires_at,
        invited_by_member_id: row.created_by_member_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The circle to which the token of an email leads.
pub(super) fn circle_of(token: &mail_token::Model) -> Result<CircleId, Problem> {
    token.circle_id.ok_or(Problem::Gone)
}

/// The invitation of a token, or 410 if it is no longer open.
pub(super) async fn open_invitation_of(
    write: &CircleWrite,
    token: &mail_token::Model,
) -> Result<invitation::Model, Problem> {
    let invitation = write
        .find_one::<invitation::Entity>(InvitationId(token.subject_id))
        .await?;
    while_open(invitation, write.now())
}

/// An invitation, or 410 if it is no longer open.
pub(super) fn while_open(
    invitation: Option<invitation::Model>,
    now: DateTime<Utc>,
) -> Result<invitation::Model, Problem> {
    invitation
        .filter(|invitation| {
            invitation.state == InvitationState::Open && invitation.expires_at > now
        })
        .ok_or(Problem::Gone)
}

/// Whether the circle has a member who is the patient.
pub(super) async fn has_patient(write: &CircleWrite) -> Result<bool, Problem> {
    let patient = patient_id_of(write.tx(), write.scope()).await?;
    Ok(patient.is_some())
}
