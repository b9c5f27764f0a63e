//! An invitation into a circle, bound to an e-mail address.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, InvitationId, MemberId};
use super::membership::Access;

wire_enum! {
    /// What became of an invitation. One past its end is still `open` here.
    InvitationState {
        /// Waits for its answer until it ends.
        Open = "open",
        /// Led to a membership.
        Accepted = "accepted",
        /// Was taken back.
        Withdrawn = "withdrawn",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub email: String,
    pub access: Access,
    /// Accepting links the account to the patient.
    pub as_patient: bool,
    pub relationship: Option<String>,
    pub note: Option<String>,
    pub state: InvitationState,
    pub expires_at: DateTimeUtc,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// A hash of the request that made it, where its client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
