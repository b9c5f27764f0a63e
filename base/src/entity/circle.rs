//! A family circle and the patient it formed around.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "circles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CircleId,
    pub name: String,
    /// The neutral label that mails use.
    pub alias: String,
    pub time_zone: String,
    pub patient_name: String,
    pub patient_about: Option<String>,
    pub created_by_user: UserId,
    /// The number of the newest change; its row lock orders all writes of the circle.
    pub change_seq: i64,
    /// When it is going to be erased, if somebody asked for it.
    pub erase_at: Option<DateTimeUtc>,
    pub erase_asked_by: Option<MemberId>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// A hash of the request that made it, where its client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
