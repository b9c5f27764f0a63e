//! A release of the time zone database by which the stored instants were computed.

use sea_orm::entity::prelude::*;

use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "zone_rules")]
pub struct Model {
    /// Like `2026f`. A later release sorts after an earlier one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: String,
    pub followed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
