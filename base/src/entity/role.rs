//! A role: an area that somebody carries for a time.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, RoleId};
use crate::row::Row;

wire_enum! {
    /// What area a role is about.
    RoleKind {
        /// Getting, sorting and giving medication.
        Medication = "medication",
        /// Driving people.
        Transport = "transport",
        /// Cooking and shopping.
        Meals = "meals",
        /// Money and insurance.
        FinanceInsurance = "finance_insurance",
        /// Looking after children.
        ChildCare = "child_care",
        /// Looking after pets.
        Pets = "pets",
        /// House and garden.
        Household = "household",
        /// Keeping other people informed.
        Communication = "communication",
        /// Care at night.
        NightCare = "night_care",
        /// Arranging appointments.
        Appointments = "appointments",
        /// Anything else. It needs a title.
        Custom = "custom",
    }
}

wire_enum! {
    /// The state of a role.
    RoleState {
        /// In use: members can carry it.
        Active = "active",
        /// Archived: nobody carries it and nobody can change it until it is unarchived.
        Archived = "archived",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleId,
    pub kind: RoleKind,
    /// `None`: the role is named after its kind.
    pub title: Option<String>,
    pub description: Option<String>,
    pub effort_minutes_per_week: Option<i32>,
    /// Whether several members can carry it at the same time. Written under the circle's lock.
    pub shared: bool,
    pub previously_carried_by_patient: bool,
    pub state: RoleState,
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

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "roles",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "created_by_member_id"]),
        (Family, &["title", "description"]),
        (State, &["kind", "effort_minutes_per_week", "shared"]),
        (State, &["previously_carried_by_patient", "state"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
