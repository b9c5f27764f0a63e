//! A challenge that waits to be signed with a passkey. It is good once, and only for the
//! operation that asked for it.

use sea_orm::entity::prelude::*;

use super::ids::{PasskeyChallengeId, SessionId, UserId};

wire_enum! {
    /// What a challenge is for.
    ChallengePurpose {
        /// Adding a passkey to the account.
        Add = "add",
        /// Signing in.
        SignIn = "sign_in",
        /// Proving again who holds a signed-in device.
        Reauthenticate = "reauthenticate",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey_challenges")]
pub struct Model {
    /// Random: of a sign-in it is known to the device that asked and to no other.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyChallengeId,
    pub purpose: ChallengePurpose,
    /// `None` until somebody signs in.
    pub user_id: Option<UserId>,
    /// The signed-in device that asked.
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
