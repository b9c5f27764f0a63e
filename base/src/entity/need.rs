//! A need: help that an appointment needs, such as a driver. It is shown without its appointment,
//! because a helper may claim it without learning what the appointment is about.

use sea_orm::entity::prelude::*;

use super::class::Class::{Beside, Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, CircleId, MemberId, NeedId};
use crate::row::Row;

wire_enum! {
    /// What kind of help is needed.
    NeedKind {
        /// Somebody who drives.
        Driver = "driver",
        /// Somebody who comes along and keeps company.
        Companion = "companion",
        /// Somebody who takes notes.
        NoteTaker = "note_taker",
        /// Somebody who looks after the children in the meantime.
        ChildCare = "child_care",
        /// Somebody who interprets between languages.
        Interpreter = "interpreter",
    }
}

wire_enum! {
    /// The state of a need.
    NeedState {
        /// Members can claim it.
        Open = "open",
        /// Its appointment was canceled. Reinstating the appointment opens the need again.
        OnHold = "on_hold",
        /// Canceled: the help is not needed any more.
        Canceled = "canceled",
        /// Its appointment is over.
        Past = "past",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "needs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NeedId,
    pub appointment_id: AppointmentId,
    /// The number that the need has in the series of its appointment.
    pub series_need: Option<i32>,
    pub kind: NeedKind,
    pub people_needed: i32,
    /// How many have claimed or accepted it. Written under the circle's lock.
    pub people_accepted: i32,
    /// How many of these hand it over at the moment, or are away. Written under the circle's lock.
    pub people_uncertain: i32,
    pub pickup_location: Option<String>,
    pub dropoff_location: Option<String>,
    pub notes: Option<String>,
    /// The date, if its appointment is all-day.
    pub starts_on: Option<Date>,
    /// The last date, if its appointment takes several days.
    pub ends_on: Option<Date>,
    pub starts_local: Option<DateTime>,
    pub ends_local: Option<DateTime>,
    pub time_zone: Option<String>,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub sort_at: DateTimeUtc,
    /// The moment from which it is in the past. A date is past when it is past in every zone.
    pub over_at: DateTimeUtc,
    pub state: NeedState,
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
    "needs",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "created_by_member_id"]),
        (Beside("appointments"), &["appointment_id"]),
        (Family, &["pickup_location", "dropoff_location", "notes"]),
        (State, &["kind", "people_needed", "series_need"]),
        (State, &["starts_on", "starts_local", "ends_local"]),
        (State, &["ends_on"]),
        (State, &["time_zone", "starts_at", "ends_at"]),
        (Technical, &["people_accepted", "sort_at", "over_at"]),
        (Technical, &["people_uncertain"]),
        (State, &["state"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
