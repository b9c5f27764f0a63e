//! A word of an appointment, by which people find it.

use sea_orm::entity::prelude::*;

use super::ids::{AppointmentId, CircleId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment_terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    /// The word as a search compares it: see `platform::text::words`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub term: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: AppointmentId,
    /// 1 for a word of the title, 0 for a word that only the other texts have.
    #[sea_orm(primary_key, auto_increment = false)]
    pub in_title: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
