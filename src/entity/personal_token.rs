//! An access token that somebody made for a program of their own.

use sea_orm::entity::prelude::*;

use super::ids::{PersonalTokenId, UserId};

wire_enum! {
    /// What a personal access token is good for.
    TokenScope {
        /// Reading the circle itself and who is in it.
        CircleRead = "circle:read",
        /// Reading tasks, lists and their reminders.
        TasksRead = "tasks:read",
        /// Everything one may do with tasks and lists.
        TasksWrite = "tasks:write",
        /// Reading appointments, needs and their reminders.
        AppointmentsRead = "appointments:read",
        /// Everything one may do with appointments and needs.
        AppointmentsWrite = "appointments:write",
        /// Reading roles and who carries them.
        RolesRead = "roles:read",
        /// Everything one may do with roles.
        RolesWrite = "roles:write",
        /// Reading threads and messages.
        MessagesRead = "messages:read",
        /// Writing messages and everything one may do with threads.
        MessagesWrite = "messages:write",
        /// Reading one's own account.
        ProfileRead = "profile:read",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "personal_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonalTokenId,
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    pub token_hash: Vec<u8>,
    /// Names of scopes, with a space between them.
    pub scopes: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// Accurate to ten minutes.
    pub last_used_at: Option<DateTimeUtc>,
    /// When its owner took it back.
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
