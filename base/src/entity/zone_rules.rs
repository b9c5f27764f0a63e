//! A release of the time zone database that the stored instants have followed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "zone_rules")]
pub struct Model {
    /// Like `2026f`; a later release sorts behind an earlier one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: String,
    pub followed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
