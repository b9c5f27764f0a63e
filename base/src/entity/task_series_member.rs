//! A member who does every task of a series, or takes turns in it. A member has one row in a
//! series, which changes its state.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, TaskSeriesId, TaskSeriesMemberId};
use crate::row::Row;

wire_enum! {
    /// The state of a member's part in a series.
    SeriesMemberState {
        /// The member was asked to do it, or to take turns. Not answered yet.
        Offered = "offered",
        /// The member claimed or accepted it.
        Accepted = "accepted",
        /// The member declined. No reason is asked for.
        Declined = "declined",
        /// The member released it, or the server did because the member left, was suspended, or may
        /// see or do less now.
        Released = "released",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "task_series_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskSeriesMemberId,
    pub series_id: TaskSeriesId,
    pub member_id: MemberId,
    pub state: SeriesMemberState,
    /// The place in the order of the turns, from 0. Null if the member has no turn.
    pub turn: Option<i32>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The member who asked last, or the member themselves.
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "task_series_members",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "series_id", "member_id"]),
        (Key, &["created_by_member_id"]),
        (State, &["state", "turn"]),
        (State, STAMPS),
    ],
);
