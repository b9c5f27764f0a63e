//! A word of a task, by which people find it.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, TaskId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    /// The word as a search compares it: see `platform::text::words`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub term: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: TaskId,
    /// 1 for a word of the title, 0 for a word that only the other texts have.
    #[sea_orm(primary_key, auto_increment = false)]
    pub in_title: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
