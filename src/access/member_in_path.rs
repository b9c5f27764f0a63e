//! A member whom a path or a query names: by id, or as `me`.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use uuid::Uuid;

use super::scope::CircleScope;
use crate::entity::ids::MemberId;
use crate::problem::Problem;

/// The id of a member in a path or a query, or `me` for the caller. In a body, ids stay UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberIdOrMe {
    /// The caller.
    Me,
    /// The member with this id.
    Id(MemberId),
}

impl MemberIdOrMe {
    /// The id of the member whom it names for this caller.
    pub fn resolve(self, scope: &CircleScope) -> Result<MemberId, Problem> {
        match self {
            Self::Me => scope.member_id().ok_or(Problem::NotFound),
            Self::Id(id) => Ok(id),
        }
    }
}

impl<'de> Deserialize<'de> for MemberIdOrMe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if text == "me" {
            return Ok(Self::Me);
        }
        let id = Uuid::try_parse(&text).map_err(D::Error::custom)?;
        Ok(Self::Id(MemberId(id)))
    }
}

/// A plain text, because generated clients cannot read a union of a UUID and a word.
impl utoipa::PartialSchema for MemberIdOrMe {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .examples(["me", "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"])
            .into()
    }
}

impl utoipa::ToSchema for MemberIdOrMe {}
