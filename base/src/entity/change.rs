//! The change log of a circle, from which its activity is read. Every change of a thing is one
//! row. The rows are numbered without gaps in the order of the commits.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MemberId, PersonalAccessTokenId, ThreadId};
use super::topic_grant::Topic;
use crate::row::Row;

wire_enum! {
    /// How somebody acted.
    ActorKind {
        /// A person in a session.
        Session = "session",
        /// A program with a personal access token.
        PersonalAccessToken = "personal_access_token",
        /// A person with a link in an email.
        EmailLink = "email_link",
        /// A person with the personal link of a member without an account.
        PersonalLink = "personal_link",
        /// The server itself.
        System = "system",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub occurred_at: DateTimeUtc,
    pub actor_member_id: Option<MemberId>,
    pub on_behalf_of_member_id: Option<MemberId>,
    pub actor_kind: ActorKind,
    /// The personal access token, if a program acted.
    pub personal_access_token_id: Option<PersonalAccessTokenId>,
    /// What happened: `created`, `claimed`, …
    pub verb: String,
    /// What it happened to: `task`, `member`, …
    pub subject_type: String,
    pub subject_id: Uuid,
    pub topic: Option<Topic>,
    /// The thread in which it happened. Only members who see the thread see this row.
    pub thread_id: Option<ThreadId>,
    /// The names of the changed fields, as a JSON array. Their values are never stored here.
    pub changed_fields: String,
    pub request_id: Option<String>,
    /// The /24 of an IPv4 address or the /48 of an IPv6 address.
    pub address_prefix: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
