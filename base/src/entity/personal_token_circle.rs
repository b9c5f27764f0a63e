//! A circle that a personal access token is for, as its owner's membership there.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, PersonalTokenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "personal_token_circles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub personal_token_id: PersonalTokenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    pub member_id: MemberId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
