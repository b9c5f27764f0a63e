//! A member's part in a need: one row for each member and need.

use sea_orm::entity::prelude::*;

use super::class::Class::{Key, State};
use super::class::Erase::Keep;
use super::class::Export::Seen;
use super::class::Whose::Member;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, NeedCommitmentId, NeedId};

wire_enum! {
    /// Where one person's part in a need stands.
    CommitmentState {
        /// Asked, or asked anew after a move; not yet answered.
        Offered = "offered",
        /// Taken on.
        Accepted = "accepted",
        /// Said no; nobody asks why.
        Declined = "declined",
        /// Taken on and given back.
        Withdrawn = "withdrawn",
        /// Freed because the person left, was suspended, or sees or may do less.
        Released = "released",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "need_commitments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NeedCommitmentId,
    pub need_id: NeedId,
    pub member_id: MemberId,
    pub state: CommitmentState,
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// Who asked them last, or the member themselves.
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What its columns say, and of whom.
pub const TABLE: Table = Table::new(
    "need_commitments",
    Seen,
    &[(Member("member_id"), Keep)],
    &[
        (Key, &["circle_id", "id", "need_id", "member_id"]),
        (Key, &["created_by"]),
        (State, &["state"]),
        (State, STAMPS),
    ],
);
