//! A challenge that waits to be signed with a passkey. It can be used once, and only by the
//! operation that it was made for.

use sea_orm::entity::prelude::*;

use super::ids::{PasskeyChallengeId, SessionId, UserId};
use crate::row::Row;

wire_enum! {
    /// What a challenge is for.
    ChallengePurpose {
        /// Adding a passkey to the account.
        Add = "add",
        /// Signing in.
        SignIn = "sign_in",
        /// Confirming the identity of somebody who is signed in.
        Reauthenticate = "reauthenticate",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "passkey_challenges")]
pub struct Model {
    /// Random: only the device that started the sign-in knows it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyChallengeId,
    pub purpose: ChallengePurpose,
    /// `None` for a sign-in: the account is not known yet.
    pub user_id: Option<UserId>,
    /// The session that asked for it.
    pub session_id: Option<SessionId>,
    /// What the answer is checked against, as JSON.
    pub state: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
