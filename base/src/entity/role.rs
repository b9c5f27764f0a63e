//! A role in a circle: something that somebody carries for a time.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, RoleId};

wire_enum! {
    /// What kind of thing a role is about.
    RoleKind {
        /// Medicines: fetch, sort, give.
        Medication = "medication",
        /// Bringing and fetching people.
        Transport = "transport",
        /// Cooking and shopping.
        Meals = "meals",
        /// Money and insurance.
        FinanceInsurance = "finance_insurance",
        /// Looking after children.
        ChildCare = "child_care",
        /// Looking after animals.
        Pets = "pets",
        /// House and garden.
        Household = "household",
        /// Keeping others informed.
        Communication = "communication",
        /// Being there at night.
        NightCare = "night_care",
        /// Arranging appointments.
        Appointments = "appointments",
        /// Anything else; needs a title.
        Custom = "custom",
    }
}

wire_enum! {
    /// Where a role stands.
    RoleState {
        /// Somebody is to carry it.
        Active = "active",
        /// Nobody needs to carry it any more.
        Retired = "retired",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleId,
    pub kind: RoleKind,
    /// Without one it is called after its kind.
    pub title: Option<String>,
    pub description: Option<String>,
    pub effort_minutes_per_week: Option<i32>,
    /// Whether several may carry it at a time; kept under the circle's lock.
    pub shared: bool,
    pub previously_carried_by_patient: bool,
    pub state: RoleState,
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

/// What its columns say, and of whom.
pub const TABLE: Table = Table::new(
    "roles",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "created_by"]),
        (Family, &["title", "description"]),
        (State, &["kind", "effort_minutes_per_week", "shared"]),
        (State, &["previously_carried_by_patient", "state"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
