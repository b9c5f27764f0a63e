//! A member who decides for the patient when the patient cannot.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, ProxyId};
use crate::row::Row;

wire_enum! {
    /// Why a member may decide for the patient.
    ProxyBasis {
        /// The patient said so.
        PatientSaid = "patient_said",
        /// A document says so, such as a power of attorney.
        LegalDocument = "legal_document",
    }
}

wire_enum! {
    /// The state of a proxy.
    ProxyState {
        /// Named in advance. The patient still decides.
        Dormant = "dormant",
        /// Decides for the patient now.
        Active = "active",
        /// Does not decide for the patient any more.
        Revoked = "revoked",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "proxies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProxyId,
    /// The member who decides for the patient. Its author named them or recorded it.
    pub member_id: MemberId,
    pub basis: ProxyBasis,
    /// When the patient said so, or the date of the document.
    pub said_on: Option<Date>,
    /// Whether the patient named them, and not a coordinator who recorded what the patient said.
    pub named_by_patient: bool,
    pub state: ProxyState,
    pub activated_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "proxies",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (
            Key,
            &["circle_id", "id", "member_id", "created_by_member_id"],
        ),
        (State, &["basis", "said_on", "named_by_patient"]),
        (State, &["state", "activated_at"]),
        (State, STAMPS),
    ],
);
