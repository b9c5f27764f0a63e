//! A circle that a personal access token may be used for, and its owner's membership there.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, PersonalAccessTokenId};
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "personal_access_token_circles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub personal_access_token_id: PersonalAccessTokenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    pub member_id: MemberId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
