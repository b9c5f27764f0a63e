//! The bodies that tasks and needs share.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::entity::ids::MemberId;
use crate::entity::wire_enum;
use crate::http::extract::Json;

wire_enum! {
    /// Whether enough members have claimed it. A member who is handing it over, or is
    /// away then, does not count.
    Coverage {
        /// Nobody has.
        None = "none",
        /// Some have, but more are needed.
        Partial = "partial",
        /// Enough have.
        Full = "full",
    }
}

impl Coverage {
    /// From how many have accepted and are certain to do it, and how many are needed.
    pub fn of(accepted: i32, needed: i32) -> Self {
        match accepted {
            ..=0 => Self::None,
            some if some < needed => Self::Partial,
            _ => Self::Full,
        }
    }
}

/// Whether you claim it although you have something else at that time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "allow_overlap": false })))]
pub struct ClaimRequest {
    /// A member without an account for whom you do this. You are their contact, or a
    /// coordinator. Without it you act for yourself. The activity names both.
    #[serde(default)]
    #[garde(skip)]
    pub on_behalf_of_member_id: Option<MemberId>,
    /// Claims it although you have something else at that time, in any of your circles.
    /// Without it an overlap is refused with 409 `overlap`. Something with a start and no
    /// end counts as one hour. A date, or a due time without a start, takes no time.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
}

impl ClaimRequest {
    /// What the body says. Without a body, members act for themselves, and an overlap is refused.
    pub fn of(body: Option<Json<Self>>) -> Self {
        body.map(|Json(body)| body).unwrap_or_default()
    }
}

/// For whom you do it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "on_behalf_of_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct OnBehalfOfRequest {
    /// A member without an account for whom you do this. You are their contact, or a
    /// coordinator. Without it you act for yourself. The activity names both.
    #[serde(default)]
    #[garde(skip)]
    pub on_behalf_of_member_id: Option<MemberId>,
}

impl OnBehalfOfRequest {
    /// The member in the body.
    pub fn member(body: Option<Json<Self>>) -> Option<MemberId> {
        body.and_then(|Json(body)| body.on_behalf_of_member_id)
    }
}

/// Whom you ask to take it on.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct OfferRequest {
    /// The id of the member.
    #[garde(skip)]
    pub member_id: MemberId,
}
