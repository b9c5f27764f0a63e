//! What an appointment needs of others: a ride, company. It is shown without its appointment,
//! so that a helper does not learn what the appointment is about.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, CircleId, MemberId, NeedId};

wire_enum! {
    /// What is needed.
    NeedKind {
        /// Somebody who drives.
        Driver = "driver",
        /// Somebody who comes along.
        Companion = "companion",
        /// Somebody who writes down what is said.
        NoteTaker = "note_taker",
        /// Somebody who looks after the children meanwhile.
        ChildCare = "child_care",
        /// Somebody who translates.
        Interpreter = "interpreter",
    }
}

wire_enum! {
    /// Where a need stands.
    NeedState {
        /// People can take it.
        Open = "open",
        /// Its appointment is called off; reinstating that opens it again.
        OnHold = "on_hold",
        /// Not needed any more.
        Cancelled = "cancelled",
        /// Its appointment is over.
        Over = "over",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "needs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NeedId,
    pub appointment_id: AppointmentId,
    pub kind: NeedKind,
    pub people_needed: i32,
    /// How many have taken it; kept under the circle's lock.
    pub people_accepted: i32,
    pub pick_up: Option<String>,
    pub drop_off: Option<String>,
    pub notes: Option<String>,
    /// The day, where its appointment takes all day.
    pub starts_on: Option<Date>,
    pub starts_local: Option<DateTime>,
    pub ends_local: Option<DateTime>,
    pub time_zone: Option<String>,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub sort_at: DateTimeUtc,
    /// From this moment on it lies in the past; of a date, for every reader.
    pub over_at: DateTimeUtc,
    pub state: NeedState,
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
    "needs",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "appointment_id", "created_by"]),
        (Family, &["pick_up", "drop_off", "notes"]),
        (State, &["kind", "people_needed", "people_accepted"]),
        (State, &["starts_on", "starts_local", "ends_local"]),
        (State, &["time_zone", "starts_at", "ends_at", "sort_at"]),
        (Technical, &["over_at"]),
        (State, &["state"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
