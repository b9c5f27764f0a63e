//! A question for the care team. It waits as a draft, is planned for an appointment, is asked there,
//! and gets an answer.

use sea_orm::entity::prelude::*;

use super::class::Class::{Beside, Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, CircleId, MemberId, QuestionId};
use super::topic_grant::Topic;
use crate::row::Row;

wire_enum! {
    /// The state of a question for the care team.
    QuestionState {
        /// Not planned for an appointment. The brief of every appointment about its topic lists it.
        Draft = "draft",
        /// Planned for an appointment.
        Planned = "planned",
        /// Asked. It has no answer yet.
        Asked = "asked",
        /// The care team has answered it.
        Answered = "answered",
        /// Nobody needs an answer any more.
        SetAside = "set_aside",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "questions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuestionId,
    pub text: String,
    pub topic: Topic,
    pub state: QuestionState,
    /// The appointment for which it is planned, or at which it was asked.
    pub appointment_id: Option<AppointmentId>,
    /// Whether it was planned for an appointment that is over, and was not asked there.
    pub carried_over: bool,
    pub answer: Option<String>,
    pub heard_by_member_id: Option<MemberId>,
    pub answered_on: Option<Date>,
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
    "questions",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "heard_by_member_id"]),
        (Beside("appointments"), &["appointment_id"]),
        (Key, &["created_by_member_id"]),
        (Family, &["text", "answer"]),
        (State, &["topic", "state", "carried_over", "answered_on"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
