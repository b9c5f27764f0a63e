//! How many attempts there were, and until when no further attempt is allowed.

use sea_orm::entity::prelude::*;

use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "throttles")]
pub struct Model {
    /// SHA-256 of what is counted: an address, an account or a device.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_hash: Vec<u8>,
    pub tries: i32,
    /// The end of the wait, or of the counted minute.
    pub until: DateTimeUtc,
    /// When the attempts are forgotten.
    pub forget_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
