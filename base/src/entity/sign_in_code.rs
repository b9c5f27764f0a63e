//! A mailed code for signing in. An address without an account gets a row as well. Only the
//! device that asked for the code knows the id.

use sea_orm::entity::prelude::*;

use super::ids::SignInCodeId;
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "sign_in_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInCodeId,
    /// In lower case.
    pub email: String,
    pub device_label: Option<String>,
    pub code_hash: Vec<u8>,
    pub tries_left: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
