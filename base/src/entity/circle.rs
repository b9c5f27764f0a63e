//! A circle and its patient.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, FileId, MemberId, UserId};
use crate::row::Row;

wire_enum! {
    /// Where a circle is in its life.
    CircleState {
        /// It goes on as usual.
        Active = "active",
        /// The patient is away from home, for example in a hospital. Nobody is reminded or told of
        /// tasks. Appointments go on.
        Paused = "paused",
        /// The patient has died. Everything that was planned is canceled, and nothing new is
        /// planned. Members can still write to each other.
        InMemory = "in_memory",
        /// It can only be read, and sends no emails.
        Archived = "archived",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "circles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CircleId,
    pub name: String,
    /// The neutral name that is used in emails.
    pub alias: String,
    pub time_zone: String,
    /// The tag of the language for members who chose none, if one was chosen.
    pub locale: Option<String>,
    pub patient_name: String,
    pub patient_about: Option<String>,
    /// The picture of the patient. Its addresses are derived from this id, so nobody gets to know it.
    pub patient_photo_file_id: Option<FileId>,
    pub created_by_user_id: UserId,
    /// The number of the newest change. Each write of the circle counts it up, so the lock of this
    /// row puts all writes in order.
    pub change_seq: i64,
    /// The last day on which a member is away, or a later one. Without it nobody is.
    pub away_until: Option<Date>,
    /// When its data is erased, while its deletion is scheduled.
    pub deletion_scheduled_for: Option<DateTimeUtc>,
    pub deletion_requested_by_member_id: Option<MemberId>,
    pub state: CircleState,
    /// Whether the patient forbids that emails say what they are about.
    pub email_details_forbidden: bool,
    /// The state to which it returns when it is unarchived.
    pub archived_from: Option<CircleState>,
    /// The member who becomes coordinator when the last coordinator goes.
    pub deputy_member_id: Option<MemberId>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// The hash of the request that created it, if the client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
