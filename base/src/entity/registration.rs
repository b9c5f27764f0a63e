//! A registration that waits until its email address is confirmed with the mailed link or code.
//! The password belongs to the registration, so that nobody can set a password for the address
//! of another person.

use sea_orm::entity::prelude::*;

use super::ids::RegistrationId;
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "registrations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RegistrationId,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub time_zone: String,
    /// The tag of the language of the account's emails and pages, if one was chosen.
    pub locale: Option<String>,
    pub code_hash: Vec<u8>,
    /// The number of the valid code. Every resend makes a new code and counts up.
    pub code_number: i32,
    pub tries_left: i32,
    pub code_expires_at: DateTimeUtc,
    /// When the link and the registration expire.
    pub expires_at: DateTimeUtc,
    pub confirmed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
