//! A version of the search index that covers every circle: see `features::search`.

use sea_orm::entity::prelude::*;

use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "search_indexes")]
pub struct Model {
    /// The version of the rules that make words of texts. A later version is a larger number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub indexed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
