//! The circle's change log: one row per subject changed, numbered without gaps
//! in the order of the commits.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, PersonalTokenId, ThreadId};
use super::topic_grant::Topic;

wire_enum! {
    /// On which way a change came.
    ActorKind {
        /// A signed-in person.
        Session = "session",
        /// A personal access token.
        Token = "token",
        /// A link in a mail.
        Mail = "mail",
        /// Kith itself.
        System = "system",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub at: DateTimeUtc,
    pub actor_id: Option<MemberId>,
    pub on_behalf_of: Option<MemberId>,
    pub way: ActorKind,
    /// The token, where the way is one.
    pub personal_token_id: Option<PersonalTokenId>,
    /// What happened: `created`, `claimed`, …
    pub verb: String,
    /// What it happened to: `task`, `membership`, …
    pub subject_type: String,
    pub subject_id: Uuid,
    pub topic: Option<Topic>,
    /// The thread it happened in: a member who does not see the thread does not see the line.
    pub thread_id: Option<ThreadId>,
    /// The names of the fields that changed, as a JSON array; never their values.
    pub fields: String,
    pub request_id: Option<String>,
    /// /24 of an IPv4, /48 of an IPv6 address.
    pub address_prefix: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
