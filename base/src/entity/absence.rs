//! An absence: days on which a member is away. What they hold then counts as uncovered.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, Personal, State};
use super::class::Erase::Delete;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{Blank, STAMPS, Table};
use super::ids::{AbsenceId, CircleId, MemberId};
use crate::row::Row;

wire_enum! {
    /// The state of an absence.
    AbsenceState {
        /// To come or going on.
        Active = "active",
        /// Over: the member is back.
        Ended = "ended",
        /// Canceled before it began.
        Canceled = "canceled",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "absences")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AbsenceId,
    pub member_id: MemberId,
    /// The first day, in the time zone of the circle.
    pub from_on: Date,
    /// The last day. `None`: until it is ended.
    pub until_on: Option<Date>,
    pub note: Option<String>,
    pub state: AbsenceState,
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
    "absences",
    Seen,
    &[(Member("member_id"), Delete)],
    &[
        (
            Key,
            &["circle_id", "id", "member_id", "created_by_member_id"],
        ),
        (Personal(Blank::Null), &["note"]),
        (State, &["from_on", "until_on", "state"]),
        (State, STAMPS),
    ],
);
