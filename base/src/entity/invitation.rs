//! An invitation to a circle. Only the owner of its email address can accept it.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, InvitationId, MemberId};
use super::membership::AccessLevel;
use crate::row::Row;

wire_enum! {
    /// The state of an invitation. An expired invitation is still `open`: see `expires_at`.
    InvitationState {
        /// Waits for an answer.
        Open = "open",
        /// Accepted: the invited person has joined.
        Accepted = "accepted",
        /// Declined: the invited person does not want to join.
        Declined = "declined",
        /// Withdrawn by a coordinator.
        Withdrawn = "withdrawn",
        /// Proposed by a member who cannot invite. No email was sent.
        Proposed = "proposed",
        /// Proposed, and a coordinator has decided against it.
        Rejected = "rejected",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub email: String,
    /// The name of the person, as the member who proposed them wrote it.
    pub name: Option<String>,
    /// The managed member whom this invitation gives an account.
    pub member_id: Option<MemberId>,
    pub access: AccessLevel,
    /// Accepting it makes the account that of the patient.
    pub as_patient: bool,
    pub relationship: Option<String>,
    pub note: Option<String>,
    pub state: InvitationState,
    pub expires_at: DateTimeUtc,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// The hash of the request that created it, if the client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
